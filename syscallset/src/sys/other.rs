//! Operating systems without seccomp filters.

use crate::instruction::Instruction;

pub(crate) const FLAG_TSYNC: u64 = 0;
pub(crate) const FLAG_LOG: u64 = 0;
pub(crate) const EACCES: i32 = 13;
pub(crate) const ENOSYS: i32 = 78;

pub(crate) fn set_no_new_privs() -> Result<(), i32> {
    Ok(())
}

pub(crate) fn install(_program: &[Instruction], _flags: u64) -> Result<i32, i32> {
    Err(ENOSYS)
}

pub(crate) fn action_available(_ret: u32) -> bool {
    false
}
