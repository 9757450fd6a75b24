//! From a solved puzzle to the items of a string.

use std::collections::{BTreeMap, BTreeSet};

use syscallset_compiler::policy::IMPLICIT_SETS;

use super::problem::Problem;
use super::search::{Solution, may_lead};
use super::universe::Universe;

/// A puzzle and the names that belong to it.
pub(super) struct Puzzle<'a> {
    pub(super) problem: &'a Problem,
    /// The calls of each class.
    pub(super) members: &'a [Vec<usize>],
    pub(super) universe: &'a Universe,
    pub(super) sets: &'a [(&'static str, BTreeSet<usize>)],
    /// The calls to be allowed.
    pub(super) wanted: &'a BTreeSet<usize>,
}

/// A string.
pub(super) struct Written {
    pub(super) items: Vec<String>,
    /// Calls that it allows beyond those wanted.
    pub(super) tolerated: Vec<usize>,
}

/// Where a single call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Allowed, before all sets.
    Front,
    /// Allowed, behind them.
    Allowed,
    /// Refused, behind those.
    Refused,
    /// Allowed, behind the refused call of which it is a variant.
    Last,
}

impl Puzzle<'_> {
    /// Spells a solution: single calls that may stand in front, if the first set has a `~`, then the
    /// sets, then the other calls.
    pub(super) fn spell(&self, solution: &Solution) -> Written {
        let Self {
            problem, universe, ..
        } = self;
        let sequence = &solution.sequence;
        let begins_refused = sequence.first().is_some_and(|item| item % 2 == 1);
        let mut places = BTreeMap::new();
        let mut tolerated = Vec::new();
        for class in problem.faults(sequence.iter().rev().copied()).iter() {
            let calls = self.members[class].iter().copied();
            if problem.tolerable.contains(class) {
                tolerated.extend(calls);
                continue;
            }
            let place = if !problem.wanted.contains(class) {
                Place::Refused
            } else if begins_refused && may_lead(problem, sequence, class) {
                Place::Front
            } else {
                Place::Allowed
            };
            places.extend(calls.map(|call| (call, place)));
        }
        tolerated.sort_unstable_by_key(|&call| universe.calls[call]);
        let beyond = tolerated.split_off(problem.tolerance.min(tolerated.len()));
        places.extend(beyond.into_iter().map(|call| (call, Place::Refused)));
        let counted = places.len();
        self.place_variants(&mut places);

        let mut items: Vec<_> = self.singles(&places, Place::Front).collect();
        items.extend(sequence.iter().map(|item| self.set(*item)));
        for place in [Place::Allowed, Place::Refused, Place::Last] {
            items.extend(self.singles(&places, place));
        }
        let amended = places.len() != counted;
        if items.first().is_some_and(|first| first.starts_with('~')) {
            // Says what holds anyway, because no string begins with `~`.
            items.insert(0, IMPLICIT_SETS[0].to_owned());
        }
        debug_assert!(
            amended || items.len() == solution.cost.items,
            "the search counted what is written"
        );
        Written { items, tolerated }
    }

    /// An item that names a call decides about its variants, too: leaves out those about which it is
    /// right, and puts the others behind it.
    fn place_variants(&self, places: &mut BTreeMap<usize, Place>) {
        for (call, place) in places.clone() {
            let allows = place != Place::Refused;
            for variant in self.universe.variants(call) {
                let wanted = self.wanted.contains(&variant);
                match places.get(&variant) {
                    Some(other) if wanted == allows => {
                        // What stands in front does not last behind sets.
                        if place != Place::Front || *other == Place::Front {
                            places.remove(&variant);
                        }
                    }
                    _ if wanted == allows => {}
                    _ if wanted => {
                        places.insert(variant, Place::Last);
                    }
                    _ => {
                        places.insert(variant, Place::Refused);
                    }
                }
            }
        }
    }

    /// The items for the single calls of one place, by name.
    fn singles(
        &self,
        places: &BTreeMap<usize, Place>,
        place: Place,
    ) -> impl Iterator<Item = String> + use<> {
        let here = places.iter().filter(|(_, other)| **other == place);
        let mut names: Vec<_> = here.map(|(&call, _)| self.universe.calls[call]).collect();
        names.sort_unstable();
        let tilde = if place == Place::Refused { "~" } else { "" };
        names.into_iter().map(move |name| format!("{tilde}{name}"))
    }

    fn set(&self, item: usize) -> String {
        let tilde = if item % 2 == 1 { "~" } else { "" };
        format!("{tilde}{}", self.sets[item / 2].0)
    }
}
