//! What the kernel does with a call.

/// The verdict of a filter about one call, as `SECCOMP_RET_*` in seccomp(2).
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use syscallset::{Action, Filter, filter};
///
/// const F: Filter = filter!("@basic-io ~write:EPERM", on_violation = "kill");
/// assert_eq!(F.evaluate(libc::SYS_read, [0; 6]), Action::Allow);
/// assert_eq!(F.evaluate(libc::SYS_write, [0; 6]), Action::Errno(libc::EPERM as u16));
/// assert_eq!(F.evaluate(libc::SYS_ptrace, [0; 6]), Action::KillProcess);
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// The process dies as by `SIGSYS` (`SECCOMP_RET_KILL_PROCESS`, Linux 4.14).
    KillProcess,
    /// The calling thread dies; the others go on (`SECCOMP_RET_KILL_THREAD`).
    KillThread,
    /// The thread gets a `SIGSYS` that it may handle (`SECCOMP_RET_TRAP`).
    Trap,
    /// The call is not made and fails with this error number (`SECCOMP_RET_ERRNO`), at most 4095.
    Errno(u16),
    /// A supervising process decides (`SECCOMP_RET_USER_NOTIF`, Linux 5.0).
    Notify,
    /// A tracer decides, which gets this number; without a tracer the call fails with `ENOSYS`
    /// (`SECCOMP_RET_TRACE`).
    Trace(u16),
    /// The call is made and logged (`SECCOMP_RET_LOG`, Linux 4.14).
    Log,
    /// The call is made (`SECCOMP_RET_ALLOW`).
    Allow,
}

impl Action {
    /// What the kernel does for this return value of a program (`__seccomp_filter` in
    /// `kernel/seccomp.c`): values that it does not know kill the process, error numbers over 4095
    /// are cut to 4095.
    ///
    /// ```
    /// use syscallset::Action;
    ///
    /// assert_eq!(Action::from_ret(0x7fff_0000), Action::Allow);
    /// assert_eq!(Action::from_ret(0x0005_0001), Action::Errno(1));
    /// assert_eq!(Action::from_ret(0x1234_5678), Action::KillProcess);
    /// ```
    pub const fn from_ret(ret: u32) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "the data is the low half")]
        let data = ret as u16;
        match ret & 0xffff_0000 {
            0 => Self::KillThread,
            0x0003_0000 => Self::Trap,
            0x0005_0000 => Self::Errno(if data > 4095 { 4095 } else { data }),
            0x7fc0_0000 => Self::Notify,
            0x7ff0_0000 => Self::Trace(data),
            0x7ffc_0000 => Self::Log,
            0x7fff_0000 => Self::Allow,
            _ => Self::KillProcess,
        }
    }
}
