//! What can be counted about a program, and is the same on every machine.

use std::collections::BTreeSet;

use syscallset_compiler::action::Action;
use syscallset_compiler::insn::Insn;
use syscallset_compiler::interpret::{Data, Outcome, interpret};
use syscallset_compiler::plan::Cost;

use crate::lists::{ARCH, LAST_NUMBER};

/// The counts of a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    /// N: instructions.
    pub instructions: usize,
    /// E: instructions that the kernel emulates when it attaches the program.
    pub emulated: u64,
    /// Over the numbers that it allows, if any.
    pub allowed: Option<Executed>,
    /// Over the numbers that it refuses, if any.
    pub refused: Option<Executed>,
}

/// Instructions executed for native calls with numbers up to [`LAST_NUMBER`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Executed {
    /// The mean over them.
    pub mean: f64,
    /// The most for one of them.
    pub max: usize,
}

/// Counts.
///
/// # Panics
///
/// If the kernel would not take the program.
pub fn count(program: &[Insn]) -> Counts {
    let outcomes = (0..=LAST_NUMBER).map(|nr| {
        let data = Data {
            nr,
            arch: ARCH.audit_arch(),
            ..Data::default()
        };
        interpret(program, &data, ARCH.big_endian()).expect("the kernel takes such programs")
    });
    let (allowed, refused): (Vec<Outcome>, Vec<Outcome>) =
        outcomes.partition(|outcome| outcome.ret == Action::Allow.to_ret());
    let cost = Cost::of(program, ARCH.audit_arch());
    Counts {
        instructions: cost.instructions,
        emulated: cost.emulated,
        allowed: executed(&allowed),
        refused: executed(&refused),
    }
}

fn executed(outcomes: &[Outcome]) -> Option<Executed> {
    let counts = outcomes.iter().map(|outcome| outcome.executed);
    let sum: usize = counts.clone().sum();
    Some(Executed {
        max: counts.max()?,
        mean: sum as f64 / outcomes.len() as f64,
    })
}

/// The numbers up to [`LAST_NUMBER`] that a program allows.
///
/// # Panics
///
/// If the kernel would not take the program.
pub fn allowed_numbers(program: &[Insn]) -> BTreeSet<u32> {
    (0..=LAST_NUMBER)
        .filter(|&nr| {
            let data = Data {
                nr,
                arch: ARCH.audit_arch(),
                ..Data::default()
            };
            let outcome = interpret(program, &data, ARCH.big_endian());
            outcome.expect("the kernel takes such programs").ret == Action::Allow.to_ret()
        })
        .collect()
}
