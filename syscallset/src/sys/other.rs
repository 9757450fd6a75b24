//! Operating systems without seccomp filters.

use crate::instruction::Instruction;

/// Without filters there is nothing to report.
pub(crate) mod signal {
    use crate::report::{RefusedCall, Verdict};

    pub(crate) fn install(_report: fn(&RefusedCall) -> Verdict) -> i32 {
        0
    }

    pub(crate) fn block_while_handling_faults() {}

    pub(crate) fn enlarge_alternate_stack() {}

    pub(crate) fn unblock() {}

    pub(crate) fn thread_name(_buffer: &mut [u8; 16]) -> &[u8] {
        b"?"
    }
}

pub(crate) const FLAG_TSYNC: u64 = 0;
pub(crate) const FLAG_LOG: u64 = 0;
pub(crate) const EACCES: i32 = 13;
pub(crate) const EBUSY: i32 = 16;
pub(crate) const EINVAL: i32 = 22;
pub(crate) const EPERM: i32 = 1;
pub(crate) const ENOSPC: i32 = 28;
pub(crate) const ENOSYS: i32 = 78;

pub(crate) const CLONE: i32 = 0;

pub(crate) fn set_no_new_privs() -> core::ffi::c_long {
    0
}

pub(crate) fn install(_program: &[Instruction], _flags: u64) -> core::ffi::c_long {
    -1
}

pub(crate) fn install_nothing(_flags: u64) -> core::ffi::c_long {
    -1
}

pub(crate) fn errno() -> i32 {
    ENOSYS
}

pub(crate) fn set_errno(_number: i32) {}

pub(crate) fn started_as_root() -> bool {
    false
}

pub(crate) fn may_administer() -> bool {
    false
}

pub(crate) fn has_no_new_privs() -> bool {
    false
}

pub(crate) const CHILD_CALLS: &[(&str, core::ffi::c_long)] = &[];

pub(crate) fn before_exec(
    _command: &mut std::process::Command,
    _function: impl Fn() -> std::io::Result<()> + Send + Sync + 'static,
) -> Result<(), crate::error::Error> {
    Err(crate::error::Error::Unsupported)
}

pub(crate) fn action_available(_ret: u32) -> bool {
    false
}

pub(crate) fn write_to_stderr(bytes: &[u8]) {
    // A closed standard error must not keep the process from ending.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), bytes);
}

pub(crate) fn exit(status: i32) -> ! {
    std::process::exit(status)
}

pub(crate) fn complain(who: &std::ffi::CStr, what: &std::ffi::CStr) {
    let (who, what) = (who.to_string_lossy(), what.to_string_lossy());
    write_to_stderr(format!("{who}{what}: this system has no seccomp filters\n").as_bytes());
}
