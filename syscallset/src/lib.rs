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
//!
//! # Filter strings
//!
//! A filter is a list of sets and system calls, separated by white space and read from left to right; the
//! last item that matches a call decides. It begins with two sets that need not be written: systemd's
//! `@default`, what any process needs (without `execve`, which is in `@process` here), and
//! `@rust-runtime`, what the standard library needs to run and exit. Whatever no item allows is refused.
//!
//! | item | meaning |
//! | --- | --- |
//! | `@basic-io` | allow a set |
//! | `openat` | allow a call |
//! | `~@io-event`, `~openat` | refuse, with what `on_violation` says |
//! | `~openat:EPERM` | refuse with an error |
//! | `~openat:kill` | also `:kill-thread`, `:trap`, `:log`, `:trace`, `:notify` (seccomp(2)) |
//! | `socket(domain=AF_UNIX)` | allow where the condition holds |
//! | `# …` | a comment up to the end of the line |
//!
//! A string that would be weaker than it reads does not compile: names that no architecture has, a bare
//! `~` or `@`, commas, a leading `~` (which turns a whole line around in systemd), conditions on what is
//! allowed anyway, and what no process can do without.
//!
//! # Conditions
//!
//! ```
//! # use syscallset::{Filter, filter};
//! static LOCAL: Filter = filter!("@network-io ~socket socket(domain=AF_UNIX)");
//! static NO_USER_NAMESPACES: Filter =
//!     filter!("@process ~clone(flags&CLONE_NEWUSER=CLONE_NEWUSER):EPERM ~clone3:ENOSYS");
//! ```
//!
//! A condition is a parameter by the kernel's name, by that of the manual page, or by its index (0 to 5);
//! perhaps `&` and a mask; one of `=` `!=` `<` `<=` `>` `>=`; and a number (decimal, `0x`, `0o`), a
//! constant of the kernel's headers, or several joined by `|`. All conditions of an item must hold;
//! several items for one call are alternatives. Any of the bits `M` set is `flags&M!=0`, none of them
//! `flags&M=0`, all of them `flags&M=M`.
//!
//! Parameters are compared as wide and as signed as the kernel reads them: of an `int` the low 32 bits,
//! of a `long` or a size all of them; `dfd=-100` and `dfd=AT_FDCWD` match however a C library extends the
//! number. What a pointer points to cannot be checked, so that conditions on pointers do not compile.
//!
//! On 32-bit architectures an item is also about the calls that took over from the one it names: `futex`
//! about `futex_time64`, `mmap` about `mmap2`, `fstat` about `fstat64`. `socketcall` and `ipc`, which stand for
//! many calls on some architectures, are decided for each of them as that call is.
//!
//! # Beyond `main`
//!
//! [`filter!`] is a [`Filter`] as a constant. [`Filter::load`] puts the calling thread under it and the
//! threads and processes that it starts from then on; [`Filter::load_all_threads`] all threads;
//! [`CommandExt::restrict`] a child process. A further filter can always be added, as long as seccomp(2)
//! stays allowed (it is in `@default`), and can only take away. A filter stays with the thread that has
//! loaded it: in a pool, whose threads go on to other work, it holds for that work too.
//!
//! With the feature `runtime`, `limit_to`, `Filter::compile` and `FilterBuilder` take strings at run
//! time; with the feature `seccompiler`, filters go to and come from that crate's programs.
//!
//! # What happens to a refused call
//!
//! In release builds the process dies of `SIGSYS`. Where `debug_assertions` are on, it first prints which
//! call it was, the smallest set that has it, and where the filter is written. `on_violation` chooses;
//! see [`filter!`]. Calls that are newer than the tables fail with `ENOSYS`, so that a C library falls back
//! to an older one; calls through another architecture's interface kill the process.
//!
//! Where debug assertions are on, std asks whether a descriptor is open before it closes it; builds with
//! them allow `fcntl(cmd=F_GETFD)` for that.
//!
//! # Limits
//!
//! A filter sees the number and the registers of a call. It does not see paths, or anything else in
//! memory. It does not close what is open. A call that is allowed can do all it can do; `io_uring` (in
//! `@aio`, and so in `@system-service`) does file and network work without further calls. Calls that the
//! vDSO answers never reach the kernel, and newer kernels let `uretprobe` and `uprobe` through.

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

/// The examples of the README are tested with those of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
