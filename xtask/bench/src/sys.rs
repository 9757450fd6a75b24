//! System calls that std does not make; the only place for `unsafe` here.
#![allow(unsafe_code, reason = "calls that std does not make")]

use std::ffi::c_long;
use std::io::Error;
use std::mem::MaybeUninit;

/// Gives up gaining privileges: the condition for [`install`].
///
/// # Errors
///
/// That of prctl(2).
pub fn set_no_new_privs() -> Result<(), Error> {
    let (zero, one): (c_long, c_long) = (0, 1);
    // SAFETY: PR_SET_NO_NEW_PRIVS touches no memory.
    match unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, one, zero, zero, zero) } {
        0 => Ok(()),
        _ => Err(Error::last_os_error()),
    }
}

/// Loads a program into the calling thread: this is seccomp(2) and nothing else.
///
/// # Errors
///
/// That of seccomp(2).
pub fn install(program: &[libc::sock_filter]) -> Result<(), Error> {
    let len = u16::try_from(program.len()).map_err(Error::other)?;
    let fprog = libc::sock_fprog {
        len,
        filter: program.as_ptr().cast_mut(),
    };
    let (zero, one): (c_long, c_long) = (0, 1);
    // SAFETY: the kernel reads `len` instructions at `filter`.
    match unsafe { libc::syscall(libc::SYS_seccomp, one, zero, &raw const fprog) } {
        0 => Ok(()),
        _ => Err(Error::last_os_error()),
    }
}

/// getppid(2), which does next to nothing.
pub fn allowed_call() -> c_long {
    // SAFETY: getppid has no arguments.
    unsafe { libc::syscall(libc::SYS_getppid) }
}

/// adjtimex(2), which no list has, without a place to write to: it fails with `EFAULT` where it is
/// made after all.
pub fn refused_call() -> c_long {
    // SAFETY: the kernel checks the pointer.
    unsafe { libc::syscall(libc::SYS_adjtimex, std::ptr::null::<libc::timex>()) }
}

/// Seconds that the processors have spent on children that have ended, in user space and in the kernel.
///
/// # Errors
///
/// That of getrusage(2).
pub fn children_seconds() -> Result<f64, Error> {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: getrusage writes the structure, for which zeroes are a value, too.
    let (status, usage) = unsafe {
        let status = libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr());
        (status, usage.assume_init())
    };
    if status != 0 {
        return Err(Error::last_os_error());
    }
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Ok(seconds(usage.ru_utime) + seconds(usage.ru_stime))
}

/// Ends the process at once: under most lists, what std does at the end of a process is refused.
pub fn exit_now() -> ! {
    // SAFETY: nothing is left to be done.
    unsafe { libc::_exit(0) }
}
