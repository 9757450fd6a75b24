//! Programs for policies without conditions: right, short, and never jumping too far.

mod support;

use support::{build, constant, run_all_numbers};
use syscallset_compiler::action::Action;

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

/// R14: every third call, which no single `JSET` can find.
#[test]
fn r14_every_third_call_of_every_length() {
    for calls in (0..=480).chain([700, 1500]) {
        let lowered = constant((0..calls).map(|nr| {
            if nr % 3 == 0 {
                Action::Allow
            } else {
                Action::KillProcess
            }
        }));
        run_all_numbers(&build(&lowered), &lowered);
    }
}

/// R14: a return for each call, so that returns are far from their tests, too.
#[test]
fn r14_a_different_errno_for_every_call() {
    for calls in 0..=480 {
        let lowered = constant((0..calls).map(|nr| Action::Errno(nr + 1)));
        run_all_numbers(&build(&lowered), &lowered);
    }
}
