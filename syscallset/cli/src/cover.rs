//! The shortest filter string for a list of calls: `syscallset trace`, `profile` and `import` end here.

mod bits;
mod bound;
mod danger;
mod generalise;
mod problem;
mod search;
mod spell;
mod start;
#[cfg(test)]
mod tests;
mod universe;
mod wish;

use std::collections::BTreeSet;
use std::fmt;

use syscallset_compiler::action::Action;
use syscallset_compiler::compile::parse_for;
use syscallset_compiler::error::{Error, ErrorKind};
use syscallset_compiler::policy::IMPLICIT_SETS;
use syscallset_compiler::resolve::resolve;
use syscallset_tables::{Arch, set};

pub(crate) use danger::is_dangerous;
pub(crate) use generalise::generalise;
pub(crate) use wish::{Needs, Wish};

use problem::{Class, Problem};
use search::search;
use universe::Universe;

/// Calls that the compiler insists on, where the architecture has them.
const ESSENTIAL: [&str; 3] = ["exit", "exit_group", "rt_sigreturn"];

/// What std needs, which no other set may take away by the way.
const RUNTIME: &str = "@rust-runtime";

/// How many nodes of a search to look at: some 50 ms. Lists that people or programs make need a few
/// hundred; those of a coin tossed for each call may be left unproven.
const NODES: usize = 4000;

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
    /// How many nodes of a tree the search has looked at: the time that it took, on any machine.
    pub(crate) nodes: usize,
}

/// Finds the shortest filter string that allows these calls and, but for [`Options`], no others.
///
/// The fewest items win; of several such strings those with the fewest extra calls, then the one that
/// the search meets first, which depends on nothing but the tables.
pub(crate) fn cover<'c>(calls: impl IntoIterator<Item = &'c str>, options: &Options) -> Cover {
    let universe = Universe::new(options.scope);
    let mut unknown = BTreeSet::new();
    let mut wanted = BTreeSet::new();
    let mut multiplexers = Vec::new();
    for call in calls {
        match universe.index(call) {
            Some(index) => wanted.extend([index]),
            None if universe.multiplexes(call) => multiplexers.push(call),
            None => unknown.extend([call.to_owned()]),
        }
    }
    let listed = wanted.clone();
    wanted.extend(ESSENTIAL.iter().filter_map(|call| universe.index(call)));
    if options.scope == Scope::Everywhere {
        // What a call's name says about the variants of it that some architectures have.
        let variants: Vec<_> = wanted
            .iter()
            .flat_map(|&call| universe.variants(call))
            .collect();
        wanted.extend(variants);
    }
    let added: Vec<_> = wanted.difference(&listed).copied().collect();
    let implicit = universe.members(IMPLICIT_SETS.iter().filter_map(|name| set(name)));
    if options.implicit == Implicit::Stay {
        wanted.extend(&implicit);
    }

    let sets = universe.distinct_sets();
    let classes = classes(&universe, &sets, &wanted, &implicit, options);
    let (problem, members, shared) = puzzle(&universe, &sets, &classes, options.allow_extra);
    let nodes = if options.allow_extra > 0 {
        NODES_WITH_EXTRA
    } else {
        NODES
    };
    let solution = search(&problem, start::start(&problem), nodes);
    let puzzle = spell::Puzzle {
        problem: &problem,
        members: &members,
        universe: &universe,
        sets: &sets,
        wanted: &wanted,
    };
    let mut written = puzzle.spell(&solution);
    if let Scope::Arch(arch) = options.scope {
        // A search that was cut short may have left some.
        tidy(&mut written.items, arch, Action::KillProcess);
    }
    let least = solution.least.saturating_sub(shared);
    for call in multiplexers {
        if !allows(&written.items, call, options.scope) {
            written.items.push(call.to_owned());
        }
    }

    let kept = |index: &usize| options.implicit == Implicit::Stay && implicit.contains(index);
    let mut extra: Vec<_> = added.into_iter().filter(|index| !kept(index)).collect();
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
        least,
        nodes: solution.nodes,
    }
}

