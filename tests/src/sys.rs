//! System calls that std does not make, for programs under test; the only place for `unsafe` here.
#![allow(unsafe_code, reason = "calls that std does not make")]
#![allow(
    clippy::many_single_char_names,
    reason = "arguments of calls have no better names"
)]

pub mod sample;
pub mod signal;

use std::ffi::c_long;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Calls that do nothing, or nothing but fail, when all their arguments are zero.
const HARMLESS: &[c_long] = &[
    libc::SYS_epoll_ctl,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_getpriority,
    libc::SYS_getuid,
    libc::SYS_gettid,
    libc::SYS_mount,
    libc::SYS_openat,
    libc::SYS_personality,
    libc::SYS_prctl,
    libc::SYS_ptrace,
    libc::SYS_seccomp,
    libc::SYS_socket,
    libc::SYS_umask,
];

/// Makes the child enter a user namespace of its own, where it has every capability.
pub fn enter_user_namespace(command: &mut Command) {
    let enter = || {
        // SAFETY: takes no pointer.
        match unsafe { libc::unshare(libc::CLONE_NEWUSER) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    };
    // SAFETY: the function is async-signal-safe.
    unsafe { command.pre_exec(enter) };
}

/// Makes a call with all arguments zero.
///
/// # Errors
///
/// The error number of the call.
///
/// # Panics
///
/// If the call is not known to be harmless. Numbers that the kernel does not give to any call are, and
/// `uretprobe` and `uprobe` of x86-64, which the kernel refuses to whoever is not at a probe.
pub fn call(nr: c_long) -> Result<c_long, i32> {
    let probes = cfg!(target_arch = "x86_64") && matches!(nr, 335 | 336);
    let free = !(0..=480).contains(&nr) || probes;
    assert!(
        free || HARMLESS.contains(&nr),
        "call {nr} may do harm without arguments"
    );
    let zero: c_long = 0;
    // SAFETY: the calls of the list read and write no memory when every argument is zero; the other
    // numbers are no calls.
    let result = unsafe { libc::syscall(nr, zero, zero, zero, zero, zero, zero) };
    if result == -1 {
        Err(errno())
    } else {
        Ok(result)
    }
}

/// Makes a call through the 32-bit interface of x86-64, with all arguments zero; the result or
/// the negative error number.
///
/// # Panics
///
/// If the call is none of i386's `getpid`, `getuid` and `open`.
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
pub fn int80(nr: i32) -> i32 {
    assert!(
        matches!(nr, 5 | 20 | 24),
        "call {nr} may do harm without arguments"
    );
    let result: i32;
    // SAFETY: getpid and getuid touch no memory, open fails at its null pointer; the interface
    // clears r8 to r11 and leaves the other registers alone. rbx is kept by hand, as the compiler
    // reserves it.
    unsafe {
        std::arch::asm!(
            "mov {saved}, rbx",
            "xor ebx, ebx",
            "int 0x80",
            "mov rbx, {saved}",
            saved = out(reg) _,
            inlateout("eax") nr => result,
            in("ecx") 0,
            in("edx") 0,
            in("esi") 0,
            in("edi") 0,
            out("r8") _,
            out("r9") _,
            out("r10") _,
            out("r11") _,
        );
    }
    result
}

/// Loads a program into the calling thread with seccomp(2), without any check.
///
/// # Errors
///
/// The error number of prctl(2) or seccomp(2).
pub fn load(program: &[syscallset::Instruction]) -> Result<(), i32> {
    let (zero, one): (c_long, c_long) = (0, 1);
    // SAFETY: PR_SET_NO_NEW_PRIVS touches no memory.
    if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, one, zero, zero, zero) } != 0 {
        return Err(errno());
    }
    load_privileged(program)
}

/// Loads a program into the calling thread, as [`load`], without giving up privileges: only root may
/// do that.
///
/// # Errors
///
/// The error number of seccomp(2).
pub fn load_privileged(program: &[syscallset::Instruction]) -> Result<(), i32> {
    let len = u16::try_from(program.len()).map_err(|_| libc::EINVAL)?;
    let fprog = libc::sock_fprog {
        len,
        filter: program.as_ptr().cast_mut().cast(),
    };
    let (zero, one): (c_long, c_long) = (0, 1);
    // SAFETY: the kernel reads `len` instructions, which have the layout of `struct sock_filter`.
    let status = unsafe { libc::syscall(libc::SYS_seccomp, one, zero, &raw const fprog) };
    if status == 0 { Ok(()) } else { Err(errno()) }
}

