//! What becomes of rules that say more than they have to.

use syscallset_compiler::lowered::Width;

use super::*;

fn condition(op: Op, value: u64) -> Condition {
    Condition {
        arg: 0,
        width: Width::U64,
        mask: u64::MAX,
        op,
        value,
    }
}

fn simple(rules: Vec<(Vec<Condition>, Action)>) -> Decision {
    let listed = Listed {
        rules,
        otherwise: None,
    };
    simplify(
        "socket",
        &listed,
        Action::KillProcess,
        Action::KillProcess,
        Arch::X86_64,
    )
    .unwrap()
}

#[test]
fn neighbours_become_one_interval() {
    let allowed = |value| (vec![condition(Op::Eq, value)], Action::Allow);
    let decision = simple(vec![allowed(3), allowed(1), allowed(2), allowed(9)]);
    let texts: Vec<_> = decision
        .rules
        .iter()
        .flat_map(|rule| &rule.conditions)
        .map(|condition| (condition.op, condition.value))
        .collect();
    assert_eq!(texts, [(Op::Ge, 1), (Op::Le, 3), (Op::Eq, 9)]);
}

#[test]
fn what_is_covered_twice_is_dropped() {
    let decision = simple(vec![
        (vec![condition(Op::Eq, 1)], Action::Allow),
        (vec![condition(Op::Ne, 1)], Action::Errno(1)),
    ]);
    assert_eq!(decision.rules.len(), 1);
    assert_ne!(decision.otherwise, Action::KillProcess);
}

#[test]
fn bits_that_the_kernel_drops_do_not_count() {
    let decision = simple(vec![(vec![condition(Op::Eq, 1 << 32)], Action::Allow)]);
    assert_eq!(decision, Decision::constant(Action::KillProcess));
    let decision = simple(vec![(vec![condition(Op::Le, 1 << 32)], Action::Allow)]);
    assert_eq!(decision, Decision::constant(Action::Allow));
}

#[test]
fn addresses_are_out_of_reach() {
    let listed = Listed {
        rules: vec![(
            vec![Condition {
                arg: 1,
                ..condition(Op::Eq, 0)
            }],
            Action::Allow,
        )],
        otherwise: None,
    };
    assert!(
        simplify(
            "read",
            &listed,
            Action::KillProcess,
            Action::KillProcess,
            Arch::X86_64
        )
        .is_err()
    );
}
