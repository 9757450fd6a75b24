//! Give up every system call that a program does not need, in one line.
//!
//! ```
//! #[syscallset::restrict("@basic-io")]
//! fn main() {
//!     println!("hello restricted world");
//! }
//! ```
//!
//! The string is written in the vocabulary of systemd's `SystemCallFilter=`. It is checked, compiled and
//! proven while the program is compiled, and the kernel takes the result before the body of `main` runs.
//! From then on any other call kills the process: whoever takes the program over can read and write what
//! is open, and no more. Programs link nothing for it but `libc`.
//!
//! # When the string is wrong
//!
//! It does not compile. Whatever would make a filter weaker than it reads is an error:
//!
//! ```compile_fail
//! #[syscallset::restrict("@basic-io ~@io-evnet")]
//! fn main() {}
//! ```
//!
//! ```text
//! error: unknown system call set `@io-evnet`
//!          @basic-io ~@io-evnet
//!                     ^^^^^^^^^ not a set of systemd 262
//!        help: did you mean `@io-event`?
//! ```
//!
//! # What do I write?
//!
//! Sets (`@file-system`, `@network-io`, `@rust-threads`, …) and single calls (`openat`), separated by white
//! space; `~` takes away. It is read from left to right, and the last item that matches a call decides.
//! What every process needs is always there.
//!
//! Begin with `"@basic-io"` and run a debug build: each refused call is reported, with the set that has
//! it, before the process dies:
//!
//! ```text
//! syscallset: `openat` (257) is not allowed by "@basic-io" at src/main.rs:1
//!             thread `main`, from 0x7f1c2b527011
//!       help: it is in @file-system; or allow just this call with `openat`
//! ```
//!
//! Chapters: [finding the string](guide::writing), with strings for common programs; [the
//! language](guide::language); [all sets](guide::sets).
//!
//! # Phases, threads, child processes
//!
//! [`filter!`] is a [`Filter`] as a constant, for use beyond `main`. A further filter can always be added, and
//! can only take away.
//!
//! ```
//! use syscallset::{Filter, filter};
//!
//! static SERVE: Filter = filter!("@basic-io @network-io");
//!
//! fn serve() -> Result<(), syscallset::Error> {
//!     // … everything is read and bound by now …
//!     SERVE.load_all_threads()
//! }
//! # #[cfg(target_os = "linux")]
//! # serve()?;
//! # Ok::<(), syscallset::Error>(())
//! ```
//!
//! [`Filter::load`] puts the calling thread under it, and the threads and processes that it starts from then
//! on; [`Filter::load_all_threads`] all threads; [`CommandExt::restrict`] a child process. Chapter: [threads,
//! phases, child processes](guide::phases).
//!
//! # Conditions
//!
//! Arguments can be compared, by the names and constants of the kernel:
//!
//! ```
//! use syscallset::{Filter, filter};
//!
//! static LOCAL: Filter = filter!("@network-io ~socket socket(domain=AF_UNIX)");
//! ```
//!
//! Chapter: [conditions](guide::conditions).
//!
//! # What happens to a refused call
//!
//! In release builds the process dies of `SIGSYS`. Where `debug_assertions` are on, it reports first. Other
//! outcomes, such as an error, are chosen for a filter (`on_violation = "EPERM"`) or for an item
//! (`~openat:EPERM`). Calls that are newer than the tables fail with `ENOSYS`, so that a C library falls back to
//! an older one. Chapter: [violations and reports](guide::violations).
//!
//! # Limits
//!
//! A filter sees the number and the registers of a call: no paths, nothing in memory. It does not close what
//! is open. A call that is allowed can do all it can do; `io_uring` (in `@aio`, and so in `@system-service`)
//! does file and network work without further calls. Other processes are not restricted. Chapter: [what a
//! filter stops, and what it does not](guide::limits).
//!
//! # More
//!
//! [Questions](guide::faq), and [coming from seccompiler, extrasafe, libseccomp, syscallset-go or a systemd
//! unit](guide::migration).
//!
//! | feature | |
//! | --- | --- |
//! | `runtime` | `limit_to`, `Filter::compile`, `FilterBuilder`: strings that are known at run time only; brings the compiler and its tables into the program |
//! | `seccompiler` | filters to and from programs of that crate |
//!
//! Linux 4.14 or newer, on every architecture that has seccomp filters and a Rust target; Rust 1.85. On other systems
//! the attribute is a compile error that shows the `cfg_attr` line to write, and functions return
//! [`Error::Unsupported`].

#![cfg_attr(docsrs, feature(doc_cfg))]

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
#[cfg(any(doc, doctest))]
pub mod guide;
mod instruction;
// That crate is empty on big-endian machines.
#[cfg(all(feature = "seccompiler", target_endian = "little"))]
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

/// The examples of the README are tested with those of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