/// How memory is mapped: 32-bit architectures have a call whose offset counts pages.
#[cfg(target_pointer_width = "64")]
pub const MMAP: c_long = libc::SYS_mmap;
/// How memory is mapped: 32-bit architectures have a call whose offset counts pages.
#[cfg(target_pointer_width = "32")]
pub const MMAP: c_long = libc::SYS_mmap2;

/// The argument registers of a call, which drop what they are too narrow for.
fn registers(arguments: [u64; 6]) -> [libc::c_ulong; 6] {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::unnecessary_cast,
        reason = "as wide as a register"
    )]
    arguments.map(|argument| argument as libc::c_ulong)
}

fn errno() -> i32 {
    std::io::Error::last_os_error()
        .raw_os_error()
        .expect("a failed call leaves an error number")
}

/// Makes a call with these argument registers.
///
/// # Errors
///
/// The error number of the call.
///
/// # Panics
///
/// If the call is not known to do no harm with pointers that are zero, and what is no pointer
/// chosen with care.
pub fn call_with(nr: c_long, args: [u64; 6]) -> Result<c_long, i32> {
    assert!(
        WITH_ARGUMENTS.iter().any(|(known, _)| *known == nr),
        "call {nr} may do harm"
    );
    for pointer in WITH_ARGUMENTS.iter().filter(|(known, _)| *known == nr) {
        let zero = pointer.1.iter().all(|index| args[*index] == 0);
        assert!(zero, "call {nr} has a pointer that is not zero: {args:?}");
    }
    let [a, b, c, d, e, f] = registers(args);
    // SAFETY: the pointers among the arguments are zero, and memory that the calls map, unmap or
    // advise about is no part of the program: the list says so.
    let result = unsafe { libc::syscall(nr, a, b, c, d, e, f) };
    if result == -1 {
        Err(errno())
    } else {
        Ok(result)
    }
}

/// Calls for [`call_with`], with the indices of their arguments that are pointers or addresses.
const WITH_ARGUMENTS: &[(c_long, &[usize])] = &[
    // The flags come second on s390x.
    (
        libc::SYS_clone,
        if cfg!(target_arch = "s390x") {
            &[0, 2, 3, 4]
        } else {
            &[1, 2, 3, 4]
        },
    ),
    (libc::SYS_copy_file_range, &[1, 3]),
    (libc::SYS_dup3, &[]),
    (libc::SYS_epoll_create1, &[]),
    (libc::SYS_eventfd2, &[]),
    (libc::SYS_fcntl, &[2]),
    (libc::SYS_ftruncate, &[]),
    (libc::SYS_getpriority, &[]),
    (libc::SYS_getrandom, &[0]),
    (libc::SYS_inotify_init1, &[]),
    // Its fifth argument is the pointer.
    #[cfg(any(target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    (libc::SYS_ipc, &[4]),
    (libc::SYS_ioctl, &[2]),
    (libc::SYS_kill, &[]),
    (libc::SYS_lseek, &[]),
    (libc::SYS_madvise, &[0]),
    (libc::SYS_memfd_create, &[0]),
    (MMAP, &[0]),
    (libc::SYS_openat, &[1]),
    (libc::SYS_personality, &[]),
    (libc::SYS_prctl, &[1, 2, 3, 4]),
    (libc::SYS_pread64, &[1]),
    (libc::SYS_prlimit64, &[2, 3]),
    (libc::SYS_recvfrom, &[1, 4, 5]),
    (libc::SYS_setsockopt, &[3]),
    (libc::SYS_shutdown, &[]),
    (libc::SYS_socket, &[]),
    #[cfg(any(target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    (libc::SYS_socketcall, &[1]),
    (libc::SYS_timerfd_create, &[]),
    (libc::SYS_umask, &[]),
    (libc::SYS_unshare, &[]),
];
