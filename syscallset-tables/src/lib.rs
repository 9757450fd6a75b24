//! The tables of syscallset: the system call sets that systemd's `SystemCallFilter=` knows, the system call and
//! error numbers of every architecture on which Linux has seccomp filters and Rust has `std`, and the sets that
//! syscallset adds by hand.
//!
//! All of it is constant data; nothing here knows what a filter is. The generated files come from the texts in
//! `data/`, by `cargo xtask regen-tables`.
//!
//! ```
//! use syscallset_tables::{Arch, set};
//!
//! assert!(set("@basic-io").unwrap().contains("write"));
//! assert_eq!(Arch::X86_64.number("write"), Some(1));
//! assert_eq!(Arch::Aarch64.name_of(64), Some("write"));
//! ```

mod abi;
mod arch;
mod calls;
mod constants;
mod errno;
mod numbers;
mod params;
mod set;
mod sets;

pub use arch::{Arch, Call};
pub use constants::{constant, constant_archs, constant_names};
pub use params::{Kind, Param, Params, Place, is_unimplemented, params};
pub use set::{Origin, Set, set};

/// The systemd that the sets come from, as the first line of `systemd-analyze --version` has it.
///
/// It is the whole line because distributions backport calls into point releases.
pub const SYSTEMD_VERSION: &str = sets::SYSTEMD_VERSION;

/// The release number in [`SYSTEMD_VERSION`], `262` for example.
pub const SYSTEMD_RELEASE: &str = sets::SYSTEMD_RELEASE;

/// The version of the kernel headers that the numbers come from.
pub const LINUX_VERSION: &str = numbers::LINUX_VERSION;

/// Every set, systemd's and ours, sorted by name.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("sets.md"))]
pub static SETS: &[Set] = sets::SETS;

/// Every system call name that some architecture has a number for or some set lists, sorted.
///
/// A few names in systemd's sets have no number anywhere in [`Arch::ALL`]: they are of architectures without
/// seccomp filters, or of kernels newer than [`LINUX_VERSION`].
pub static CALLS: &[&str] = calls::CALLS;

/// Looks a system call name up in [`CALLS`]; `None` if no architecture and no set has it.
pub fn call(name: &str) -> Option<&'static str> {
    CALLS.binary_search(&name).ok().map(|index| CALLS[index])
}
