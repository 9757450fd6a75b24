//! What the kernel does with a call, as `SECCOMP_RET_*` (seccomp(2), `include/uapi/linux/seccomp.h`).

/// The verdict of a filter about one system call.
///
/// `Ord` is the kernel's precedence between stacked filters: of several verdicts about one call, the
/// smallest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Action {
    /// `SECCOMP_RET_KILL_PROCESS`: the process dies as by `SIGSYS` (Linux 4.14).
    KillProcess,
    /// `SECCOMP_RET_KILL_THREAD`: only the calling thread dies.
    KillThread,
    /// `SECCOMP_RET_TRAP`: the thread gets a `SIGSYS` that it may handle.
    Trap,
    /// `SECCOMP_RET_ERRNO`: the call is not made and fails with this error number, 1 to 4095
    /// (0 would be a pretended success).
    Errno(u16),
    /// `SECCOMP_RET_USER_NOTIF`: a supervising process decides (Linux 5.0).
    Notify,
    /// `SECCOMP_RET_TRACE`: a tracer decides; without one the call fails with `ENOSYS`. The number
    /// is the tracer's `PTRACE_GETEVENTMSG`.
    Trace(u16),
    /// `SECCOMP_RET_LOG`: the call is made and logged (Linux 4.14).
    Log,
    /// `SECCOMP_RET_ALLOW`: the call is made.
    Allow,
}

/// The largest error number that the kernel returns; larger ones it cuts to this (`MAX_ERRNO`).
pub const MAX_ERRNO: u16 = 4095;

impl Action {
    /// Whether the call is made.
    pub const fn passes(self) -> bool {
        matches!(self, Self::Allow | Self::Log)
    }

    /// The 32-bit value that a BPF program returns for this action.
    pub const fn to_ret(self) -> u32 {
        match self {
            Self::KillProcess => 0x8000_0000,
            Self::KillThread => 0,
            Self::Trap => 0x0003_0000,
            Self::Errno(errno) => 0x0005_0000 | errno as u32,
            Self::Notify => 0x7fc0_0000,
            Self::Trace(data) => 0x7ff0_0000 | data as u32,
            Self::Log => 0x7ffc_0000,
            Self::Allow => 0x7fff_0000,
        }
    }

    /// The action that the kernel takes for the return value of a BPF program.
    ///
    /// Unknown actions kill the process, as in the kernel (`__seccomp_filter`, Linux 4.14).
    pub const fn from_ret(ret: u32) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "the data is the low half")]
        let data = ret as u16;
        match ret & 0xffff_0000 {
            0 => Self::KillThread,
            0x0003_0000 => Self::Trap,
            0x0005_0000 => Self::Errno(if data > MAX_ERRNO { MAX_ERRNO } else { data }),
            0x7fc0_0000 => Self::Notify,
            0x7ff0_0000 => Self::Trace(data),
            0x7ffc_0000 => Self::Log,
            0x7fff_0000 => Self::Allow,
            _ => Self::KillProcess,
        }
    }
}
