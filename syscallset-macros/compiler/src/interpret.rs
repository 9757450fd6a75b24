//! Runs a program as the kernel would.
//!
//! For tests, benchmarks and explanations; what a program does is decided here instruction by
//! instruction and independently of how it was made.

use std::fmt;

use crate::insn::{AND_K, Insn, JA, JEQ, JGE, JGT, JSET, LD_ABS, MAX_INSNS, RET_K};

/// What a filter sees of a call: `struct seccomp_data` (seccomp(2)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// The call number.
    pub nr: u32,
    /// The architecture (`AUDIT_ARCH_*`).
    pub arch: u32,
    /// Where the call was made.
    pub instruction_pointer: u64,
    /// The argument registers.
    pub args: [u64; 6],
}

impl Data {
    /// The aligned word at this byte offset, as the kernel of a machine of this byte order lays the
    /// structure out; `None` outside of it.
    pub fn word(&self, offset: u32, big_endian: bool) -> Option<u32> {
        let wide = match offset {
            0 => return Some(self.nr),
            4 => return Some(self.arch),
            8 | 12 => self.instruction_pointer,
            16..64 if offset % 4 == 0 => self.args[(offset as usize - 16) / 8],
            _ => return None,
        };
        let first_in_memory = offset % 8 == 0;
        let word = if first_in_memory == big_endian {
            wide >> 32
        } else {
            wide & 0xffff_ffff
        };
        u32::try_from(word).ok()
    }
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The value returned; [`crate::action::Action::from_ret`] says what it means.
    pub ret: u32,
    /// Instructions executed, the return included.
    pub executed: usize,
}

/// Why a program cannot be run, found where it was reached: the kernel would not have taken it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It is longer than [`MAX_INSNS`].
    TooLong,
    /// Execution left the program; from this instruction, or at once if it is empty.
    OutOfBounds {
        /// Index of the last instruction executed.
        at: usize,
    },
    /// An operation that seccomp does not know or that no program of this crate uses.
    UnknownOperation {
        /// Index of the instruction.
        at: usize,
        /// Its operation.
        code: u16,
    },
    /// A load that is not aligned or not inside of `struct seccomp_data`.
    Load {
        /// Index of the instruction.
        at: usize,
        /// Its offset.
        offset: u32,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the program is longer than {MAX_INSNS} instructions"),
            Self::OutOfBounds { at } => {
                write!(f, "execution leaves the program at instruction {at}")
            }
            Self::UnknownOperation { at, code } => {
                write!(f, "instruction {at} has the unknown operation {code:#06x}")
            }
            Self::Load { at, offset } => {
                write!(
                    f,
                    "instruction {at} loads from the impossible offset {offset}"
                )
            }
        }
    }
}

impl std::error::Error for Fault {}

/// Runs a program about one call.
///
/// # Errors
///
/// [`Fault`] if execution meets something that the kernel would have refused to load. It always
/// ends, as instructions can only be skipped forward.
pub fn interpret(program: &[Insn], data: &Data, big_endian: bool) -> Result<Outcome, Fault> {
    let mut executed = 0;
    let ret = run(
        program,
        |offset| data.word(offset, big_endian),
        &mut executed,
    )?;
    Ok(Outcome { ret, executed })
}

/// Runs a program on whatever `load` gives for an offset, and counts the instructions that were
/// completed, even if it ends with a fault.
pub(crate) fn run(
    program: &[Insn],
    load: impl Fn(u32) -> Option<u32>,
    executed: &mut usize,
) -> Result<u32, Fault> {
    if program.len() > MAX_INSNS {
        return Err(Fault::TooLong);
    }
    // The kernel clears the accumulator first (`BPF_XOR A, A` in `bpf_convert_filter`).
    let mut accumulator = 0;
    let mut at = 0;
    let mut last = 0;
    loop {
        let insn = program.get(at).ok_or(Fault::OutOfBounds { at: last })?;
        let skip = match insn.code {
            LD_ABS => {
                accumulator = load(insn.k).ok_or(Fault::Load { at, offset: insn.k })?;
                0
            }
            AND_K => {
                accumulator &= insn.k;
                0
            }
            JA => insn.k,
            JEQ => branch(*insn, accumulator == insn.k),
            JGT => branch(*insn, accumulator > insn.k),
            JGE => branch(*insn, accumulator >= insn.k),
            JSET => branch(*insn, accumulator & insn.k != 0),
            RET_K => {
                *executed += 1;
                return Ok(insn.k);
            }
            code => return Err(Fault::UnknownOperation { at, code }),
        };
        *executed += 1;
        last = at;
        at = usize::try_from(skip)
            .ok()
            .and_then(|skip| at.checked_add(skip)?.checked_add(1))
            .ok_or(Fault::OutOfBounds { at })?;
    }
}

fn branch(insn: Insn, holds: bool) -> u32 {
    u32::from(if holds { insn.jt } else { insn.jf })
}
