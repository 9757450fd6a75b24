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
/// * `on_violation = "…"`: what happens to calls that the filter refuses without an action of
///   their own: `kill` (the process, the default), `kill-thread`, `trap`, `log`, `trace`, `notify`,
///   or the name of an error such as `EPERM` (seccomp(2), errno(3)).
/// * `log = true`: the kernel logs refused calls, as far as
///   `/proc/sys/kernel/seccomp/actions_logged` says (`SECCOMP_FILTER_FLAG_LOG`).
#[macro_export]
macro_rules! filter {
    ($($arguments:tt)*) => {
        $crate::__private::filter_for_target! { [$crate] $($arguments)* }
    };
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
