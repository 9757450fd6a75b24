//! Looks for a call that a program decides otherwise than its policy, by running it.

use syscallset_compiler::action::Action;
use syscallset_compiler::insn::Insn;
use syscallset_compiler::interpret::{Data, interpret};
use syscallset_compiler::lowered::{Decision, Lowered};

use crate::support::numbers;

/// A call that the program decides otherwise than the policy. `k` is a constant of special interest.
pub(crate) fn difference(program: &[Insn], lowered: &Lowered, k: u32) -> Option<Data> {
    let near_program = near(program.iter().map(|insn| insn.k));
    let native = Data {
        arch: lowered.audit_arch,
        ..Data::default()
    };
    let numbers = (0..500)
        .chain(numbers(lowered))
        .chain(near_program.iter().copied());
    let of_numbers = numbers.flat_map(|nr| {
        // Only calls with rules look at arguments, or should.
        let registers = [0, 1, 0x5555_5555_5555_5555, u64::MAX];
        let natives = registers.map(|register| Data {
            nr,
            args: [register; 6],
            ..native
        });
        let arch = !native.arch;
        natives.into_iter().chain([Data { nr, arch, ..native }])
    });
    let of_architectures = near_program
        .iter()
        .flat_map(|&arch| [0, 1, 60].map(|nr| Data { nr, arch, ..native }));
    let with_rules = lowered
        .runs
        .iter()
        .filter(|run| !run.decision.rules.is_empty());
    let of_arguments = with_rules.flat_map(|run| {
        let nr = run.first;
        let arguments = arguments(&run.decision, k).into_iter();
        arguments.map(move |args| Data { nr, args, ..native })
    });
    let mut probes = of_numbers.chain(of_architectures).chain(of_arguments);
    probes.find(|data| {
        let outcome = interpret(program, data, lowered.big_endian);
        outcome.map(|outcome| outcome.ret) != Ok(verdict(lowered, data).to_ret())
    })
}

/// What the policy says about a call.
pub(crate) fn verdict(lowered: &Lowered, data: &Data) -> Action {
    if data.arch == lowered.audit_arch {
        lowered.decision(data.nr).evaluate(&data.args)
    } else {
        lowered.foreign
    }
}

/// The words, their neighbours and opposites, and some that are near nothing; in order, each once.
fn near(words: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let words = words.into_iter();
    let mut near: Vec<u32> = words
        .flat_map(|word| [word, word.wrapping_sub(1), word.wrapping_add(1), !word])
        .chain((0..32).map(|bit| 1 << bit))
        .chain([0, u32::MAX])
        .collect();
    near.sort_unstable();
    near.dedup();
    near
}

/// Arguments for a decision: for any two that it asks about, what halves near constants make up for
/// the one, and values for which conditions turn for the other.
fn arguments(decision: &Decision, k: u32) -> Vec<[u64; 6]> {
    let conditions = || decision.rules.iter().flat_map(|rule| &rule.conditions);
    let values = conditions().flat_map(|c| [c.value, c.mask, c.value & c.mask]);
    let words = near(
        values
            .flat_map(|wide| [low(wide), low(wide >> 32)])
            .chain([k]),
    );
    let registers: Vec<u64> = words
        .into_iter()
        .map(u64::from)
        .flat_map(|one| {
            let others = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, one];
            others.map(|other| [other << 32 | one, one << 32 | other])
        })
        .flatten()
        .collect();
    let mut turning: Vec<u64> = conditions()
        .flat_map(|c| {
            let next = c.value.wrapping_add(1);
            [c.value, next, c.value.wrapping_sub(1), !c.value]
        })
        .chain([0, u64::MAX])
        .collect();
    turning.sort_unstable();
    turning.dedup();
    let mut asked: Vec<usize> = conditions().map(|condition| condition.arg.into()).collect();
    asked.sort_unstable();
    asked.dedup();
    let mut all = Vec::new();
    for &first in &asked {
        for &second in &asked {
            for &value in if first == second {
                &turning[..1]
            } else {
                &turning[..]
            } {
                for &register in &registers {
                    let mut args = [turning[0]; 6];
                    args[second] = value;
                    args[first] = register;
                    all.push(args);
                }
            }
        }
    }
    all
}

#[allow(clippy::cast_possible_truncation, reason = "the low half is meant")]
fn low(wide: u64) -> u32 {
    wide as u32
}
