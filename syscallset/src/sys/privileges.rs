//! What the calling thread may do, and giving it up. Inlined into programs, for the sake of their size.

use std::ffi::c_int;

/// Gives up gaining privileges by execve(2), for this thread and all that it starts: the condition
/// under which the kernel lets an unprivileged thread load a filter. The result is 0, or there is an
/// [`errno`](super::errno).
#[inline]
pub(crate) fn set_no_new_privs() -> libc::c_long {
    let zero: libc::c_ulong = 0;
    let one: libc::c_ulong = 1;
    // SAFETY: PR_SET_NO_NEW_PRIVS reads no memory; the three last arguments must be zero. By way of
    // syscall(2), as in `set_filter`: one function of the C library less to link.
    unsafe {
        libc::syscall(
            libc::SYS_prctl,
            libc::PR_SET_NO_NEW_PRIVS,
            one,
            zero,
            zero,
            zero,
        )
    }
}

/// Whether the process was started with the effective user id 0, as the kernel has told it at
/// execve(2) (`AT_EUID`, getauxval(3)); no system call.
#[inline]
pub(crate) fn started_as_root() -> bool {
    // SAFETY: getauxval reads what the kernel has put there.
    unsafe { libc::getauxval(libc::AT_EUID) == 0 }
}

/// Whether the calling thread has `CAP_SYS_ADMIN`; yes where that cannot be found out.
#[inline]
pub(crate) fn may_administer() -> bool {
    // Sixteen hexadecimal digits; the capability is bit 21.
    digit(b"\nCapEff:\t", 15 - 21 / 4) & 1 << (21 % 4) != 0
}

/// Whether the calling thread has given up gaining privileges; no where that cannot be found out.
#[inline]
pub(crate) fn has_no_new_privs() -> bool {
    digit(b"\nNoNewPrivs:\t", 0) == 1
}

/// A hexadecimal digit of a line of `/proc/thread-self/status` (proc(5)), or 15.
///
/// Reads the file with the very calls by which the C library has read others before `main`: other
/// than capget(2) or prctl(2), they are allowed under any filter that the program was started under.
/// Async-signal-safe. Generic, so that it becomes part of the program that loads a filter.
#[inline(never)]
fn digit<const LENGTH: usize>(line: &[u8; LENGTH], index: usize) -> u8 {
    // Of a process in more than a hundred groups, lines may come later.
    let mut status = [0_u8; 2048];
    let offset = LENGTH + index;
    // SAFETY: the path ends in a zero; the kernel writes at most `len` bytes to the buffer; the
    // descriptor is this function's own; what is searched is inside the buffer.
    let found: *const u8 = unsafe {
        let path = c"/proc/thread-self/status".as_ptr();
        let flags = libc::O_RDONLY | libc::O_CLOEXEC;
        // By way of syscall(2), as above.
        let file = libc::syscall(libc::SYS_openat, libc::AT_FDCWD, path, flags);
        let file = c_int::try_from(file).unwrap_or(-1);
        libc::read(file, status.as_mut_ptr().cast(), status.len());
        libc::close(file);
        // A line feed stands nowhere but between lines. The rest of the buffer is zeros.
        libc::memmem(
            status.as_ptr().cast(),
            status.len() - offset,
            line.as_ptr().cast(),
            line.len(),
        )
        .cast()
    };
    if found.is_null() {
        return 15;
    }
    // SAFETY: the line was searched for where as many bytes follow in the buffer.
    let digit = unsafe { *found.add(offset) };
    if digit < b'a' {
        digit & 15
    } else {
        digit - b'a' + 10
    }
}
