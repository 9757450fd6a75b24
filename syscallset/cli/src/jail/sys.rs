//! The system calls that no crate wraps: a filter with a listener, the listener's requests
//! (`seccomp_unotify(2)`, Linux 5.0), and execve(2) without anything around it.
#![allow(
    unsafe_code,
    reason = "seccomp(2), its ioctl(2) requests and execve(2) take pointers"
)]

use std::ffi::{CStr, CString};
use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd, RawFd};

use syscallset_compiler::insn::Insn;

/// `SECCOMP_SET_MODE_FILTER`
const SET_MODE_FILTER: libc::c_ulong = 1;

/// Puts the calling thread under a filter whose notifications come to the file descriptor returned
/// (`SECCOMP_FILTER_FLAG_NEW_LISTENER`). It is closed at execve(2).
///
/// Gives up gaining privileges by execve(2) first. With `signals_wait`, those that are not fatal wait for
/// the answer to a call that was received, instead of interrupting it (Linux 5.19).
///
/// # Errors
///
/// Those of prctl(2) and seccomp(2): `EBUSY` if a filter of this thread has a listener already.
pub(crate) fn load_with_listener(
    program: &[Insn],
    log: bool,
    signals_wait: bool,
) -> io::Result<OwnedFd> {
    let instructions: Vec<libc::sock_filter> = program
        .iter()
        .map(|insn| libc::sock_filter {
            code: insn.code,
            jt: insn.jt,
            jf: insn.jf,
            k: insn.k,
        })
        .collect();
    let len = u16::try_from(instructions.len())
        .map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    let fprog = libc::sock_fprog {
        len,
        filter: instructions.as_ptr().cast_mut(),
    };
    let mut flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    if log {
        flags |= libc::SECCOMP_FILTER_FLAG_LOG;
    }
    let one: libc::c_ulong = 1;
    let zero: libc::c_ulong = 0;
    // SAFETY: PR_SET_NO_NEW_PRIVS reads no memory; the three last arguments must be zero.
    if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, one, zero, zero, zero) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let install = |flags: libc::c_ulong| {
        // SAFETY: the kernel reads `len` instructions at `filter`, both of which outlive the call.
        unsafe { libc::syscall(libc::SYS_seccomp, SET_MODE_FILTER, flags, &raw const fprog) }
    };
    let mut status = -1;
    if signals_wait {
        status = install(flags | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
    }
    // Without it where the kernel does not know it.
    if status < 0 {
        status = install(flags);
    }
    let descriptor = RawFd::try_from(status).unwrap_or(-1);
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// A call that waits for a verdict.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notification {
    /// The notification, for [`is_pending`].
    pub(crate) id: u64,
    /// The thread, in the process id namespace of the listener.
    pub(crate) thread: libc::pid_t,
    /// What the filter saw.
    pub(crate) number: u32,
    /// The architecture word.
    pub(crate) audit_arch: u32,
    /// Address behind the instruction that made the call.
    pub(crate) address: u64,
    /// The argument registers.
    pub(crate) args: [u64; 6],
}

/// Waits for the next call that waits for a verdict.
///
/// # Errors
///
/// Those of ioctl(2): `ENOENT` if the thread was killed meanwhile, `EINTR`.
pub(crate) fn receive(listener: BorrowedFd<'_>) -> io::Result<Notification> {
    // SAFETY: the structure consists of integers, for which zero is a value; the kernel demands zeroes.
    let mut notification: libc::seccomp_notif = unsafe { std::mem::zeroed() };
    // SAFETY: the kernel writes one structure of this request's size.
    let status = unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_RECV,
            &raw mut notification,
        )
    };
    if status != 0 {
        return Err(io::Error::last_os_error());
    }
    let data = notification.data;
    #[allow(
        clippy::cast_sign_loss,
        clippy::cast_possible_wrap,
        reason = "the number is 32 bits whose sign nobody asks for; process ids fit pid_t"
    )]
    let (thread, number) = (notification.pid as libc::pid_t, data.nr as u32);
    Ok(Notification {
        id: notification.id,
        thread,
        number,
        audit_arch: data.arch,
        address: data.instruction_pointer,
        args: data.args,
    })
}

/// Whether the thread still waits: what was read about it meanwhile is about it and not about another one
/// that got its id.
pub(crate) fn is_pending(listener: BorrowedFd<'_>, id: u64) -> bool {
    // SAFETY: the kernel reads one u64.
    let status = unsafe {
        libc::ioctl(
            listener.as_raw_fd(),
            libc::SECCOMP_IOCTL_NOTIF_ID_VALID,
            &raw const id,
        )
    };
    status == 0
}

/// Texts as execve(2) takes them.
pub(crate) struct Pointers<'t> {
    /// One for each text, and a null pointer.
    pointers: Vec<*const libc::c_char>,
    texts: PhantomData<&'t [CString]>,
}

impl<'t> Pointers<'t> {
    /// Pointers to these texts.
    pub(crate) fn new(texts: &'t [CString]) -> Self {
        let pointers = texts.iter().map(|text| text.as_ptr());
        Self {
            pointers: pointers.chain([std::ptr::null()]).collect(),
            texts: PhantomData,
        }
    }
}

/// Executes a program. Returns only if that failed.
pub(crate) fn execute(path: &CStr, words: &Pointers<'_>, environment: &Pointers<'_>) -> io::Error {
    // SAFETY: the path ends in NUL; both arrays end in a null pointer, and what they point to outlives them.
    unsafe {
        libc::execve(
            path.as_ptr(),
            words.pointers.as_ptr(),
            environment.pointers.as_ptr(),
        );
    }
    io::Error::last_os_error()
}

/// Has the process die again of writing where nobody reads.
pub(crate) fn restore_sigpipe() {
    // SAFETY: the default action runs no code of ours.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}
