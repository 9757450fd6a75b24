//! The system calls of this crate; the only place for `unsafe`.
#![allow(unsafe_code, reason = "system calls take pointers")]

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) mod malloc;
pub(crate) mod signal;

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
pub(crate) const ENOSYS: i32 = libc::ENOSYS;

const SECCOMP_SET_MODE_FILTER: libc::c_ulong = 1;
const SECCOMP_GET_ACTION_AVAIL: libc::c_ulong = 2;

/// Gives up gaining privileges by execve(2), for this thread and all that it starts: the condition
/// under which the kernel lets an unprivileged thread load a filter.
///
/// # Errors
///
/// The error number of prctl(2).
pub(crate) fn set_no_new_privs() -> Result<(), i32> {
    let zero: libc::c_ulong = 0;
    // SAFETY: PR_SET_NO_NEW_PRIVS reads no memory; the three last arguments must be zero.
    let status = unsafe {
        libc::prctl(
            libc::PR_SET_NO_NEW_PRIVS,
            1 as libc::c_ulong,
            zero,
            zero,
            zero,
        )
    };
    if status == 0 { Ok(()) } else { Err(errno()) }
}

/// Loads a program with seccomp(2). The result is that of the call: 0, or with
/// `SECCOMP_FILTER_FLAG_TSYNC` the id of a thread that cannot follow.
///
/// # Errors
///
/// The error number of seccomp(2).
pub(crate) fn install(program: &[Instruction], flags: libc::c_ulong) -> Result<i32, i32> {
    // A cut length would load a part of the filter.
    let len = u16::try_from(program.len()).map_err(|_| libc::EINVAL)?;
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
        return Err(errno());
    }
    // Thread ids fit pid_t.
    Ok(i32::try_from(status).unwrap_or(i32::MAX))
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

fn errno() -> i32 {
    std::io::Error::last_os_error()
        .raw_os_error()
        .unwrap_or(libc::EINVAL)
}
