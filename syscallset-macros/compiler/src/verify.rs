//! Holds a program against its policy before anything gets to use it.
//!
//! This is translation validation: not the assembler is proven, but each of its programs. The module
//! shares the instruction, the actions and the policy with the assembler, and no code that decides
//! anything. A fault in either becomes a compile error, not a weak filter.
//!
//! Three passes:
//!
//! 1. `structure`: the kernel would take the program.
//! 2. `accumulator`: wherever a test looks at the accumulator, every way there has loaded the same
//!    word and masked it alike.
//! 3. `explore`: every way through the program is followed for *sets* of calls. A test splits the set
//!    into those for which it holds and those for which it does not; ways that no call takes are
//!    left out. At a return, the policy must have that very verdict for all calls in the set.
//!
//! Nothing is sampled. A test only ever asks about one word of `struct seccomp_data`, so the calls
//! that take a way are a product of independent sets, one per word, and each set is described by the
//! tests passed (`values`). Whether a set is empty is decided exactly. On the policy's side, the sets
//! are split further until every condition has one truth value on each part (`policy`); then any
//! member speaks for all of them, and [`Decision::evaluate`](crate::lowered::Decision::evaluate), the
//! meaning of the language, is asked about that one.
//!
//! The work is counted. A policy that needs too much of it is refused, as unproven.

mod accumulator;
pub mod calls;
mod deciding;
mod explore;
mod piece;
mod policy;
mod structure;
pub mod values;

use std::fmt;

use crate::action::Action;
use crate::insn::{Insn, MAX_INSNS};
use crate::interpret::Data;
use crate::lowered::Lowered;

pub(crate) use deciding::deciding;

/// Why a program was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The policy itself makes no sense.
    Policy {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The program is empty or longer than [`MAX_INSNS`].
    Length {
        /// Its length.
        instructions: usize,
    },
    /// The kernel would not take an instruction, or it has bits that mean nothing.
    Instruction {
        /// Its index.
        at: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An instruction uses the accumulator, which may hold different things there or nothing.
    Accumulator {
        /// Index of the instruction.
        at: usize,
    },
    /// The program decides otherwise than the policy.
    Verdict {
        /// A call about which they differ.
        call: Box<Data>,
        /// What the policy says.
        expected: Action,
        /// What the program returns.
        found: u32,
    },
    /// A call that is always allowed reaches its verdict by a way that the kernel's constant-action
    /// cache (Linux 5.11) does not follow, so it would run the program every time.
    NotCached {
        /// The call.
        call: Box<Data>,
    },
    /// The proof takes too many steps.
    TooComplex,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy { reason } => write!(f, "the policy is malformed: {reason}"),
            Self::Length { instructions } => write!(
                f,
                "the program has {instructions} instructions, the kernel takes 1 to {MAX_INSNS}"
            ),
            Self::Instruction { at, reason } => write!(f, "instruction {at} {reason}"),
            Self::Accumulator { at } => write!(
                f,
                "instruction {at} uses the accumulator, which does not hold one known word there"
            ),
            Self::Verdict {
                call,
                expected,
                found,
            } => write!(
                f,
                "the program returns {found:#010x} instead of {:#010x} for {}",
                expected.to_ret(),
                Call(call)
            ),
            Self::NotCached { call } => {
                write!(
                    f,
                    "the kernel could not cache the verdict for {}",
                    Call(call)
                )
            }
            Self::TooComplex => write!(
                f,
                "the conditions are too complex to be verified; use fewer of them on one call"
            ),
        }
    }
}

impl std::error::Error for Mismatch {}

/// A call, for messages.
struct Call<'a>(&'a Data);

impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "call {} of architecture {:#010x} with",
            self.0.nr, self.0.arch
        )?;
        for arg in self.0.args {
            write!(f, " {arg:#x}")?;
        }
        Ok(())
    }
}

/// Proves that `program` decides every call as `lowered` does.
///
/// Every call means: any of the 2^32 architecture values, any of the 2^32 numbers, any arguments.
///
/// # Errors
///
/// [`Mismatch`] if the program is not proven. Only [`Mismatch::Policy`] and [`Mismatch::TooComplex`]
/// can be due to the policy; any other is a fault of the assembler.
pub fn verify(program: &[Insn], lowered: &Lowered) -> Result<(), Mismatch> {
    policy::check(lowered)?;
    structure::check(program)?;
    let contents = accumulator::contents(program)?;
    explore::explore(program, &contents, lowered)
}
