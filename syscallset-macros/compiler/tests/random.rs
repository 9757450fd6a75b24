//! Random policies: the program is proven, and running it gives what plain evaluation gives.

mod probe;
mod support;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

use probe::difference;
use support::{EDGES, OPS, WIDTHS, X86_64, build};
use syscallset_compiler::action::Action;
use syscallset_compiler::assemble::assemble;
use syscallset_compiler::lowered::{Condition, Decision, Lowered, Op, Rule, Run, Width};
use syscallset_compiler::plan::lower_bound;

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => Just(Action::Allow),
        4 => Just(Action::KillProcess),
        2 => (1..6_u16).prop_map(Action::Errno),
        1 => select(vec![Action::KillThread, Action::Trap, Action::Log, Action::Trace(3), Action::Notify]),
    ]
}

fn number() -> impl Strategy<Value = u32> {
    prop_oneof![
        12 => 0..500_u32,
        2 => 0..12_u32,
        1 => (0..32_u32, 0..3_u32).prop_map(|(bit, more)| (1 << bit) + more),
        1 => any::<u32>(),
    ]
}

fn value() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => (select(EDGES.to_vec()), 0..3_u64).prop_map(|(edge, more)| edge.wrapping_add(more)),
        2 => 0..8_u64,
        1 => any::<u64>(),
    ]
}

fn mask() -> impl Strategy<Value = u64> {
    prop_oneof![
        2 => (0..64_u32).prop_map(|bit| 1 << bit),
        2 => (0..64_u32, 0..64_u32).prop_map(|(one, other)| 1 << one | 1 << other),
        1 => (0..64_u32).prop_map(|bits| (1 << bits) - 1),
        1 => select(vec![0xf, 0x1_0000_0001, 0xff00, 0xfff, 0xf_0000]),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let masked = (any::<bool>(), mask());
    (
        0..3_u8,
        select(WIDTHS.to_vec()),
        select(OPS.to_vec()),
        value(),
        masked,
    )
        .prop_map(|(arg, width, op, value, (masked, mask))| {
            let all = match width {
                Width::U32 | Width::I32 => 0xffff_ffff,
                Width::U64 | Width::I64 => u64::MAX,
            };
            // Orderings of signed numbers know no mask.
            let unsigned = matches!(width, Width::U32 | Width::U64);
            let equality = matches!(op, Op::Eq | Op::Ne);
            let mask = if masked && (unsigned || equality) {
                mask & all
            } else {
                all
            };
            // Values that the mask lets through are the interesting ones, but not the only ones.
            let value = if value % 4 == 0 { value } else { value & mask };
            Condition {
                arg,
                width,
                mask,
                op,
                value: value & all,
            }
        })
}

fn rule() -> impl Strategy<Value = Rule> {
    (vec(condition(), 1..4), action()).prop_map(|(conditions, action)| Rule { conditions, action })
}

fn constant() -> impl Strategy<Value = Decision> {
    action().prop_map(Decision::constant)
}

fn conditional() -> impl Strategy<Value = Decision> {
    (vec(rule(), 1..5), action()).prop_map(|(rules, otherwise)| Decision { rules, otherwise })
}

fn policy(
    boundaries: impl Strategy<Value = std::collections::BTreeSet<u32>>,
    decisions: impl Strategy<Value = Vec<Decision>>,
) -> impl Strategy<Value = Lowered> {
    let pick = vec(any::<prop::sample::Index>(), 64);
    (boundaries, decisions, pick, any::<bool>(), action()).prop_map(
        |(boundaries, decisions, picks, big_endian, foreign)| {
            let mut runs: Vec<Run> = Vec::new();
            let firsts = [0]
                .into_iter()
                .chain(boundaries.into_iter().filter(|first| *first > 0));
            for (first, pick) in firsts.zip(picks.iter().cycle()) {
                let decision = pick.get(&decisions);
                if runs.last().is_none_or(|run| run.decision != *decision) {
                    runs.push(Run {
                        first,
                        decision: decision.clone(),
                    });
                }
            }
            Lowered {
                audit_arch: X86_64,
                big_endian,
                foreign,
                runs,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn without_conditions(lowered in policy(btree_set(number(), 0..150), vec(constant(), 1..6))) {
        let program = build(&lowered);
        prop_assert_eq!(difference(&program, &lowered, 0), None);
        prop_assert_eq!(assemble(&lowered), Ok(program.clone()));
        // A tree of nothing but JGE has a test for every boundary.
        let boundaries = lowered.runs.len() - 1;
        prop_assert!(program.len() <= lower_bound(&lowered) + boundaries);
    }

    #[test]
    fn with_conditions(lowered in policy(
        btree_set(number(), 0..12),
        (vec(conditional(), 1..4), vec(constant(), 1..3))
            .prop_map(|(some, more)| [some, more].concat()),
    )) {
        let program = build(&lowered);
        prop_assert_eq!(difference(&program, &lowered, 0), None);
        prop_assert_eq!(assemble(&lowered), Ok(program));
    }
}
