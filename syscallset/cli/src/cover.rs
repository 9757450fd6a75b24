//! The shortest filter string for a list of calls: `syscallset trace`, `profile` and `import` end here.

mod bits;
mod bound;
mod danger;
mod generalise;
mod problem;
mod search;
mod start;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use syscallset_compiler::policy::IMPLICIT_SETS;
use syscallset_tables::{Arch, CALLS, SETS, Set, set};

pub(crate) use danger::is_dangerous;
pub(crate) use generalise::generalise;

use problem::{Class, Problem};
use search::{Solution, may_lead, search};

/// Calls that the compiler insists on, where the architecture has them.
const ESSENTIAL: [&str; 3] = ["exit", "exit_group", "rt_sigreturn"];

/// How many nodes of a search to look at: some 50 ms. Lists that people or programs make need a few
/// hundred; those of a coin tossed for each call may be left unproven.
const NODES: usize = 5000;

/// The same where extra calls are allowed and bounds are more work.
const NODES_WITH_EXTRA: usize = NODES / 4;

/// Where a string has to be exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// On one architecture: what it says about calls that this one lacks does not matter.
    Arch(Arch),
    /// On all of them.
    Everywhere,
}

/// What to do about calls that every filter begins with ([`IMPLICIT_SETS`]) and the list lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Implicit {
    /// They may stay: the string allows the list and them.
    Stay,
    /// They have to go: the string allows the list and the few without which no process can exist.
    Go,
}

/// What makes a string a good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Where it has to be exact.
    pub(crate) scope: Scope,
    /// What becomes of the implicit calls.
    pub(crate) implicit: Implicit,
    /// How many harmless calls it may allow that the list lacks, for the sake of fewer items.
    pub(crate) allow_extra: usize,
}

/// A filter string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cover {
    /// Its items, in order.
    pub(crate) items: Vec<String>,
    /// The calls that it allows although neither the list nor [`Implicit::Stay`] does, sorted.
    pub(crate) extra: Vec<&'static str>,
    /// The words of the list that are no calls here, sorted.
    pub(crate) unknown: Vec<String>,
    /// No string has fewer items than this.
    pub(crate) least: usize,
}

/// Finds the shortest filter string that allows these calls and, but for [`Options`], no others.
///
/// The fewest items win; of several such strings those with the fewest extra calls, then the one that
/// the search meets first, which depends on nothing but the tables.
pub(crate) fn cover<'c>(calls: impl IntoIterator<Item = &'c str>, options: &Options) -> Cover {
    let universe = Universe::new(options.scope);
    let mut unknown = BTreeSet::new();
    let mut wanted = BTreeSet::new();
    for call in calls {
        match universe.index(call) {
            Some(index) => wanted.extend([index]),
            None => unknown.extend([call.to_owned()]),
        }
    }
    let listed = wanted.clone();
    wanted.extend(ESSENTIAL.iter().filter_map(|call| universe.index(call)));
    let implicit = universe.members(IMPLICIT_SETS.iter().filter_map(|name| set(name)));
    if options.implicit == Implicit::Stay {
        wanted.extend(&implicit);
    }

    let sets = universe.distinct_sets();
    let classes: Vec<_> = (0..universe.calls.len())
        .map(|index| Class {
            sets: membership(&sets, index),
            implicit: implicit.contains(&index),
            wanted: wanted.contains(&index),
            tolerable: options.allow_extra > 0
                && !implicit.contains(&index)
                && !is_dangerous(universe.calls[index]),
        })
        .collect();
    let (problem, members) = Problem::new(sets.len(), &classes, options.allow_extra);
    let nodes = if options.allow_extra > 0 {
        NODES_WITH_EXTRA
    } else {
        NODES
    };
    let solution = search(&problem, start::start(&problem), nodes);
    let written = write(&problem, &solution, &members, &universe, &sets);

    let kept = |index: &usize| options.implicit == Implicit::Stay && implicit.contains(index);
    let mut extra: Vec<_> = ESSENTIAL
        .iter()
        .filter_map(|call| universe.index(call))
        .collect();
    extra.retain(|index| !listed.contains(index) && !kept(index));
    extra.extend(written.tolerated);
    let mut extra: Vec<_> = extra
        .into_iter()
        .map(|index| universe.calls[index])
        .collect();
    extra.sort_unstable();
    Cover {
        items: written.items,
        extra,
        unknown: unknown.into_iter().collect(),
        least: solution.least,
    }
}

impl fmt::Display for Cover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.items.join(" "))
    }
}

