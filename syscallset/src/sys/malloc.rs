//! What it takes to make glibc's malloc read its files early.

use std::ffi::{c_int, c_void};
use std::hint::black_box;

/// `AT_FDCWD` in a register.
#[allow(clippy::cast_sign_loss, reason = "registers have no sign")]
pub(crate) const AT_FDCWD: u64 = libc::AT_FDCWD as u64;

/// How glibc opens files to read them.
#[allow(clippy::cast_sign_loss, reason = "flags are not negative")]
pub(crate) const OPEN_FLAGS: u64 = (libc::O_RDONLY | libc::O_CLOEXEC) as u64;

/// How `pthread_create(3)` calls clone(2).
#[allow(clippy::cast_sign_loss, reason = "flags are not negative")]
pub(crate) const CLONE_FLAGS: u64 = (libc::CLONE_VM
    | libc::CLONE_FS
    | libc::CLONE_FILES
    | libc::CLONE_SYSVSEM
    | libc::CLONE_SIGHAND
    | libc::CLONE_THREAD
    | libc::CLONE_SETTLS
    | libc::CLONE_PARENT_SETTID
    | libc::CLONE_CHILD_CLEARTID) as u64;

/// Less than the least block that malloc gets by a mmap(2) of its own, and together more than the
/// least end of a heap that it gives back; both are 128 KiB unless set by the environment.
const BLOCK: usize = 60_000;
const BLOCKS: usize = 8;

/// Allocates blocks one behind the other and frees them from behind.
#[inline]
pub(crate) fn churn() {
    let mut blocks: [*mut c_void; BLOCKS] = [std::ptr::null_mut(); BLOCKS];
    for block in &mut blocks {
        // SAFETY: malloc takes every size. The black box keeps the compiler from removing the pair.
        *block = black_box(unsafe { libc::malloc(BLOCK) });
    }
    for block in blocks.into_iter().rev() {
        // SAFETY: it comes from malloc, or is null, and is freed once.
        unsafe { libc::free(block) };
    }
}

/// The number of heaps at which malloc stops making more, unless told otherwise: 8 for each
/// processor, 2 where addresses have 32 bits (`NARENAS_FROM_NCORES` in glibc's `malloc/arena.c`).
#[inline]
pub(crate) fn default_arena_limit() -> c_int {
    // SAFETY: takes no pointer.
    let processors = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    let for_each = if cfg!(target_pointer_width = "64") {
        8
    } else {
        2
    };
    c_int::try_from(processors.max(1))
        .unwrap_or(c_int::MAX)
        .saturating_mul(for_each)
}

/// `mallopt(M_ARENA_MAX)`.
#[inline]
pub(crate) fn limit_arenas(limit: c_int) {
    // SAFETY: takes no pointer. Its status says nothing of use: there is no other way.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, limit) };
}

/// Makes malloc keep what it could give back of the heaps that are not the main thread's:
/// `mallopt(M_TRIM_THRESHOLD)`, beyond the size of a heap.
pub(crate) fn keep_heaps() {
    // SAFETY: as above.
    unsafe { libc::mallopt(libc::M_TRIM_THRESHOLD, c_int::MAX) };
}

/// Whether the calling thread runs under a filter, or there is no telling (proc(5)).
#[inline]
pub(crate) fn may_be_filtered() -> bool {
    const NONE: &[u8] = b"\nSeccomp:\t0\n";
    let mut status = [0_u8; 4096];
    let mut length = 0;
    // SAFETY: the path ends in a zero; read(2) writes at most what is left of the buffer.
    unsafe {
        let path = c"/proc/thread-self/status".as_ptr();
        let file = libc::open(path, libc::O_RDONLY | libc::O_CLOEXEC);
        if file < 0 {
            return true;
        }
        while let Ok(count @ 1..) = usize::try_from(libc::read(
            file,
            status[length..].as_mut_ptr().cast(),
            status.len() - length,
        )) {
            length += count;
        }
        libc::close(file);
    }
    !status[..length]
        .windows(NONE.len())
        .any(|line| line == NONE)
}

/// The calling thread's id.
#[inline]
pub(crate) fn thread_id() -> libc::c_long {
    // SAFETY: takes no arguments. glibc before 2.30 has no function for it.
    unsafe { libc::syscall(libc::SYS_gettid) }
}

/// Whether the calling thread is the one that the process began with.
pub(crate) fn is_main_thread() -> bool {
    u32::try_from(thread_id()) == Ok(std::process::id())
}

/// Whether the process has a thread with this id.
#[inline]
pub(crate) fn has_thread(id: libc::c_long) -> bool {
    // SAFETY: takes no pointer; signal 0 is not sent, only the target is looked up (tgkill(2)).
    unsafe { libc::syscall(libc::SYS_tgkill, std::process::id(), id, 0) == 0 }
}
