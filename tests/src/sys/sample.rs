//! Asks the kernel what a program decides, without making the calls that it is asked about.

use std::ffi::c_long;

use syscallset::Instruction;

use super::{MMAP, errno, load, registers};

/// What the outer filter of [`sample`] gives to calls that the inner one allows.
pub const ALLOWED: u16 = 4000;

/// What a thread needs to end, and to load the inner filter. [`sample`] cannot ask about these.
pub const NOT_SAMPLED: &[c_long] = &[
    libc::SYS_brk,
    libc::SYS_exit,
    libc::SYS_futex,
    libc::SYS_madvise,
    MMAP,
    libc::SYS_mprotect,
    libc::SYS_munmap,
    libc::SYS_prctl,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_seccomp,
    libc::SYS_sigaltstack,
];

/// Asks the kernel for a program's verdicts about calls, by number and arguments, without making any
/// of them: an outer filter makes every call fail with [`ALLOWED`], which the kernel returns unless the
/// program is stricter. The program must not kill.
///
/// # Panics
///
/// If a number is one of [`NOT_SAMPLED`], or the program cannot be loaded.
pub fn sample(program: &[Instruction], calls: &[(i32, [u64; 6])]) -> Vec<i32> {
    let outer = refuse_everything();
    let sampling = || {
        load(&outer).expect("the outer filter loads");
        load(program).expect("the program loads");
        let mut errors = vec![0; calls.len()];
        for (error, &(number, arguments)) in errors.iter_mut().zip(calls) {
            #[allow(clippy::useless_conversion, reason = "`c_long` is wider elsewhere")]
            let number = c_long::from(number);
            assert!(!NOT_SAMPLED.contains(&number), "call {number} is made");
            let [a, b, c, d, e, f] = registers(arguments);
            // SAFETY: the outer filter lets no call pass but those of the list.
            let result = unsafe { libc::syscall(number, a, b, c, d, e, f) };
            assert_eq!(result, -1, "call {number} was made");
            *error = errno();
        }
        errors
    };
    // The filters end with their thread.
    std::thread::scope(|scope| scope.spawn(sampling).join().expect("all calls fail"))
}

/// A program that makes every call fail but those of [`NOT_SAMPLED`].
fn refuse_everything() -> Vec<Instruction> {
    let mut program = vec![Instruction::new(0x20, 0, 0, 0)];
    for &number in NOT_SAMPLED {
        let number = u32::try_from(number).expect("call numbers are small");
        program.push(Instruction::new(0x15, 0, 1, number));
        program.push(Instruction::new(0x06, 0, 0, 0x7fff_0000));
    }
    let refused = 0x0005_0000 | u32::from(ALLOWED);
    program.push(Instruction::new(0x06, 0, 0, refused));
    program
}
