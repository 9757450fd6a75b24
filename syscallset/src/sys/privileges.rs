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
    says(b"\nNoNewPrivs:\t1")
}

/// What `/proc/thread-self/status` begins with (proc(5)). Of a process in more than a hundred groups,
/// lines may come later.
type Status = [u8; 2048];

/// Whether the status has this text. Generic, as [`digit`] is, so that it becomes part of the program
/// that loads a filter.
#[inline(never)]
fn says<const LENGTH: usize>(text: &[u8; LENGTH]) -> bool {
    let mut status = [0; 2048];
    read(&mut status);
    find(&status, text).is_some()
}

/// A hexadecimal digit behind a text in the status, or 15.
#[inline(never)]
fn digit<const LENGTH: usize>(text: &[u8; LENGTH], index: usize) -> u8 {
    let mut status = [0; 2048];
    read(&mut status);
    let place = find(&status, text).map(|place| place + LENGTH + index);
    match place.and_then(|place| status.get(place)) {
        Some(digit @ b'a'..) => digit - b'a' + 10,
        Some(digit) => digit & 15,
        None => 15,
    }
}

/// Reads the status with the very calls by which the C library has read other files before `main`: other
/// than capget(2) or prctl(2), they are allowed under any filter that the program was started under.
/// Async-signal-safe.
#[inline(always)]
fn read(status: &mut Status) {
    // SAFETY: the path ends in a zero; the kernel writes at most `len` bytes to the buffer; the
    // descriptor is this function's own. By way of syscall(2), as above.
    unsafe {
        let path = c"/proc/thread-self/status".as_ptr();
        let flags = libc::O_RDONLY | libc::O_CLOEXEC;
        let file = libc::syscall(libc::SYS_openat, libc::AT_FDCWD, path, flags);
        let file = c_int::try_from(file).unwrap_or(-1);
        libc::read(file, status.as_mut_ptr().cast(), status.len());
        libc::close(file);
    }
}

/// Where a text is. A line feed stands nowhere but between lines, and what was not read is zeros.
#[inline(always)]
fn find(status: &Status, text: &[u8]) -> Option<usize> {
    let start = status.as_ptr();
    // SAFETY: both are given with their lengths. By way of the C library: Rust's loop would be longer.
    let found =
        unsafe { libc::memmem(start.cast(), status.len(), text.as_ptr().cast(), text.len()) };
    (!found.is_null()).then(|| found.addr() - start.addr())
}
