//! The system calls of this crate; the only place for `unsafe`.
#![allow(unsafe_code, reason = "system calls take pointers")]

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) mod malloc;
mod privileges;
pub(crate) mod signal;

use std::ffi::{CStr, c_char, c_int};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::error::Error;
use crate::instruction::Instruction;

pub(crate) use privileges::{has_no_new_privs, may_administer, set_no_new_privs, started_as_root};

/// `SECCOMP_FILTER_FLAG_TSYNC`: bring all threads under the filter (Linux 3.17).
pub(crate) const FLAG_TSYNC: libc::c_ulong = 1;
/// `SECCOMP_FILTER_FLAG_LOG`: log what the filter refuses (Linux 4.14).
pub(crate) const FLAG_LOG: libc::c_ulong = 2;

pub(crate) const EACCES: i32 = libc::EACCES;
pub(crate) const EBUSY: i32 = libc::EBUSY;
pub(crate) const EINVAL: i32 = libc::EINVAL;
pub(crate) const ENOSPC: i32 = libc::ENOSPC;
pub(crate) const ENOSYS: i32 = libc::ENOSYS;
pub(crate) const EPERM: i32 = libc::EPERM;

/// The number of clone(2), which starts threads.
#[allow(clippy::cast_possible_truncation, reason = "numbers are small")]
pub(crate) const CLONE: i32 = libc::SYS_clone as i32;

const SECCOMP_SET_MODE_FILTER: libc::c_ulong = 1;
const SECCOMP_GET_ACTION_AVAIL: libc::c_ulong = 2;

/// Loads a program with seccomp(2). The result is that of the call: 0; with
/// `SECCOMP_FILTER_FLAG_TSYNC` the id of a thread that cannot follow; or -1, and there is an
/// [`errno`].
#[inline]
pub(crate) fn install(program: &[Instruction], flags: libc::c_ulong) -> libc::c_long {
    let fprog = libc::sock_fprog {
        // A cut length would load a part of the filter; none at all is refused by the kernel.
        len: u16::try_from(program.len()).unwrap_or(0),
        filter: program.as_ptr().cast_mut().cast(),
    };
    set_filter(&fprog, flags)
}

/// Asks seccomp(2) to load a program that cannot be read. The kernel's result is never but -1, with the
/// [`errno`] `EACCES` where the thread may load no filter, and `EINVAL` where it may.
#[inline]
pub(crate) fn install_nothing(flags: libc::c_ulong) -> libc::c_long {
    let fprog = libc::sock_fprog {
        len: 1,
        filter: std::ptr::null_mut(),
    };
    set_filter(&fprog, flags)
}

#[inline]
fn set_filter(fprog: &libc::sock_fprog, flags: libc::c_ulong) -> libc::c_long {
    // SAFETY: the kernel reads `len` instructions at `filter` and writes nothing. They are those of a
    // slice, `Instruction` having the layout of `struct sock_filter`, or one where nothing can be read,
    // which is an error.
    unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            SECCOMP_SET_MODE_FILTER,
            flags,
            std::ptr::from_ref(fprog),
        )
    }
}

/// Writes to standard error, once: where it is closed or full, nobody is left to tell.
/// Async-signal-safe.
#[inline]
pub(crate) fn write_to_stderr(bytes: &[u8]) {
    // SAFETY: the kernel reads `len` bytes at the pointer.
    unsafe { libc::write(2, bytes.as_ptr().cast(), bytes.len()) };
}

unsafe extern "C" {
    /// dprintf(3), which the libc crate lacks.
    fn dprintf(fd: c_int, format: *const c_char, ...) -> c_int;
}

/// Writes a line to standard error: who complains, about what, and what [`errno`] means. By way of the C
/// library, whose formatting, other than Rust's, adds nothing to the program.
#[inline(always)]
pub(crate) fn complain(who: &CStr, what: &CStr) {
    // SAFETY: the arguments are as the format says: two strings that end in a zero; `%m` is the meaning
    // of the calling thread's own error number.
    unsafe { dprintf(2, c"%s%s: %m\n".as_ptr(), who.as_ptr(), what.as_ptr()) };
}

/// Ends the process at once, by functions that std links anyway.
#[inline(always)]
pub(crate) fn exit(status: i32) -> ! {
    // SAFETY: takes no pointer.
    unsafe { libc::syscall(libc::SYS_exit_group, status) };
    // An outer filter refuses that with an error.
    std::process::abort()
}

/// The calls that a child makes under its filter before the new program runs.
pub(crate) const CHILD_CALLS: &[(&str, libc::c_long)] =
    &[("execve", libc::SYS_execve), ("write", libc::SYS_write)];

/// Runs a function in the child between fork(2) and execve(2), the last of all that is set up there.
///
/// # Errors
///
/// None on Linux.
#[allow(clippy::unnecessary_wraps, reason = "other systems cannot do it")]
#[inline]
pub(crate) fn before_exec(
    command: &mut Command,
    function: impl Fn() -> io::Result<()> + Send + Sync + 'static,
) -> Result<(), Error> {
    // SAFETY: all functions given here are async-signal-safe; see `load::load`.
    unsafe { command.pre_exec(function) };
    Ok(())
}

/// Whether the kernel knows this filter return value (`SECCOMP_GET_ACTION_AVAIL`, Linux 4.14).
#[inline]
pub(crate) fn action_available(ret: u32) -> bool {
    let flags: libc::c_ulong = 0;
    // SAFETY: the kernel reads one u32 at the pointer.
    let status = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            SECCOMP_GET_ACTION_AVAIL,
            flags,
            &raw const ret,
        )
    };
    status == 0
}

/// The error number of the last call that failed.
#[inline]
pub(crate) fn errno() -> i32 {
    // SAFETY: it points to the calling thread's own error number.
    unsafe { *errno_location() }
}

/// Sets the error number.
#[inline]
pub(crate) fn set_errno(number: i32) {
    // SAFETY: as above.
    unsafe { *errno_location() = number };
}

#[cfg(target_os = "android")]
use libc::__errno as errno_location;
#[cfg(not(target_os = "android"))]
use libc::__errno_location as errno_location;
