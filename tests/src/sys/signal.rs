//! Signals, their handlers and stacks, for programs under test.

use std::ffi::{c_int, c_long, c_void};
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{call, errno};

/// Blocks a signal in the calling thread.
///
/// # Panics
///
/// If the kernel refuses.
pub fn block(signal: c_int) {
    let mut set = MaybeUninit::uninit();
    // SAFETY: both functions get a set that they write and read.
    let status = unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), signal);
        libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), null_mut())
    };
    assert_eq!(status, 0, "a signal can be blocked");
}

/// Changes the calling thread's mask by `rt_sigprocmask(2)`, signal 1 in the lowest bit. Returns the old one.
///
/// # Errors
///
/// The error number.
pub fn mask(how: c_int, set: Option<u64>) -> Result<u64, i32> {
    let set = set
        .as_ref()
        .map_or(null_mut(), |set| (&raw const *set).cast_mut());
    let mut old = 0_u64;
    // SAFETY: the kernel reads and writes 8 bytes each.
    let status = unsafe { libc::syscall(libc::SYS_rt_sigprocmask, how, set, &raw mut old, 8) };
    if status == 0 { Ok(old) } else { Err(errno()) }
}

/// What to do about a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The default.
    Default,
    /// Nothing.
    Ignore,
    /// Print `handled` to standard output.
    Handle,
    /// Make a call that opens a file, on the alternate stack.
    Open,
}

/// Sets the action of a signal; asks for the old one as well if told so.
///
/// # Errors
///
/// The error number of sigaction(2).
pub fn set(signal: c_int, action: Action, ask: bool) -> Result<(), i32> {
    // SAFETY: `sigaction` is a C struct for which zeroes are valid.
    let mut new: libc::sigaction = unsafe { std::mem::zeroed() };
    new.sa_sigaction = match action {
        Action::Default => libc::SIG_DFL,
        Action::Ignore => libc::SIG_IGN,
        Action::Handle => say as *const () as usize,
        Action::Open => open as *const () as usize,
    };
    if action == Action::Open {
        new.sa_flags = libc::SA_ONSTACK;
    }
    let mut old = MaybeUninit::uninit();
    let old = if ask { old.as_mut_ptr() } else { null_mut() };
    // SAFETY: the new action is one of the above, whose handlers are async-signal-safe.
    match unsafe { libc::sigaction(signal, &raw const new, old) } {
        0 => Ok(()),
        _ => Err(errno()),
    }
}

extern "C" fn say(_: c_int) {
    // SAFETY: the kernel reads these bytes.
    unsafe { libc::write(1, c"handled\n".as_ptr().cast(), 8) };
}

extern "C" fn open(_: c_int) {
    let _ = open_nothing();
}

/// Makes openat(2) fail, by a path that is null.
///
/// # Errors
///
/// The error number.
pub fn open_nothing() -> Result<c_long, i32> {
    call(libc::SYS_openat)
}

/// Sends a signal to this process, by kill(2).
pub fn send(signal: c_int) {
    // SAFETY: takes no pointer.
    unsafe { libc::kill(libc::getpid(), signal) };
}

/// Closes a descriptor.
pub fn close(descriptor: c_int) {
    // SAFETY: takes no pointer.
    unsafe { libc::close(descriptor) };
}

/// Makes a descriptor the end of a pipe that nobody reads.
///
/// # Panics
///
/// If the kernel refuses.
pub fn break_pipe(descriptor: c_int) {
    let mut ends = [0; 2];
    // SAFETY: pipe2 writes both descriptors; the others take no pointer.
    unsafe {
        assert_eq!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC), 0);
        assert_eq!(libc::dup3(ends[1], descriptor, 0), descriptor);
    }
    close(ends[0]);
}

/// Runs a function in a child process that has nothing but a copy of the calling thread, and returns the
/// child's wait status.
///
/// # Panics
///
/// If there can be no child.
pub fn in_child(function: impl FnOnce()) -> c_int {
    // SAFETY: the functions given here take no lock of other threads.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "a child can be made");
    if child == 0 {
        function();
        // SAFETY: takes no pointer.
        unsafe { libc::_exit(0) };
    }
    let mut status = 0;
    // SAFETY: the kernel writes the status.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(waited, child, "a child can be waited for");
    status
}

/// Memory that is shared with children, for ever.
fn shared(size: usize) -> *mut c_void {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping touches no memory of anybody's.
    let memory = unsafe { libc::mmap(null_mut(), size, protection, flags, -1, 0) };
    assert_ne!(memory, libc::MAP_FAILED, "memory can be had");
    memory
}

fn use_stack(memory: *mut c_void, size: usize) {
    let stack = libc::stack_t {
        ss_sp: memory,
        ss_flags: 0,
        ss_size: size,
    };
    // SAFETY: the memory is never unmapped.
    let status = unsafe { libc::sigaltstack(&raw const stack, null_mut()) };
    assert_eq!(status, 0, "an alternate stack can be set");
}

/// Gives the calling thread an alternate stack of this size.
///
/// # Panics
///
/// If the kernel refuses.
pub fn use_alternate_stack(size: usize) {
    use_stack(shared(size), size);
}

/// Runs a function in a child, and returns how many bytes of its alternate stack were used, with the
/// child's wait status.
///
/// # Panics
///
/// If there can be no child.
pub fn alternate_stack_used(function: impl FnOnce()) -> (usize, c_int) {
    const SIZE: usize = 1 << 16;
    let memory = shared(SIZE);
    // SAFETY: the mapping is that large, and nobody else's.
    unsafe { memory.write_bytes(0xa5, SIZE) };
    let status = in_child(|| {
        use_stack(memory, SIZE);
        function();
    });
    // SAFETY: the child, which wrote there, has ended.
    let bytes = unsafe { std::slice::from_raw_parts(memory.cast::<u8>(), SIZE) };
    let untouched = bytes.iter().take_while(|byte| **byte == 0xa5).count();
    (SIZE - untouched, status)
}

/// Runs a function with less than so many bytes left of the calling thread's stack, which is not the
/// main thread's.
///
/// # Panics
///
/// If the stack cannot be found.
pub fn with_stack_left(bytes: usize, function: &dyn Fn()) {
    let mut attributes = MaybeUninit::uninit();
    let (mut lowest, mut size) = (null_mut(), 0);
    // SAFETY: the functions write what they are given.
    unsafe {
        let thread = libc::pthread_self();
        assert_eq!(libc::pthread_getattr_np(thread, attributes.as_mut_ptr()), 0);
        let attributes = attributes.as_ptr();
        let status = libc::pthread_attr_getstack(attributes, &raw mut lowest, &raw mut size);
        assert_eq!(status, 0);
    }
    LOWEST.store(lowest as usize + bytes, Ordering::Relaxed);
    descend(function);
}

static LOWEST: AtomicUsize = AtomicUsize::new(0);

#[inline(never)]
fn descend(function: &dyn Fn()) {
    let here = 0_u8;
    let address = std::hint::black_box(&raw const here) as usize;
    if address > LOWEST.load(Ordering::Relaxed) {
        descend(function);
    } else {
        function();
    }
    // Not a tail call.
    std::hint::black_box(here);
}

/// Uses up the calling thread's stack.
pub fn overflow() -> usize {
    fn deeper(depth: usize) -> usize {
        let frame = std::hint::black_box([depth; 64]);
        if std::hint::black_box(depth) == usize::MAX {
            return 0;
        }
        deeper(depth + 1) + frame[7]
    }
    deeper(0)
}
