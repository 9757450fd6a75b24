//! The handler for `SIGSYS`, and what it may call; inlined as `report` is.

mod context;
mod mask;
#[cfg(not(any(
    all(target_arch = "x86_64", target_pointer_width = "64"),
    target_arch = "aarch64"
)))]
mod registers;

use std::ffi::{c_int, c_ulong, c_void};
use std::mem::MaybeUninit;
use std::sync::OnceLock;

use self::context::Interrupted;
use crate::report::{RefusedCall, Verdict};

/// `SIGSYS`. The libc crate has another number for some MIPS targets, the kernel has this one.
const SIGSYS: c_int = if cfg!(any(
    target_arch = "mips",
    target_arch = "mips32r6",
    target_arch = "mips64",
    target_arch = "mips64r6"
)) {
    12
} else {
    31
};

/// `SYS_SECCOMP`: the signal comes from a seccomp filter (sigaction(2)).
const SYS_SECCOMP: c_int = 1;

/// The last argument of the prctl(2) that reads the thread's name, and the only one of the getpid(2) and
/// gettid(2) that ask for the main thread; as in the compiler.
const TOKEN_NAME: c_ulong = 0x7379_736e;
/// The last argument of the prctl(2) that kills the process; as in the compiler.
const TOKEN_KILL: c_ulong = 0x7379_736b;

/// The start of `siginfo_t` for a `SIGSYS` (`include/uapi/asm-generic/siginfo.h`), which the libc
/// crate does not have.
#[repr(C)]
struct SigInfo {
    signo: c_int,
    #[cfg(not(any(
        target_arch = "mips",
        target_arch = "mips32r6",
        target_arch = "mips64",
        target_arch = "mips64r6"
    )))]
    errno: c_int,
    code: c_int,
    #[cfg(any(
        target_arch = "mips",
        target_arch = "mips32r6",
        target_arch = "mips64",
        target_arch = "mips64r6"
    ))]
    errno: c_int,
    call_addr: usize,
    syscall: c_int,
    arch: u32,
}

/// Prints the report of a call, if one of our filters refuses it.
type Report = fn(&RefusedCall) -> Verdict;

static REPORT: OnceLock<Report> = OnceLock::new();
/// What the program had installed before; it gets the signals that are none of ours.
static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

/// Installs the handler, for all threads; once, and whoever comes meanwhile waits. The result is the error
/// number of sigaction(2), or 0.
#[cfg_attr(not(debug_assertions), inline)]
pub(crate) fn install(report: Report) -> i32 {
    static RESULT: OnceLock<i32> = OnceLock::new();
    *RESULT.get_or_init(|| install_once(report))
}

#[cfg_attr(not(debug_assertions), inline)]
fn install_once(report: Report) -> i32 {
    let _ = REPORT.set(report);
    let mut mask = MaybeUninit::uninit();
    // SAFETY: sigfillset initializes the set that it is given. Every signal waits: a closed pipe on
    // standard error must not end the process by SIGPIPE instead.
    let mask = unsafe {
        libc::sigfillset(mask.as_mut_ptr());
        mask.assume_init()
    };
    // SAFETY: `sigaction` is a C struct for which zeroes are valid.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handle as *const () as usize;
    action.sa_mask = mask;
    // On the alternate stack that std gives each thread, as the thread's own may be all but full.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    let mut previous = MaybeUninit::uninit();
    // Two calls, as a filter that this program was executed under may let nobody set an action and ask
    // for the old one at once; see `report` in `syscallset-compiler`. Under such a filter the handler is
    // not really set, and the process dies of a refused call in silence.
    // SAFETY: sigaction writes the old action.
    if unsafe { libc::sigaction(SIGSYS, std::ptr::null(), previous.as_mut_ptr()) } != 0 {
        return super::errno();
    }
    // SAFETY: sigaction succeeded, so it has written the old action.
    let _ = PREVIOUS.set(unsafe { previous.assume_init() });
    // SAFETY: the handler is async-signal-safe, and has the signature that SA_SIGINFO asks for.
    if unsafe { libc::sigaction(SIGSYS, &raw const action, std::ptr::null_mut()) } != 0 {
        return super::errno();
    }
    0
}

/// Lets a refused call that std's handler of a stack overflow makes on the alternate stack end the process
/// by `SIGSYS`.
///
/// In other threads than those that [`enlarge_alternate_stack`] was called in, that stack has no room for
/// another signal where the registers alone take kilobytes (8 KiB, of which a frame with AVX-512 state takes
/// 3.4): the kernel would end the process by `SIGSEGV`. A `SIGSYS` that is blocked has no handler, and ends
/// it as it should.
#[cfg_attr(not(debug_assertions), inline)]
pub(crate) fn block_while_handling_faults() {
    block_while_handling(libc::SIGSEGV);
    block_while_handling(libc::SIGBUS);
}

fn block_while_handling(signal: c_int) {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: sigaction reads and writes what it is given; the action goes back as it came, but for one
    // more signal in its mask.
    unsafe {
        if libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) != 0 {
            return;
        }
        let mut action = action.assume_init();
        let handled = !matches!(action.sa_sigaction, libc::SIG_DFL | libc::SIG_IGN);
        if handled && action.sa_flags & libc::SA_ONSTACK != 0 {
            libc::sigaddset(&raw mut action.sa_mask, SIGSYS);
            libc::sigaction(signal, &raw const action, std::ptr::null_mut());
        }
    }
}

