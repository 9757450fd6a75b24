//! The system calls of this crate; the only place for `unsafe`.
#![allow(unsafe_code, reason = "system calls take pointers")]

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) mod malloc;
pub(crate) mod signal;

use std::ffi::{CStr, c_char, c_int};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::error::Error;
use crate::instruction::Instruction;

/// `SECCOMP_FILTER_FLAG_TSYNC`: bring all threads under the filter (Linux 3.17).
pub(crate) const FLAG_TSYNC: libc::c_ulong = 1;
/// `SECCOMP_FILTER_FLAG_LOG`: log what the filter refuses (Linux 4.14).
pub(crate) const FLAG_LOG: libc::c_ulong = 2;

pub(crate) const EACCES: i32 = libc::EACCES;
pub(crate) const EBUSY: i32 = libc::EBUSY;
pub(crate) const ENOSPC: i32 = libc::ENOSPC;
pub(crate) const ENOSYS: i32 = libc::ENOSYS;

const SECCOMP_SET_MODE_FILTER: libc::c_ulong = 1;
const SECCOMP_GET_ACTION_AVAIL: libc::c_ulong = 2;

/// Gives up gaining privileges by execve(2), for this thread and all that it starts: the condition
/// under which the kernel lets an unprivileged thread load a filter. The result is the error number
/// of prctl(2), or 0.
#[inline(never)]
pub(crate) fn set_no_new_privs() -> i32 {
    let zero: libc::c_ulong = 0;
    let one: libc::c_ulong = 1;
    // SAFETY: PR_SET_NO_NEW_PRIVS reads no memory; the three last arguments must be zero. By way of
    // syscall(2), as below: one function of the C library less to link.
    let status = unsafe {
        libc::syscall(
            libc::SYS_prctl,
            libc::PR_SET_NO_NEW_PRIVS,
            one,
            zero,
            zero,
            zero,
        )
    };
    if status == 0 { 0 } else { errno() }
}

/// Loads a program with seccomp(2). The result is that of the call, 0 or with
/// `SECCOMP_FILTER_FLAG_TSYNC` the id of a thread that cannot follow, or the negative error number.
#[inline(never)]
pub(crate) fn install(program: &[Instruction], flags: libc::c_ulong) -> i32 {
    // A cut length would load a part of the filter.
    let Ok(len) = u16::try_from(program.len()) else {
        return -libc::EINVAL;
    };
    let fprog = libc::sock_fprog {
        len,
        filter: program.as_ptr().cast_mut().cast(),
    };
    // SAFETY: the kernel reads `len` instructions at `filter` and writes nothing; `Instruction` has
    // the layout of `struct sock_filter`; both outlive the call.
    let status = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            SECCOMP_SET_MODE_FILTER,
            flags,
            &raw const fprog,
        )
    };
    if status < 0 {
        return -errno();
    }
    // Thread ids fit pid_t.
    i32::try_from(status).unwrap_or(i32::MAX)
}

/// Writes to standard error, once: where it is closed or full, nobody is left to tell.
/// Async-signal-safe.
pub(crate) fn write_to_stderr(bytes: &[u8]) {
    // SAFETY: the kernel reads `len` bytes at the pointer.
    unsafe { libc::write(2, bytes.as_ptr().cast(), bytes.len()) };
}

unsafe extern "C" {
    /// dprintf(3), which the libc crate lacks.
    fn dprintf(fd: c_int, format: *const c_char, ...) -> c_int;
}

/// Writes a line to standard error that ends with an error number and its meaning. By way of the C
/// library, whose formatting, other than Rust's, adds nothing to the program.
pub(crate) fn complain(text: &str, reason: &CStr, number: i32) {
    let length = c_int::try_from(text.len()).unwrap_or(c_int::MAX);
    // SAFETY: the arguments are as the format says: at most `length` bytes of a string, a string
    // that ends in a zero, and an integer; `%m` is the meaning of the error number, which is the
    // calling thread's own.
    unsafe {
        *errno_location() = number;
        dprintf(
            2,
            c"%.*s%s %d: %m\n".as_ptr(),
            length,
            text.as_ptr(),
            reason.as_ptr(),
            number,
        );
    }
}

/// Ends the process.
pub(crate) fn exit(status: i32) -> ! {
    // SAFETY: takes no pointer.
    unsafe { libc::exit(status) }
}

/// Whether the process was started with the effective user id 0, as the kernel has told it at
/// execve(2) (`AT_EUID`, getauxval(3)); no system call.
pub(crate) fn started_as_root() -> bool {
    // SAFETY: getauxval reads what the kernel has put there.
    unsafe { libc::getauxval(libc::AT_EUID) == 0 }
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
pub(crate) fn before_exec(
    command: &mut Command,
    function: impl Fn() -> io::Result<()> + Send + Sync + 'static,
) -> Result<(), Error> {
    // SAFETY: all functions given here are async-signal-safe; see `load::load`.
    unsafe { command.pre_exec(function) };
    Ok(())
}

/// Whether the kernel knows this filter return value (`SECCOMP_GET_ACTION_AVAIL`, Linux 4.14).
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

/// The error number of the last call.
fn errno() -> i32 {
    // SAFETY: it points to the calling thread's own error number.
    unsafe { *errno_location() }
}

#[cfg(target_os = "android")]
use libc::__errno as errno_location;
#[cfg(not(target_os = "android"))]
use libc::__errno_location as errno_location;
