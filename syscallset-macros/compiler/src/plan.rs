//! How a program finds the decision about a call number, in the fewest instructions that pay.
//!
//! # What is minimised
//!
//! When a filter is attached, Linux since 5.11 emulates it for every number of the call table
//! (`seccomp_cache_prepare_bitmap`) and remembers which calls it always allows; those never run it
//! again. So a program costs its compilation by the kernel, proportional to its length N, and its
//! emulation, proportional to the number E of instructions emulated. Measured on x86-64, an
//! instruction of the program costs as much as about [`INSTRUCTION_COST`] emulated ones, and the
//! planner minimises that sum. E is also what a call costs that is not remembered (a refused one, or
//! any call on older kernels), averaged over the table.
//!
//! # The shape
//!
//! The policy is a list of *runs*: neighbouring numbers with the same decision. A tree of `JGE` tests
//! cuts the list into intervals; at its leaves, an interval is decided by
//!
//! * nothing, if it is one run,
//! * one `JSET`, if the numbers of one decision have a bit that those of the other lack,
//! * a chain of `JEQ`s, one for every run that is a single number and differs from the rest.
//!
//! A `JEQ` above a `JGE` never pays: swapped, the same tests are made by fewer numbers. Hence the best
//! tree for an interval only depends on where the interval begins and ends, and `search` finds it by
//! dynamic programming over all intervals.
//!
//! # The bound
//!
//! Each boundary between two runs must be cut by some test, else both sides reach the same verdict.
//! `JGE k` cuts the boundary below k, `JEQ k` those below and above k, and no test of these cuts more.
//! So a program of `JGE` and `JEQ` has at least as many tests as there are boundaries, less one for
//! each pair of boundaries at distance one in a maximal matching: [`lower_bound`].

mod bits;
mod costs;
mod layout;
mod search;

use crate::action::Action;
use crate::insn::{Insn, OFFSET_ARCH, OFFSET_NR};
use crate::interpret::run;
use crate::lowered::{Decision, Lowered};

pub(crate) use crate::plan::layout::plan;

/// Emulated instructions that take as long as one more instruction in the program: 151 ns and 1.76 ns
/// in a least-squares fit over 70 programs on Linux 6.18. Anything from 60 to 400 gives programs that
/// are within 2 % of each other.
pub const INSTRUCTION_COST: u64 = 150;

/// Call numbers that the kernel emulates, per table. The x86-64 table of Linux 6.18 has 470 entries;
/// the compiler cannot know the kernel a program will meet, and must not ask the one it runs on.
pub const EMULATED_NUMBERS: u32 = 470;

/// The tree that leads from a call number to what is decided about it.
#[derive(Debug)]
pub(crate) enum Tree<'a> {
    /// All numbers that come here share a decision.
    Decided(&'a Decision),
    /// `JGE at`
    Split {
        at: u32,
        below: Box<Self>,
        from: Box<Self>,
    },
    /// One `JEQ` per single number; what is none of them is `rest`.
    Singles {
        singles: Vec<(u32, &'a Decision)>,
        rest: &'a Decision,
    },
    /// `JSET mask`
    Bits {
        mask: u32,
        any: &'a Decision,
        none: &'a Decision,
    },
}

/// What a program costs when it is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// N: length of the program.
    pub instructions: usize,
    /// E: instructions emulated for the native table and for one foreign table (the kernel emulates
    /// the 32-bit table beside the 64-bit one).
    pub emulated: u64,
}

impl Cost {
    /// The cost of a program for `audit_arch`.
    pub fn of(program: &[Insn], audit_arch: u32) -> Self {
        Self {
            instructions: program.len(),
            emulated: emulated_instructions(program, audit_arch),
        }
    }

    /// The sum that the planner minimises, in emulated instructions.
    pub fn total(&self) -> u64 {
        self.instructions as u64 * INSTRUCTION_COST + self.emulated
    }
}

/// Instructions that the kernel emulates when a program for `audit_arch` is attached
/// (`seccomp_is_const_allow` in `kernel/seccomp.c`, for [`EMULATED_NUMBERS`] numbers of the native and
/// of one foreign architecture). The emulator stops at the first instruction whose effect depends on
/// more than number and architecture.
fn emulated_instructions(program: &[Insn], audit_arch: u32) -> u64 {
    [audit_arch, !audit_arch]
        .into_iter()
        .flat_map(|arch| (0..EMULATED_NUMBERS).map(move |nr| (arch, nr)))
        .map(|(arch, nr)| emulate(program, arch, nr))
        .sum()
}

fn emulate(program: &[Insn], arch: u32, nr: u32) -> u64 {
    let mut executed = 0;
    // A fault ends the emulation as a load of an argument does: "not constant".
    let _ = run(
        program,
        |offset| match offset {
            OFFSET_NR => Some(nr),
            OFFSET_ARCH => Some(arch),
            _ => None,
        },
        &mut executed,
    );
    executed as u64
}

/// The fewest instructions that a program of `JGE` and `JEQ` tests can have, for a policy without
/// argument conditions: the architecture check, the tests, and one return per distinct verdict. There
/// are at least as many tests as boundaries less what a matching saves, and at least one less than
/// verdicts to tell apart. `JSET` can go below the first of these; nothing else that the kernel's
/// emulator understands can.
pub fn lower_bound(lowered: &Lowered) -> usize {
    let mut verdicts: Vec<Action> = Vec::new();
    for run in &lowered.runs {
        if !verdicts.contains(&run.decision.otherwise) {
            verdicts.push(run.decision.otherwise);
        }
    }
    let native_verdicts = verdicts.len();
    if !verdicts.contains(&lowered.foreign) {
        verdicts.push(lowered.foreign);
    }
    let boundaries: Vec<u32> = lowered.runs.iter().skip(1).map(|run| run.first).collect();
    let mut tests = 0;
    let mut index = 0;
    while index < boundaries.len() {
        // Along a row of boundaries at distance one, pairing each with the next is a maximal matching.
        let paired = boundaries.get(index + 1) == Some(&(boundaries[index] + 1));
        index += if paired { 2 } else { 1 };
        tests += 1;
    }
    tests = tests.max(native_verdicts.saturating_sub(1));
    let loads_and_check = if tests == 0 { 2 } else { 3 };
    loads_and_check + tests + verdicts.len()
}