#[cfg_attr(not(debug_assertions), inline)]
extern "C" fn handle(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: with SA_SIGINFO the kernel passes a siginfo_t, and for SIGSYS from seccomp it fills
    // these fields; for others they are read but not used.
    let sig_info = unsafe { &*info.cast::<SigInfo>() };
    if sig_info.code == SYS_SECCOMP {
        // SAFETY: with SA_SIGINFO the kernel passes the context of the interrupted thread.
        let thread = unsafe { Interrupted::new(context) };
        let call = RefusedCall {
            number: sig_info.syscall,
            // SECCOMP_RET_DATA, which has 16 bits.
            tag: u16::try_from(sig_info.errno).unwrap_or(0),
            address: sig_info.call_addr,
            arguments: thread.arguments(),
        };
        let verdict = REPORT
            .get()
            .map_or(Verdict::Foreign, |report| report(&call));
        match verdict {
            Verdict::Foreign => {}
            Verdict::Instrumented if mask::CALL == call.number => {
                // SAFETY: the filter allows all calls of rt_sigprocmask but those that set a mask.
                if unsafe { mask::change(&thread) } {
                    return;
                }
                kill_process()
            }
            Verdict::Refused | Verdict::Instrumented => kill_process(),
        }
    }
    let Some(previous) = PREVIOUS.get() else {
        kill_process()
    };
    match previous.sa_sigaction {
        libc::SIG_DFL => kill_process(),
        libc::SIG_IGN if sig_info.code == SYS_SECCOMP => kill_process(),
        libc::SIG_IGN => {}
        handler if previous.sa_flags & libc::SA_SIGINFO != 0 => {
            // SAFETY: the program installed this function for SA_SIGINFO, so it has this type.
            let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) =
                unsafe { std::mem::transmute(handler) };
            handler(signal, info, context);
        }
        handler => {
            // SAFETY: the program installed this function without SA_SIGINFO.
            let handler: extern "C" fn(c_int) = unsafe { std::mem::transmute(handler) };
            handler(signal);
        }
    }
}

/// Lets the calling thread get the signal: a blocked one has no handler, and the mask may come from the
/// program that has executed this one.
pub(crate) fn unblock() {
    let mut set = MaybeUninit::uninit();
    // SAFETY: the functions write and read the set.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), SIGSYS);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, set.as_ptr(), std::ptr::null_mut());
    }
}

/// Gives the calling thread an alternate stack with room for two handlers at a time, unless it has one: a
/// handler that runs there may make a call that needs ours.
#[cfg_attr(not(debug_assertions), inline)]
pub(crate) fn enlarge_alternate_stack() {
    const SIZE: usize = 64 * 1024;
    let mut stack = MaybeUninit::<libc::stack_t>::uninit();
    // SAFETY: sigaltstack writes the stack in use; the mapping is new, and stays: std unmaps its own stack
    // when the thread ends, by its address.
    unsafe {
        if libc::sigaltstack(std::ptr::null(), stack.as_mut_ptr()) != 0 {
            return;
        }
        let mut stack = stack.assume_init();
        if stack.ss_flags != 0 || stack.ss_size >= SIZE {
            // In use, none at all, or large enough.
            return;
        }
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let memory = libc::mmap(std::ptr::null_mut(), SIZE, protection, flags, -1, 0);
        if memory != libc::MAP_FAILED {
            stack.ss_sp = memory;
            stack.ss_size = SIZE;
            libc::sigaltstack(&raw const stack, std::ptr::null_mut());
        }
    }
}

/// The name of the calling thread: `main` for the first, else that of prctl(2), at most 15 bytes.
#[cfg_attr(not(debug_assertions), inline)]
pub(crate) fn thread_name(buffer: &mut [u8; 16]) -> &[u8] {
    // SAFETY: both read no memory.
    let (process, thread) = unsafe {
        (
            libc::syscall(libc::SYS_getpid, TOKEN_NAME),
            libc::syscall(libc::SYS_gettid, TOKEN_NAME),
        )
    };
    if process == thread {
        return b"main";
    }
    let zero: c_ulong = 0;
    // SAFETY: PR_GET_NAME writes at most 16 bytes, the size of the buffer.
    let status = unsafe {
        libc::prctl(
            libc::PR_GET_NAME,
            buffer.as_mut_ptr(),
            zero,
            zero,
            TOKEN_NAME,
        )
    };
    if status != 0 {
        return b"?";
    }
    let length = buffer
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(buffer.len());
    &buffer[..length]
}

/// Dies of `SIGSYS` as by `SECCOMP_RET_KILL_PROCESS`, by a call to which the filter answers so.
#[cfg_attr(not(debug_assertions), inline)]
fn kill_process() -> ! {
    let mut buffer = [0_u8; 16];
    let zero: c_ulong = 0;
    // SAFETY: at worst PR_GET_NAME writes 16 bytes, the size of the buffer.
    unsafe {
        libc::prctl(
            libc::PR_GET_NAME,
            buffer.as_mut_ptr(),
            zero,
            zero,
            TOKEN_KILL,
        );
    }
    // No filter of ours is in force, or an outer one answers with an error: the default action of
    // the signal is the same death.
    // SAFETY: SIG_DFL is a valid action; raising a signal touches no memory of ours.
    unsafe {
        libc::signal(SIGSYS, libc::SIG_DFL);
        libc::raise(SIGSYS);
    }
    unblock();
    // SAFETY: takes no pointer.
    unsafe { libc::_exit(128 + SIGSYS) }
}
