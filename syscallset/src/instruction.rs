//! The program's instructions, and what they decide.

use crate::action::Action;

/// One instruction of a classic BPF program, laid out as the kernel's `struct sock_filter`
/// (`include/uapi/linux/filter.h`).
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use syscallset::{Filter, filter};
///
/// const F: Filter = filter!("@basic-io");
/// for instruction in F.instructions() {
///     println!("{instruction:x?}");
/// }
/// // The first one loads the architecture, the word at offset 4 of `struct seccomp_data`.
/// assert_eq!((F.instructions()[0].code, F.instructions()[0].k), (0x20, 4));
/// # }
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// Operation: class, size, mode or operator, and source.
    pub code: u16,
    /// Instructions to skip where a test holds.
    pub jt: u8,
    /// Instructions to skip where a test does not hold.
    pub jf: u8,
    /// Constant operand, offset, jump distance or return value.
    pub k: u32,
}

impl Instruction {
    /// An instruction of these four fields.
    ///
    /// ```
    /// use syscallset::Instruction;
    ///
    /// /// `ret ALLOW`
    /// const ALLOW: Instruction = Instruction::new(0x06, 0, 0, 0x7fff_0000);
    /// assert_eq!(ALLOW.k, 0x7fff_0000);
    /// ```
    pub const fn new(code: u16, jt: u8, jf: u8, k: u32) -> Self {
        Self { code, jt, jf, k }
    }

    /// The same instruction; but if it ends the program with a bare `SECCOMP_RET_TRAP`, the signal
    /// brings this number along.
    pub(crate) const fn tagged(self, tag: u16) -> Self {
        if self.code == RET && self.k == TRAP {
            return Self {
                k: TRAP | tag as u32,
                ..self
            };
        }
        self
    }
}

/// `BPF_RET | BPF_K`
const RET: u16 = 0x06;
/// `SECCOMP_RET_TRAP`; its low 16 bits arrive as `si_errno`.
const TRAP: u32 = 0x0003_0000;

/// `struct seccomp_data` as 32-bit words in memory order: what a program can read.
const WORDS: usize = 16;

/// Runs a program over the words of `struct seccomp_data`.
///
/// A program that the kernel would not take ends in [`Action::KillProcess`], the strictest verdict.
#[inline]
pub(crate) const fn run(program: &[Instruction], data: &[u32; WORDS]) -> Action {
    let mut at = 0;
    let mut accumulator = 0_u32;
    while at < program.len() {
        let Instruction { code, jt, jf, k } = program[at];
        at += 1;
        let holds = match code {
            // BPF_LD | BPF_W | BPF_ABS
            0x20 => {
                if k % 4 != 0 || (k / 4) as usize >= WORDS {
                    return Action::KillProcess;
                }
                accumulator = data[(k / 4) as usize];
                continue;
            }
            // BPF_ALU | BPF_AND | BPF_K
            0x54 => {
                accumulator &= k;
                continue;
            }
            // BPF_JMP | BPF_JA
            0x05 => {
                at = at.saturating_add(k as usize);
                continue;
            }
            RET => return Action::from_ret(k),
            // BPF_JMP with JEQ, JGT, JGE, JSET and a constant
            0x15 => accumulator == k,
            0x25 => accumulator > k,
            0x35 => accumulator >= k,
            0x45 => accumulator & k != 0,
            _ => return Action::KillProcess,
        };
        at += (if holds { jt } else { jf }) as usize;
    }
    Action::KillProcess
}

/// The words that a program sees of a call.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the kernel keeps the low 32 bits of the number, and each argument in two halves"
)]
#[inline]
pub(crate) const fn seccomp_data(
    nr: core::ffi::c_long,
    audit_arch: u32,
    args: [u64; 6],
) -> [u32; WORDS] {
    let mut data = [0; WORDS];
    data[0] = nr as u32;
    data[1] = audit_arch;
    let mut index = 0;
    while index < args.len() {
        let low = args[index] as u32;
        let high = (args[index] >> 32) as u32;
        let big = cfg!(target_endian = "big");
        data[4 + 2 * index] = if big { high } else { low };
        data[5 + 2 * index] = if big { low } else { high };
        index += 1;
    }
    data
}