/// The calls that matter. Two names of one number are one call.
struct Universe {
    calls: Vec<&'static str>,
    indices: BTreeMap<&'static str, usize>,
}

impl Universe {
    fn new(scope: Scope) -> Self {
        let mut universe = Self {
            calls: Vec::new(),
            indices: BTreeMap::new(),
        };
        match scope {
            Scope::Arch(arch) => {
                for call in arch.calls() {
                    // The compiler knows calls by their numbers in the end.
                    let name = arch.name_of(call.number).unwrap_or(call.name);
                    let index = universe.add(name);
                    universe.indices.insert(call.name, index);
                }
            }
            Scope::Everywhere => {
                for call in CALLS.iter().filter(|call| may_be_written(call)) {
                    universe.add(call);
                }
            }
        }
        universe
    }

    fn add(&mut self, name: &'static str) -> usize {
        *self.indices.entry(name).or_insert_with(|| {
            self.calls.push(name);
            self.calls.len() - 1
        })
    }

    fn index(&self, call: &str) -> Option<usize> {
        self.indices.get(call).copied()
    }

    fn members(&self, sets: impl IntoIterator<Item = &'static Set>) -> BTreeSet<usize> {
        let mut members = BTreeSet::new();
        for set in sets {
            set.for_each_call(&mut |call| members.extend(self.index(call)));
        }
        members
    }

    /// The sets that have a call here; of equal ones the first.
    fn distinct_sets(&self) -> Vec<(&'static str, BTreeSet<usize>)> {
        let mut sets: Vec<(&str, BTreeSet<usize>)> = Vec::new();
        for set in SETS {
            let members = self.members([set]);
            if !members.is_empty() && sets.iter().all(|(_, other)| *other != members) {
                sets.push((set.name, members));
            }
        }
        sets
    }
}

/// Whether the compiler takes the name as an item: sets list a few that no architecture has.
fn may_be_written(call: &str) -> bool {
    Arch::ALL.iter().any(|arch| arch.number(call).is_some())
        || set("@known").is_some_and(|known| known.contains(call))
}

fn membership(sets: &[(&str, BTreeSet<usize>)], index: usize) -> u64 {
    let having = sets
        .iter()
        .enumerate()
        .filter(|(_, (_, members))| members.contains(&index));
    having.fold(0, |mask, (bit, _)| mask | 1 << bit)
}

struct Written {
    items: Vec<String>,
    tolerated: Vec<usize>,
}

/// Spells a solution: single calls that may stand in front, if the first set has a `~`, then the sets,
/// then the other calls.
fn write(
    problem: &Problem,
    solution: &Solution,
    members: &[Vec<usize>],
    universe: &Universe,
    sets: &[(&str, BTreeSet<usize>)],
) -> Written {
    let sequence = &solution.sequence;
    let faults = problem.faults(sequence.iter().rev().copied());
    let begins_refused = sequence.first().is_some_and(|item| item % 2 == 1);
    let (mut front, mut allowed, mut refused, mut tolerated) = (vec![], vec![], vec![], vec![]);
    for class in faults.iter() {
        let calls = members[class].iter().copied();
        if problem.tolerable.contains(class) {
            tolerated.extend(calls);
        } else if !problem.wanted.contains(class) {
            refused.extend(calls);
        } else if begins_refused && may_lead(problem, sequence, class) {
            front.extend(calls);
        } else {
            allowed.extend(calls);
        }
    }
    let by_name = |calls: &mut Vec<usize>| calls.sort_unstable_by_key(|&call| universe.calls[call]);
    for calls in [&mut front, &mut allowed, &mut refused, &mut tolerated] {
        by_name(calls);
    }
    refused.extend(tolerated.split_off(problem.tolerance.min(tolerated.len())));
    by_name(&mut refused);

    let call =
        |tilde: &'static str| move |index: usize| format!("{tilde}{}", universe.calls[index]);
    let set = |item: usize| {
        format!(
            "{}{}",
            if item % 2 == 1 { "~" } else { "" },
            sets[item / 2].0
        )
    };
    let mut items: Vec<_> = front.into_iter().map(call("")).collect();
    items.extend(sequence.iter().copied().map(set));
    items.extend(allowed.into_iter().map(call("")));
    items.extend(refused.into_iter().map(call("~")));
    if items.first().is_some_and(|first| first.starts_with('~')) {
        // Says what holds anyway, because no string begins with `~`.
        items.insert(0, IMPLICIT_SETS[0].to_owned());
    }
    debug_assert_eq!(
        items.len(),
        solution.cost.items,
        "the search counted what is written"
    );
    Written { items, tolerated }
}
