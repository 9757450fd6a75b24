//! The system calls that no crate wraps, or wraps without real-time signals: fork, wait, the requests of
//! ptrace(2) that continue a thread, and the answer to a notification.
#![allow(
    unsafe_code,
    reason = "these calls take pointers, or begin a second process"
)]

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd};

use nix::unistd::Pid;

/// How a child came to an end, or why a traced thread stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// It has ended with this status.
    Exited(i32),
    /// This signal has ended it.
    Signaled(i32),
    /// It has stopped: the signal, and a `PTRACE_EVENT_*` or 0.
    Stopped(i32, i32),
}

/// The bit that tells stops at system calls from `SIGTRAP` (`PTRACE_O_TRACESYSGOOD`).
pub(super) const SYSCALL_STOP: i32 = libc::SIGTRAP | 0x80;

/// Takes the next event of a child or traced thread, if there is one.
///
/// # Errors
///
/// `ECHILD` if nobody is left.
pub(super) fn wait() -> io::Result<Option<(Pid, Wait)>> {
    let mut status = 0;
    // SAFETY: the kernel writes one int.
    let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::WNOHANG) };
    match pid {
        0 => Ok(None),
        pid if pid < 0 => Err(io::Error::last_os_error()),
        pid => Ok(Some((Pid::from_raw(pid), decode(status)))),
    }
}

fn decode(status: i32) -> Wait {
    if libc::WIFEXITED(status) {
        Wait::Exited(libc::WEXITSTATUS(status))
    } else if libc::WIFSIGNALED(status) {
        Wait::Signaled(libc::WTERMSIG(status))
    } else {
        Wait::Stopped(libc::WSTOPSIG(status), status >> 16)
    }
}

/// Begins a second process; in that one, the result is nothing.
///
/// # Errors
///
/// Those of fork(2).
///
/// # Panics
///
/// If this process has more than one thread: of the others' locks, the child could never get one.
pub(super) fn fork() -> io::Result<Option<Pid>> {
    let threads = std::fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    assert_eq!(threads, 1, "only a process with one thread can be doubled");
    // SAFETY: there is no other thread that could hold a lock or change memory meanwhile.
    match unsafe { libc::fork() } {
        0 => Ok(None),
        pid if pid < 0 => Err(io::Error::last_os_error()),
        pid => Ok(Some(Pid::from_raw(pid))),
    }
}

/// How a stopped thread goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resume {
    /// Up to the next event.
    Freely,
    /// Up to the next event, and the beginning or end of a system call is one.
    ToSyscall,
    /// It stays stopped, as a signal has stopped its process, until the process goes on.
    Listen,
    /// It is traced no longer.
    Detach,
}

/// Lets a stopped thread go on, with a signal unless it is 0.
///
/// # Errors
///
/// `ESRCH` if it was killed meanwhile.
pub(super) fn resume(thread: Pid, how: Resume, signal: i32) -> io::Result<()> {
    let request = match how {
        Resume::Freely => libc::PTRACE_CONT,
        Resume::ToSyscall => libc::PTRACE_SYSCALL,
        Resume::Listen => libc::PTRACE_LISTEN,
        Resume::Detach => libc::PTRACE_DETACH,
    };
    let data = libc::c_ulong::from(signal.unsigned_abs());
    // SAFETY: these requests neither read nor write memory of ours.
    let status = unsafe { libc::ptrace(request, thread.as_raw(), 0 as libc::c_ulong, data) };
    if status == -1 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// What a stop at a system call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Before the call, and before any filter sees it.
    Entry {
        /// The call number.
        number: u64,
        /// The argument registers.
        args: [u64; 6],
    },
    /// After the call: what it returned, and whether that is an error number, negated.
    Exit {
        /// The value.
        value: i64,
        /// Whether it means failure.
        is_error: bool,
    },
    /// Not at a call.
    Other,
}

/// The state of a stopped thread (`PTRACE_GET_SYSCALL_INFO`, Linux 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// The architecture word.
    pub(super) audit_arch: u32,
    /// Where it stands.
    pub(super) address: u64,
    /// Why.
    pub(super) stop: Stop,
}

/// Asks for the state of a stopped thread.
///
/// # Errors
///
/// Those of ptrace(2).
pub(super) fn state(thread: Pid) -> io::Result<State> {
    let info = nix::sys::ptrace::syscall_info(thread)?;
    let stop = match info.op {
        // SAFETY: the kernel says which of the union's variants it wrote.
        libc::PTRACE_SYSCALL_INFO_ENTRY => unsafe {
            Stop::Entry {
                number: info.u.entry.nr,
                args: info.u.entry.args,
            }
        },
        // SAFETY: as above.
        libc::PTRACE_SYSCALL_INFO_EXIT => unsafe {
            Stop::Exit {
                value: info.u.exit.sval,
                is_error: info.u.exit.is_error != 0,
            }
        },
        _ => Stop::Other,
    };
    Ok(State {
        audit_arch: info.arch,
        address: info.instruction_pointer,
        stop,
    })
}

/// Answers a notification: the call is made (`SECCOMP_USER_NOTIF_FLAG_CONTINUE`, Linux 5.5).
///
/// # Errors
///
/// `ENOENT` if the thread does not wait any longer.
pub(super) fn let_through(listener: BorrowedFd<'_>, id: u64) -> io::Result<()> {
    let flags = u32::try_from(libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE).unwrap_or(1);
    answer(
        listener,
        libc::seccomp_notif_resp {
            id,
            val: 0,
            error: 0,
            flags,
        },
    )
}

/// Answers a notification: the call is not made and returns this, or fails with this error number.
///
/// # Errors
///
/// `ENOENT` if the thread does not wait any longer.
pub(super) fn pretend(
    listener: BorrowedFd<'_>,
    id: u64,
    result: Result<i64, i32>,
) -> io::Result<()> {
    let (val, error) = result.map_or_else(|error| (0, -error), |value| (value, 0));
    answer(
        listener,
        libc::seccomp_notif_resp {
            id,
            val,
            error,
            flags: 0,
        },
    )
}

fn answer(listener: BorrowedFd<'_>, response: libc::seccomp_notif_resp) -> io::Result<()> {
    // SAFETY: the kernel reads one structure of this request's size.
    let status = unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_SEND,
            &raw const response,
        )
    };
    if status == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Dies of a signal, if this process can.
pub(super) fn die_of(signal: i32) {
    // SAFETY: the set is made empty before it is used; the calls read and write nothing else.
    unsafe {
        // Std has handlers of its own for memory faults.
        libc::signal(signal, libc::SIG_DFL);
        let mut signals: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut signals);
        libc::sigaddset(&raw mut signals, signal);
        libc::sigprocmask(libc::SIG_UNBLOCK, &raw const signals, std::ptr::null_mut());
        libc::raise(signal);
    }
}

/// Lets threads that wait for an answer be woken on the processor of the one that answers, where the kernel
/// can (`SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP`, Linux 6.6): the two take turns anyway.
pub(super) fn take_turns(listener: BorrowedFd<'_>) {
    let flags: libc::c_ulong = 1;
    // SAFETY: the argument is no pointer.
    let _ = unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_SET_FLAGS,
            flags,
        )
    };
}
