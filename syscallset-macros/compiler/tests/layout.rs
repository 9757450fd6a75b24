//! Programs for policies without conditions: right, short, and never jumping too far.

mod support;

use support::{build, call, constant, run_all_numbers};
use syscallset_compiler::action::Action;
use syscallset_compiler::assemble::assemble;
use syscallset_compiler::insn::{JA, MAX_INSNS, RET_K};
use syscallset_compiler::verify::verify;

/// R14: lists whose every call is a run of its own, of every length.
#[test]
fn r14_alternating_lists_of_every_length() {
    for calls in 0..=480 {
        let lowered = constant((0..calls).map(|nr| {
            if nr % 2 == 0 {
                Action::Allow
            } else {
                Action::KillProcess
            }
        }));
        run_all_numbers(&build(&lowered), &lowered);
    }
}

/// R14: lists of 1 to 300 allowed calls that no single `JSET` can find, single ones and runs of
/// them, of every length: from 255 tests on, jumps need help.
#[test]
fn r14_allowed_calls_between_refused_ones() {
    // How many calls are allowed, and refused, by turns.
    for (allowed, refused) in [(1, 2), (2, 3)] {
        let mut helped = 0;
        for runs in 0..=300 {
            let lowered = constant((0..runs * (allowed + refused)).map(|nr| {
                if nr % (allowed + refused) < allowed {
                    Action::Allow
                } else {
                    Action::KillProcess
                }
            }));
            let program = build(&lowered);
            run_all_numbers(&program, &lowered);
            let returns = program.iter().filter(|insn| insn.code == RET_K).count();
            let jumps = program.iter().filter(|insn| insn.code == JA).count();
            helped += usize::from(returns > 2 || jumps > 0);
            assert!(runs < 250 || program.len() > 255, "{runs}");
        }
        assert!(helped > 20, "{helped}");
    }
    // Far more than any table has.
    let lowered = constant((0..3000).map(|nr| match nr % 3 {
        0 => Action::Allow,
        _ => Action::KillProcess,
    }));
    run_all_numbers(&build(&lowered), &lowered);
}

/// R14: a return for each call, so that returns are far from their tests, too.
#[test]
fn r14_a_different_errno_for_every_call() {
    for calls in 0..=480 {
        let lowered = constant((0..calls).map(|nr| Action::Errno(nr + 1)));
        run_all_numbers(&build(&lowered), &lowered);
    }
}

/// R22: more instructions than the kernel takes are an error, up to that they are a program.
#[test]
fn r22_too_long_is_an_error() {
    let mut outcomes = [0, 0];
    for calls in [1000, 1900, 2010, 2020, 2030, 2040, 2050, 4000] {
        let lowered = constant((0..calls).map(|nr| Action::Errno(nr + 1)));
        match assemble(&lowered) {
            Ok(program) => {
                assert!(program.len() <= MAX_INSNS);
                assert_eq!(verify(&program, &lowered), Ok(()));
                outcomes[0] += 1;
            }
            Err(error) => {
                assert!(error.instructions > MAX_INSNS, "{error}");
                outcomes[1] += 1;
            }
        }
    }
    assert!(outcomes[0] >= 2 && outcomes[1] >= 1, "{outcomes:?}");
}

/// Tables of MIPS begin at 4000, 5000 or 6000: their programs are as flat as those for tables at 0.
#[test]
fn tables_that_begin_elsewhere() {
    let is_allowed = |nr: u32| nr * 0x9e37 % 1000 < 400;
    let decide = |base: u32| {
        let actions = (0..base + 400).map(|nr| {
            if nr >= base && is_allowed(nr - base) {
                Action::Allow
            } else {
                Action::KillProcess
            }
        });
        let lowered = constant(actions);
        let program = build(&lowered);
        run_all_numbers(&program, &lowered);
        let executed = (base..base + 400).map(|nr| call(&program, &lowered, nr, [0; 6]).executed);
        (program.len(), executed.max().unwrap())
    };
    let (length, deepest) = decide(0);
    for base in [4000, 5000, 6000] {
        let (shifted, deepest_shifted) = decide(base);
        assert!(shifted <= length + 3, "{shifted} {length}");
        assert!(
            deepest_shifted <= deepest + 2,
            "{deepest_shifted} {deepest}"
        );
    }
}
