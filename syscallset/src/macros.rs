//! The macros that need the path of this crate.

/// Compiles a filter string into a [`Filter`](crate::Filter).
///
/// ```
/// static WORKER: syscallset::Filter = syscallset::filter!("@basic-io @network-io");
/// ```
///
/// The value can stand in a `static` or `const`, and is checked and compiled as that of
/// [`restrict`](macro@crate::restrict). Several string literals make one filter, each may end in a
/// comment. Options follow:
///
/// * `file = "…"`: the filter string is the content of this file, instead of literals. A relative
///   path begins at the directory of the crate's `Cargo.toml`; the crate is built again when the
///   file changes.
/// * `on_violation = "…"`: what happens to calls that the filter refuses without an action of
///   their own:
///   * `kill`: the process dies of `SIGSYS`; the default in release builds.
///   * `report`: the same, after a message on standard error that names the call, the set to
///     add for it, and the place of the filter; the default where `debug_assertions` are on. The
///     message comes from a handler for `SIGSYS`, on the thread's alternate stack. It stays: from then
///     on sigaction(2) for `SIGSYS` pretends to set another one, as under `kill` none would see a
///     refused call either, and fails with `EINVAL` if it is asked for the old one as well. A handler
///     that was there before still gets the signals that come from elsewhere. One that is set later by
///     a thread under no filter takes the place of the message: refused calls are not made then, but
///     what follows is up to that handler.
///
///     There is no message if the filter refuses write(2), if the thread blocks `SIGSYS`, in programs
///     that are executed under the filter, and, where threads are allowed, when std ends the process for
///     a stack overflow; the process dies all the same. C libraries block all signals while they start
///     a thread or a process: a filter of [`restrict`](macro@crate::restrict) that allows neither
///     threads nor execve(2) leaves `rt_sigprocmask(2)` to the handler, which does not let a thread
///     block `SIGSYS` (on x86-64 and `AArch64`). Under other filters refused threads end the process
///     without a message. Only where a handler of the program's own makes a refused call on an
///     alternate stack too small for a second signal, as std's may be in other threads than the one
///     that loads the filter, the process dies of `SIGSEGV`.
///     In a program that is executed under another filter that reports, the handler is not there, and such
///     a filter of `restrict` kills for masks.
///
///     The message is written before the process ends: as long as nobody reads a standard error that is a
///     full pipe, the thread waits there, without having made the call, and the other threads go on.
///   * `kill-thread`, `trap`, `log`, `trace`, `notify`, or the name of an error such as `EPERM`
///     (seccomp(2), errno(3)).
/// * `log = true`: the kernel logs refused calls, as far as
///   `/proc/sys/kernel/seccomp/actions_logged` says (`SECCOMP_FILTER_FLAG_LOG`).
/// * `note = false`: leaves out the ELF note of the filter string, some hundred bytes in the section
///   `.note.syscallset`, from which `syscallset inspect` tells what a program allows itself.
///   `RUSTFLAGS="--cfg syscallset_no_note"` leaves out those of all crates.
#[macro_export]
macro_rules! filter {
    ($($arguments:tt)*) => {
        $crate::__private::filter_for_target! { [$crate] $($arguments)* }
    };
}

/// The ELF note of a filter (see `note` in `syscallset-compiler`). `--cfg syscallset_no_note` leaves all of
/// them out: the condition is this crate's, so that users' crates need not know of it. In the crate's own
/// tests the macro is not a foreign one, and `link_section` would count as unsafe code of theirs.
#[cfg(not(any(syscallset_no_note, test)))]
#[doc(hidden)]
#[macro_export]
macro_rules! __note {
    ($size:literal, $record:literal) => {
        #[used]
        #[unsafe(link_section = ".note.syscallset")]
        static NOTE: $crate::__private::Note<$size> = $crate::__private::Note(*$record);
    };
}

/// No ELF note.
#[cfg(any(syscallset_no_note, test))]
#[doc(hidden)]
#[macro_export]
macro_rules! __note {
    ($size:literal, $record:literal) => {};
}

/// Nothing on Linux; elsewhere the attribute's error.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __require_linux {
    () => {};
}

/// Nothing on Linux; elsewhere the attribute's error.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __require_linux {
    () => {
        ::core::compile_error! {
            "only Linux has system call filters\n\
help: restrict on Linux alone: \
#[cfg_attr(target_os = \"linux\", syscallset::restrict(\"…\"))]"
        }
    };
}
