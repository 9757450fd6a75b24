//! Give up every system call that a program does not need, in one line.
//!
//! ```
//! #[syscallset::restrict("@basic-io")]
//! fn main() {
//!     println!("hello restricted world");
//! }
//! ```

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod action;
#[cfg(feature = "runtime")]
mod builder;
mod command;
mod error;
#[cfg(feature = "runtime")]
mod fault;
mod filter;
mod instruction;
#[cfg(feature = "seccompiler")]
mod interop;
mod load;
mod macros;
#[cfg_attr(
    not(all(target_os = "linux", target_env = "gnu")),
    path = "malloc/other.rs"
)]
mod malloc;
mod report;
mod restrict;
#[cfg(feature = "runtime")]
mod runtime;
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    path = "sys/other.rs"
)]
mod sys;

pub use action::Action;
#[cfg(feature = "runtime")]
pub use builder::FilterBuilder;
pub use command::CommandExt;
pub use error::Error;
#[cfg(feature = "runtime")]
pub use fault::{Fault, FilterError};
pub use filter::Filter;
pub use instruction::Instruction;
pub use load::is_supported;
#[cfg(feature = "runtime")]
pub use runtime::{limit_and_log, limit_to};
/// Restricts the program to the system calls that a filter string allows, before the body of `main`
/// runs.
///
/// ```
/// #[syscallset::restrict("@basic-io")]
/// fn main() {
///     println!("hello restricted world");
/// }
/// ```
///
/// The string is checked, compiled and proven while the program is compiled; what reaches the
/// program is a constant of a few dozen instructions. At the start of `main` all threads come under
/// it (`PR_SET_NO_NEW_PRIVS`, prctl(2), then `SECCOMP_FILTER_FLAG_TSYNC`, seccomp(2)). Where the
/// kernel refuses, a message goes to standard error and the process ends with exit status 125: the
/// body never runs unrestricted.
///
/// The arguments are those of [`filter!`], and `crate = path` for a crate that is reached under
/// another name than `::syscallset`.
///
/// The attribute goes on any `main` that Rust allows, above or below the attribute of an
/// asynchronous runtime such as `#[tokio::main]`: the filter is in force before the runtime starts a
/// thread. On other systems than Linux it is a compile error; there, write
/// `#[cfg_attr(target_os = "linux", syscallset::restrict("…"))]`.
pub use syscallset_macros::restrict;
