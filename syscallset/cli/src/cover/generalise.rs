//! From calls that were seen to calls that another C library might make in their place.

use std::collections::{BTreeMap, BTreeSet};

use syscallset_tables::{SETS, Set, set};

use super::is_dangerous;

/// Sets that are no answer to "what is this call for": `@default` is allowed anyway, the others gather
/// much that has nothing in common.
const GATHERED: [&str; 6] = [
    "@default",
    "@known",
    "@obsolete",
    "@privileged",
    "@rust-backtrace",
    "@system-service",
];

/// Sets of what one part of std or one library does, which may be much, and calls that hardly anything
/// else makes: a program that makes none of them has another use for the rest.
const FEATURES: [(&str, &[&str]); 6] = [
    ("@rust-abort", &["tgkill", "tkill"]),
    ("@rust-command", &["execve", "execveat"]),
    ("@rust-net", &["socket", "socketpair", "accept", "accept4"]),
    ("@rust-resolve", &["sendmmsg"]),
    ("@rust-threads", &["clone", "clone3"]),
    ("@tokio", &["eventfd2"]),
];

/// Replaces calls by sets that have them: as few items as possible, counting those that have to refuse
/// dangerous members, and of several such choices the one that adds the fewest calls. Of these sets everything is allowed that is not dangerous, and the calls
/// themselves. Dangerous calls, and calls that no set but a gathering one has, bring in nothing else.
pub(crate) fn generalise<'c>(calls: &BTreeSet<&'c str>) -> BTreeSet<&'c str> {
    let candidates: Vec<(&Set, BTreeSet<&'static str>)> = SETS
        .iter()
        .filter(|set| !GATHERED.contains(&set.name))
        .filter(|set| {
            let sign = FEATURES.iter().find(|(name, _)| *name == set.name);
            sign.is_none_or(|(_, signs)| signs.iter().any(|sign| calls.contains(sign)))
        })
        .map(|set| (set, members(set)))
        .collect();
    let prices = candidates.iter().map(|(_, members)| {
        let refused = members
            .iter()
            .filter(|call| is_dangerous(call) && !calls.contains(**call));
        1 + refused.count()
    });
    let mut homes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for &call in calls
        .iter()
        .filter(|call| !is_dangerous(call) && !is_implicit(call))
    {
        let having = (0..candidates.len()).filter(|&index| candidates[index].1.contains(call));
        let having: Vec<_> = having.collect();
        if !having.is_empty() {
            homes.insert(call, having);
        }
    }
    let mut choice = Choice {
        candidates: &candidates,
        prices: prices.collect(),
        calls,
        best: None,
    };
    choice.choose(&homes, &mut Vec::new());
    let (_, chosen) = choice.best.unwrap_or_default();
    let mut result = calls.clone();
    for index in chosen {
        result.extend(
            candidates[index]
                .1
                .iter()
                .filter(|call| !is_dangerous(call)),
        );
    }
    result
}

fn is_implicit(call: &str) -> bool {
    let mut implicit = syscallset_compiler::policy::IMPLICIT_SETS
        .iter()
        .filter_map(|name| set(name));
    implicit.any(|set| set.contains(call))
}

fn members(set: &Set) -> BTreeSet<&'static str> {
    let mut members = BTreeSet::new();
    set.for_each_call(&mut |call| members.extend([call]));
    members
}

/// The search for the fewest sets: a call that none of the chosen sets has is given to each of its
/// sets in turn.
struct Choice<'a> {
    candidates: &'a [(&'a Set, BTreeSet<&'static str>)],
    /// How many items each costs.
    prices: Vec<usize>,
    calls: &'a BTreeSet<&'a str>,
    /// Number of items and of calls that they add, and the sets.
    best: Option<((usize, usize), Vec<usize>)>,
}

impl Choice<'_> {
    fn choose(&mut self, homes: &BTreeMap<&str, Vec<usize>>, chosen: &mut Vec<usize>) {
        let open = homes
            .values()
            .filter(|having| having.iter().all(|index| !chosen.contains(index)));
        let Some(next) = open.min_by_key(|having| having.len()) else {
            let cost = (self.price(chosen), self.added(chosen));
            if self.best.as_ref().is_none_or(|(best, _)| cost < *best) {
                self.best = Some((cost, chosen.clone()));
            }
            return;
        };
        if self
            .best
            .as_ref()
            .is_some_and(|((items, _), _)| self.price(chosen) >= *items)
        {
            return;
        }
        for &index in next {
            chosen.push(index);
            self.choose(homes, chosen);
            chosen.pop();
        }
    }

    fn price(&self, chosen: &[usize]) -> usize {
        chosen.iter().map(|&index| self.prices[index]).sum()
    }

    fn added(&self, chosen: &[usize]) -> usize {
        let union: BTreeSet<_> = chosen
            .iter()
            .flat_map(|&index| &self.candidates[index].1)
            .collect();
        union
            .into_iter()
            .filter(|call| !self.calls.contains(**call))
            .count()
    }
}
