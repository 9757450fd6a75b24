//! What a program decides about each call of an architecture, and about the numbers of no call.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use syscallset_compiler::action::Action;
use syscallset_compiler::insn::{Insn, OFFSET_NR};
use syscallset_compiler::resolve::action_name;
use syscallset_tables::Arch;

use super::calls::Calls;
use super::conditions::describe;
use super::machine::{End, Machine};

/// What is decided about one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decided {
    /// The same whatever the arguments.
    Always(Action),
    /// It depends: the alternatives for each action, and the action where none of them holds.
    Depends(Vec<Case>, Action),
    /// It could not be followed.
    Unclear,
}

/// One of these lists of conditions holds entirely: the action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) action: Action,
    pub(crate) alternatives: Vec<Vec<String>>,
}

/// The answer for one call.
#[derive(Clone, Debug)]
pub(crate) struct CallDecision {
    pub(crate) call: &'static str,
    pub(crate) decided: Decided,
    /// Argument registers that lead to each end, where there are several.
    pub(crate) samples: Vec<[u64; 6]>,
    /// Whether the kernel's constant-action cache (Linux 5.11) answers for the program.
    pub(crate) cached: bool,
}

/// Numbers next to each other that no call has, and what is decided about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Numbers {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) action: String,
    #[serde(skip)]
    pub(crate) lets_through: bool,
}

/// What a program decides about all calls of an architecture.
pub(crate) fn decide(program: &[Insn], arch: Arch) -> Vec<CallDecision> {
    let mut machine = Machine::new(program);
    let native = Calls::of_arch(arch.audit_arch());
    arch.calls()
        .iter()
        .map(|call| {
            let ends = native
                .fixed(OFFSET_NR, call.number)
                .and_then(|calls| machine.follow(calls).ok());
            let cached = ends
                .as_ref()
                .is_some_and(|ends| ends.iter().all(|end| end.cacheable));
            let several = ends.as_deref().filter(|ends| ends.len() > 1);
            let samples = several
                .into_iter()
                .flatten()
                .map(|end| end.calls.arguments(arch));
            let samples = samples.collect();
            CallDecision {
                call: call.name,
                samples,
                decided: ends.map_or(Decided::Unclear, |ends| decided(&ends, call.name, arch)),
                cached,
            }
        })
        .collect()
}

fn decided(ends: &[End], call: &str, arch: Arch) -> Decided {
    let mut cases: BTreeMap<Action, Vec<Vec<String>>> = BTreeMap::new();
    for end in ends {
        let (Some(ret), false) = (end.ret, end.vague && ends.len() > 1) else {
            // Ways apart that were told by something computed may still end alike.
            return same(ends).map_or(Decided::Unclear, Decided::Always);
        };
        let alternatives = cases.entry(Action::from_ret(ret)).or_default();
        alternatives.push(describe(&end.held, call, arch));
    }
    if let Some(action) = same(ends) {
        return Decided::Always(action);
    }
    // The action with the most to say about is the rest.
    let weight = |alternatives: &Vec<Vec<String>>| -> usize {
        alternatives
            .iter()
            .map(|alternative| alternative.len() + 1)
            .sum()
    };
    let rest = cases
        .iter()
        .max_by_key(|(action, alternatives)| (weight(alternatives), **action != Action::Allow))
        .map_or(Action::KillProcess, |(action, _)| *action);
    cases.remove(&rest);
    let cases = cases
        .into_iter()
        .map(|(action, alternatives)| Case {
            action,
            alternatives,
        })
        .collect();
    Decided::Depends(cases, rest)
}

fn same(ends: &[End]) -> Option<Action> {
    let actions: BTreeSet<_> = ends
        .iter()
        .map(|end| end.ret.map(Action::from_ret))
        .collect();
    match actions.iter().copied().collect::<Vec<_>>()[..] {
        [Some(action)] => Some(action),
        _ => None,
    }
}

/// What a program decides about the numbers that no call of the architecture has.
pub(crate) fn numbers(program: &[Insn], arch: Arch) -> Vec<Numbers> {
    let mut machine = Machine::new(program);
    let native = Calls::of_arch(arch.audit_arch());
    let mut known: Vec<u32> = arch.calls().iter().map(|call| call.number).collect();
    known.sort_unstable();
    known.dedup();
    let mut found: Vec<Numbers> = Vec::new();
    let mut next = Some(0);
    let mut gap = |first: u32, last: u32| {
        let calls = native.numbered(first, last);
        for numbers in gap_numbers(&mut machine, calls, (first, last), arch) {
            match found.last_mut() {
                Some(before)
                    if before.action == numbers.action
                        && before.last.checked_add(1) == Some(numbers.first) =>
                {
                    before.last = numbers.last;
                }
                _ => found.push(numbers),
            }
        }
    };
    for number in known {
        if let Some(first) = next.filter(|first| *first < number) {
            gap(first, number - 1);
        }
        next = number.checked_add(1);
    }
    if let Some(first) = next {
        gap(first, u32::MAX);
    }
    found
}

fn gap_numbers(
    machine: &mut Machine<'_>,
    calls: Option<Calls>,
    (first, last): (u32, u32),
    arch: Arch,
) -> Vec<Numbers> {
    let Some(ends) = calls.and_then(|calls| machine.follow(calls).ok()) else {
        return vec![Numbers {
            first,
            last,
            action: "could not be followed".to_owned(),
            lets_through: true,
        }];
    };
    if let Some(action) = same(&ends) {
        return vec![Numbers {
            first,
            last,
            action: action_name(action, arch).into_owned(),
            lets_through: action.passes(),
        }];
    }
    let mut numbers: Vec<_> = ends
        .iter()
        .map(|end| {
            let (_, (first, last)) = end.calls.word(OFFSET_NR);
            let action = end.ret.map(Action::from_ret);
            Numbers {
                first,
                last,
                action: action.map_or("computed".to_owned(), |action| {
                    action_name(action, arch).into_owned()
                }),
                lets_through: action.is_none_or(Action::passes),
            }
        })
        .collect();
    numbers.sort_by_key(|numbers| (numbers.first, numbers.last));
    numbers
}
