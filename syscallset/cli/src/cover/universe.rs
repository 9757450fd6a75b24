//! The calls and sets that there are where a string has to be exact.

use std::collections::{BTreeMap, BTreeSet};

use syscallset_compiler::variants::variants;
use syscallset_tables::{Arch, CALLS, SETS, Set, set};

use super::Scope;

/// Calls that stand for many and are decided as those are; see `multiplexer.rs` of the compiler.
const MULTIPLEXERS: [&str; 2] = ["ipc", "socketcall"];

/// The calls that matter. Two names of one number are one call.
pub(super) struct Universe {
    scope: Scope,
    pub(super) calls: Vec<&'static str>,
    indices: BTreeMap<&'static str, usize>,
}

impl Universe {
    pub(super) fn new(scope: Scope) -> Self {
        let mut universe = Self {
            scope,
            calls: Vec::new(),
            indices: BTreeMap::new(),
        };
        match scope {
            Scope::Arch(arch) => {
                let calls = arch.calls().iter();
                for call in calls.filter(|call| !MULTIPLEXERS.contains(&call.name)) {
                    // The compiler knows calls by their numbers in the end.
                    let name = arch.name_of(call.number).unwrap_or(call.name);
                    let index = universe.add(name);
                    universe.indices.insert(call.name, index);
                }
            }
            Scope::Everywhere => {
                let calls = CALLS.iter().filter(|call| may_be_written(call));
                for call in calls.filter(|call| !MULTIPLEXERS.contains(call)) {
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

    pub(super) fn index(&self, call: &str) -> Option<usize> {
        self.indices.get(call).copied()
    }

    /// Whether it is a call here that is decided by way of others.
    pub(super) fn multiplexes(&self, call: &str) -> bool {
        let here = match self.scope {
            Scope::Arch(arch) => arch.number(call).is_some(),
            Scope::Everywhere => true,
        };
        here && MULTIPLEXERS.contains(&call)
    }

    /// The other calls that an item decides about which names this call.
    pub(super) fn variants(&self, call: usize) -> impl Iterator<Item = usize> + '_ {
        let variants = variants(self.calls[call]).iter();
        variants.filter_map(|variant| self.index(variant))
    }

    pub(super) fn members(&self, sets: impl IntoIterator<Item = &'static Set>) -> BTreeSet<usize> {
        let mut members = BTreeSet::new();
        for set in sets {
            set.for_each_call(&mut |call| members.extend(self.index(call)));
        }
        members
    }

    /// The sets that have a call here; of equal ones the first.
    pub(super) fn distinct_sets(&self) -> Vec<(&'static str, BTreeSet<usize>)> {
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
