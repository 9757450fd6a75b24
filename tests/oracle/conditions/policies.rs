//! Random policies of the kind that seccompiler has: what matches any rule of its call gets one
//! verdict, everything else the other.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use seccompiler::{SeccompAction, SeccompFilter, TargetArch};
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::{Condition, Decision, Lowered, Op, Rule, Run, Width};

use super::meaning::{Cmp, Comparison, all_hold, rules_for_peer};

/// A policy. Calls without rules always match.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) calls: BTreeMap<u32, Vec<Vec<Comparison>>>,
    pub(crate) matching: Action,
    pub(crate) otherwise: Action,
}

impl Policy {
    /// The verdict, by plain arithmetic.
    pub(crate) fn verdict(&self, nr: u32, args: &[u64; 6]) -> Action {
        let matches = self
            .calls
            .get(&nr)
            .is_some_and(|rules| rules.is_empty() || rules.iter().any(|rule| all_hold(rule, args)));
        if matches {
            self.matching
        } else {
            self.otherwise
        }
    }

    /// The policy for our back end.
    pub(crate) fn lowered(&self, arch: Arch) -> Lowered {
        let otherwise = Decision::constant(self.otherwise);
        let mut runs = Vec::new();
        let mut next = 0;
        for (&nr, rules) in &self.calls {
            if next < nr {
                extend(&mut runs, next, otherwise.clone());
            }
            extend(&mut runs, nr, self.decision(rules));
            next = nr + 1;
        }
        extend(&mut runs, next, otherwise);
        Lowered {
            audit_arch: arch.audit_arch(),
            big_endian: arch.big_endian(),
            foreign: Action::KillProcess,
            runs,
        }
    }

    fn decision(&self, rules: &[Vec<Comparison>]) -> Decision {
        if rules.is_empty() {
            return Decision::constant(self.matching);
        }
        let rules = rules.iter().map(|rule| Rule {
            conditions: rule.iter().map(ours).collect(),
            action: self.matching,
        });
        Decision {
            rules: rules.collect(),
            otherwise: self.otherwise,
        }
    }

    /// seccompiler's filter.
    pub(crate) fn for_peer(&self, arch: TargetArch) -> SeccompFilter {
        let rules = self.calls.iter().map(|(nr, rules)| {
            let rules = rules.iter().flat_map(|rule| rules_for_peer(rule));
            (i64::from(*nr), rules.collect())
        });
        let (otherwise, matching) = (peer_action(self.otherwise), peer_action(self.matching));
        SeccompFilter::new(rules.collect(), otherwise, matching, arch).expect("the actions differ")
    }
}

fn extend(runs: &mut Vec<Run>, first: u32, decision: Decision) {
    if runs.last().is_none_or(|run| run.decision != decision) {
        runs.push(Run { first, decision });
    }
}

/// The comparison for our back end.
fn ours(comparison: &Comparison) -> Condition {
    let all = u64::MAX >> (64 - comparison.bits);
    let (mask, op) = match comparison.cmp {
        Cmp::Eq => (all, Op::Eq),
        Cmp::Ne => (all, Op::Ne),
        Cmp::Lt => (all, Op::Lt),
        Cmp::Le => (all, Op::Le),
        Cmp::Gt => (all, Op::Gt),
        Cmp::Ge => (all, Op::Ge),
        Cmp::MaskedEq(mask) => (mask & all, Op::Eq),
    };
    Condition {
        arg: comparison.arg,
        width: match (comparison.bits, comparison.signed) {
            (64, false) => Width::U64,
            (64, true) => Width::I64,
            (_, false) => Width::U32,
            (_, true) => Width::I32,
        },
        mask,
        op,
        // seccompiler drops the bits outside of the mask, too.
        value: comparison.value & mask,
    }
}

fn peer_action(action: Action) -> SeccompAction {
    match action {
        Action::Allow => SeccompAction::Allow,
        Action::KillProcess => SeccompAction::KillProcess,
        Action::Log => SeccompAction::Log,
        Action::Errno(errno) => SeccompAction::Errno(errno.into()),
        other => panic!("policies here do not {other:?}"),
    }
}

/// Values that conditions are about, or the neighbours of such.
pub(crate) fn value() -> impl Strategy<Value = u64> {
    let edges = vec![
        0,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        0x1_0000_0000,
        0x1_ffff_ffff,
        0x7fff_ffff_ffff_ffff,
        0x8000_0000_0000_0000,
        0xffff_ffff_0000_0000,
        u64::MAX,
    ];
    prop_oneof![
        3 => (select(edges), 0..3_u64).prop_map(|(edge, more)| edge.wrapping_add(more).wrapping_sub(1)),
        3 => 0..6_u64,
        2 => any::<u32>().prop_map(u64::from),
        1 => any::<u64>(),
    ]
}

/// Masks: a bit, some bits, a field, anything, now and then none.
pub(crate) fn mask() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => (0..64_u32).prop_map(|bit| 1 << bit),
        3 => (0..64_u32, 0..64_u32).prop_map(|(one, other)| 1 << one | 1 << other),
        2 => (0..=64_u32).prop_map(|bits| u64::MAX.checked_shr(64 - bits).unwrap_or(0)),
        2 => select(vec![0xf, 0xff00, 0x1_0000_0001, !0xfff, 0xffff_ffff_0000_0000]),
        1 => any::<u64>(),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    let cmp = prop_oneof![
        6 => select(vec![Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge]),
        2 => mask().prop_map(Cmp::MaskedEq),
    ];
    // Few arguments, so that conditions about the same one meet.
    let arg = prop_oneof![4 => 0..2_u8, 1 => 0..6_u8];
    let signed = prop::bool::weighted(0.2);
    (arg, select(vec![32, 64]), signed, cmp, value()).prop_map(|(arg, bits, signed, cmp, value)| {
        Comparison {
            arg,
            bits,
            // Equality knows no sign.
            signed: signed && matches!(cmp, Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge),
            cmp,
            value,
        }
    })
}

/// Rules whose jumps are too long for an instruction. They are about one word, as the compiler refuses
/// what takes too many steps to prove.
fn long_rule() -> impl Strategy<Value = Vec<Comparison>> {
    (0..6_u8, vec(any::<u32>(), 126..140)).prop_map(|(arg, values)| {
        let unlike = values.into_iter().map(|value| Comparison {
            arg,
            bits: 32,
            signed: false,
            cmp: Cmp::Ne,
            value: value.into(),
        });
        unlike.collect()
    })
}

/// Random policies.
pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    let rule = prop_oneof![400 => vec(comparison(), 1..5).boxed(), 1 => long_rule().boxed()];
    let rules = vec(rule, 0..5);
    let number = prop_oneof![3 => 0..20_u32, 4 => 0..470_u32];
    let actions = select(vec![
        (Action::Allow, Action::KillProcess),
        (Action::Allow, Action::Errno(1)),
        (Action::KillProcess, Action::Allow),
        (Action::Errno(13), Action::Allow),
        (Action::Errno(13), Action::Errno(1)),
        (Action::Log, Action::KillProcess),
    ]);
    (btree_map(number, rules, 1..8), actions).prop_map(|(calls, (matching, otherwise))| Policy {
        calls,
        matching,
        otherwise,
    })
}
