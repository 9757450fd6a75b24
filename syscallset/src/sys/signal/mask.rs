//! Does `rt_sigprocmask(2)` in the place of the kernel; see `report` in `syscallset-compiler`.

use std::ffi::c_int;
use std::ptr::null_mut;

use super::context::Interrupted;
use super::{SIGSYS, TOKEN_NAME};

/// The number of `rt_sigprocmask(2)`.
#[allow(clippy::cast_possible_truncation, reason = "numbers are small")]
pub(super) const CALL: c_int = libc::SYS_rt_sigprocmask as c_int;

/// Sets the mask that the interrupted thread asks for, except that `SIGSYS` is never blocked. Returns
/// whether this architecture's registers are known.
///
/// # Safety
///
/// The thread has called `rt_sigprocmask(2)`, to set a mask.
pub(super) unsafe fn change(thread: &Interrupted) -> bool {
    let Some([how, set, old, size, ..]) = thread.arguments() else {
        return false;
    };
    let all = u64::MAX;
    // Other filters may have a say; those that report let this pass.
    // SAFETY: the kernel reads the 8 bytes of a mask, which is that of this handler, and writes none.
    let status = unsafe {
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            how,
            &raw const all,
            null_mut::<u64>(),
            size,
            TOKEN_NAME,
        )
    };
    if status != 0 {
        thread.set_result(-crate::sys::errno());
        return true;
    }
    let before = thread.blocked();
    // The kernel reads an `int`, and took it and the size.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the low half of a register"
    )]
    let adds = how as c_int == libc::SIG_BLOCK;
    #[allow(clippy::cast_possible_truncation, reason = "it is a pointer")]
    let (set, old) = (set as usize as *const u64, old as usize as *mut u64);
    // SAFETY: the pointers are the program's own, which the kernel would read and write now.
    unsafe {
        let set = set.read_unaligned();
        let more = if adds { before } else { 0 };
        thread.block((more | set) & !(1 << (SIGSYS - 1)));
        if !old.is_null() {
            old.write_unaligned(before);
        }
    }
    thread.set_result(0);
    true
}
