//! Policies for tests, made without the language.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fmt::Write as _;

use syscallset_compiler::action::Action;
use syscallset_compiler::assemble::assemble;
use syscallset_compiler::insn::Insn;
use syscallset_compiler::interpret::{Data, Outcome, interpret};
use syscallset_compiler::lowered::{Condition, Decision, Lowered, Op, Rule, Run, Width};
use syscallset_compiler::verify::verify;

/// `AUDIT_ARCH_X86_64`
pub(crate) const X86_64: u32 = 0xc000_003e;

/// A policy that says about number n what is at index n, and of larger numbers what `beyond` says.
pub(crate) fn policy(decisions: &[Decision], beyond: &Decision) -> Lowered {
    let mut runs: Vec<Run> = Vec::new();
    for (nr, decision) in (0..).zip(decisions.iter().chain([beyond])) {
        if runs.last().is_none_or(|run| run.decision != *decision) {
            runs.push(Run {
                first: nr,
                decision: decision.clone(),
            });
        }
    }
    Lowered {
        audit_arch: X86_64,
        big_endian: false,
        foreign: Action::KillProcess,
        runs,
    }
}

/// A policy without conditions that kills beyond the list.
pub(crate) fn constant(actions: impl IntoIterator<Item = Action>) -> Lowered {
    let decisions: Vec<Decision> = actions.into_iter().map(Decision::constant).collect();
    policy(&decisions, &Decision::constant(Action::KillProcess))
}

/// Assembles and verifies.
pub(crate) fn build(lowered: &Lowered) -> Vec<Insn> {
    let program = assemble(lowered).unwrap();
    if let Err(mismatch) = verify(&program, lowered) {
        panic!("{mismatch}\n{lowered:?}\n{}", listing(&program));
    }
    program
}

/// Runs a program about a native call.
pub(crate) fn call(program: &[Insn], lowered: &Lowered, nr: u32, args: [u64; 6]) -> Outcome {
    let data = Data {
        nr,
        arch: lowered.audit_arch,
        instruction_pointer: 0x5555_5555_0000,
        args,
    };
    interpret(program, &data, lowered.big_endian).unwrap()
}

/// Numbers around every boundary of a policy, and some that programs like to forget.
pub(crate) fn numbers(lowered: &Lowered) -> Vec<u32> {
    let mut numbers: Vec<u32> = lowered
        .runs
        .iter()
        .flat_map(|run| {
            [
                run.first.wrapping_sub(1),
                run.first,
                run.first.wrapping_add(1),
            ]
        })
        .chain([0x4000_0000, 0x4000_0001, 0x4000_0200, 0x7fff_ffff])
        .chain([0x8000_0000, 0xffff_fffe, u32::MAX])
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Holds a program without conditions against its policy by running it.
pub(crate) fn run_all_numbers(program: &[Insn], lowered: &Lowered) {
    for nr in numbers(lowered) {
        let expected = lowered.decision(nr).otherwise.to_ret();
        let found = call(program, lowered, nr, [0; 6]).ret;
        assert_eq!(found, expected, "call {nr}\n{}", listing(program));
    }
    for arch in [0, lowered.audit_arch ^ 1, 0x4000_0003, u32::MAX] {
        let data = Data {
            arch,
            ..Data::default()
        };
        let found = interpret(program, &data, lowered.big_endian).unwrap().ret;
        assert_eq!(found, lowered.foreign.to_ret(), "architecture {arch:#x}");
    }
}

/// A program for people.
pub(crate) fn listing(program: &[Insn]) -> String {
    let mut text = String::new();
    for (at, insn) in program.iter().enumerate() {
        let name = match insn.code {
            0x20 => "ld",
            0x54 => "and",
            0x05 => "ja",
            0x15 => "jeq",
            0x25 => "jgt",
            0x35 => "jge",
            0x45 => "jset",
            0x06 => "ret",
            _ => "?",
        };
        let Insn { jt, jf, k, .. } = insn;
        writeln!(text, "{at:4} {name:4} {k:#x} {jt} {jf}").unwrap();
    }
    text
}

/// A policy of one call, number 1, with these rules; the others are killed.
pub(crate) fn one_call(rules: Vec<Rule>, otherwise: Action) -> Lowered {
    let kill = Decision::constant(Action::KillProcess);
    policy(&[kill.clone(), Decision { rules, otherwise }], &kill)
}

/// The rule that allows where all conditions hold.
pub(crate) fn allow(conditions: impl IntoIterator<Item = Condition>) -> Rule {
    Rule {
        conditions: conditions.into_iter().collect(),
        action: Action::Allow,
    }
}

/// A condition on all bits.
pub(crate) fn compare(arg: u8, width: Width, op: Op, value: u64) -> Condition {
    let mask = match width {
        Width::U32 | Width::I32 => 0xffff_ffff,
        Width::U64 | Width::I64 => u64::MAX,
    };
    Condition {
        arg,
        width,
        mask,
        op,
        value: value & mask,
    }
}

pub(crate) const OPS: [Op; 6] = [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];
pub(crate) const WIDTHS: [Width; 4] = [Width::U32, Width::I32, Width::U64, Width::I64];

/// Values at which comparisons by halves, or of the wrong width or sign, go wrong.
pub(crate) const EDGES: [u64; 12] = [
    0,
    1,
    2,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x1_0000_0001,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_0000_0000,
    u64::MAX,
];

/// The values and their neighbours.
pub(crate) fn around(values: &[u64]) -> Vec<u64> {
    let mut around: Vec<u64> = values
        .iter()
        .flat_map(|value| [value.wrapping_sub(1), *value, value.wrapping_add(1)])
        .collect();
    around.sort_unstable();
    around.dedup();
    around
}

/// Holds call 1 of a program against the policy for these arguments.
pub(crate) fn check_call(program: &[Insn], lowered: &Lowered, args: [u64; 6]) {
    let decision = lowered.decision(1);
    let expected = decision.evaluate(&args).to_ret();
    let found = call(program, lowered, 1, args).ret;
    assert_eq!(
        found,
        expected,
        "{args:x?}\n{decision:x?}\n{}",
        listing(program)
    );
}