/// Leaves out the items of which nothing is in force, which the compiler takes for mistakes; returns what else it does
/// not like.
pub(crate) fn tidy(items: &mut Vec<String>, arch: Arch, violation: Action) -> Vec<Error> {
    loop {
        let text = items.join(" ");
        let outcome = parse_for(&text, arch).and_then(|filter| resolve(&filter, arch, violation));
        let errors = outcome.err().unwrap_or_default();
        let idle = errors.iter().find(|error| {
            matches!(
                error.kind,
                ErrorKind::Contradiction | ErrorKind::NothingChanged { .. } | ErrorKind::Undone(_)
            )
        });
        let Some(error) = idle else {
            return errors;
        };
        // Items are separated by single spaces, and some hold none themselves.
        let before = text[..error.span.start].split(' ').count() - 1;
        items.remove(before);
    }
}

/// What distinguishes the calls.
fn classes(
    universe: &Universe,
    sets: &[(&'static str, BTreeSet<usize>)],
    wanted: &BTreeSet<usize>,
    implicit: &BTreeSet<usize>,
    options: &Options,
) -> Vec<Class> {
    let runtime = universe.members(set(RUNTIME));
    let by_name = (sets.iter().position(|(name, _)| *name == RUNTIME)).map_or(0, |bit| 1 << bit);
    (0..universe.calls.len())
        .map(|index| Class {
            sets: membership(sets, index),
            bystanders: if runtime.contains(&index) {
                membership(sets, index) & !by_name
            } else {
                0
            },
            implicit: implicit.contains(&index),
            wanted: wanted.contains(&index),
            tolerable: options.allow_extra > 0
                && !implicit.contains(&index)
                && !is_dangerous(universe.calls[index]),
        })
        .collect()
}

/// The puzzle, the calls of each of its classes, and how many items its solution may have too many.
///
/// An item that names a call names its variants, too. Variants that are like their call in all respects
/// are left to it; others that could be are counted, for an item more than needed may be spent on each.
fn puzzle(
    universe: &Universe,
    sets: &[(&'static str, BTreeSet<usize>)],
    classes: &[Class],
    tolerance: usize,
) -> (Problem, Vec<Vec<usize>>, usize) {
    let mut left = BTreeSet::new();
    let mut shared = 0;
    for call in 0..classes.len() {
        for variant in universe.variants(call) {
            if classes[variant] == classes[call] && !classes[call].tolerable {
                left.insert(variant);
            } else if classes[variant].wanted == classes[call].wanted {
                shared += 1;
            }
        }
    }
    let kept: Vec<_> = (0..classes.len())
        .filter(|call| !left.contains(call))
        .collect();
    let kept_classes: Vec<_> = kept.iter().map(|&call| classes[call]).collect();
    let (problem, mut members) = Problem::new(sets.len(), &kept_classes, tolerance);
    for call in members.iter_mut().flatten() {
        *call = kept[*call];
    }
    (problem, members, shared)
}

/// Whether the items allow a call that others decide about.
fn allows(items: &[String], call: &str, scope: Scope) -> bool {
    let Scope::Arch(arch) = scope else {
        return true;
    };
    let text = items.join(" ");
    let filter = parse_for(&text, arch);
    let policy = filter.and_then(|filter| resolve(&filter, arch, Action::KillProcess));
    policy.is_ok_and(|policy| policy.allows(call))
}

impl fmt::Display for Cover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.items.join(" "))
    }
}

fn membership(sets: &[(&str, BTreeSet<usize>)], index: usize) -> u64 {
    let having = sets
        .iter()
        .enumerate()
        .filter(|(_, (_, members))| members.contains(&index));
    having.fold(0, |mask, (bit, _)| mask | 1 << bit)
}
