//! The allow lists that are compared.

use std::collections::{BTreeMap, BTreeSet};

use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::lower::lower;
use syscallset_compiler::lowered::{Decision, Lowered, Run};
use syscallset_compiler::parse::parse;
use syscallset_compiler::policy::Policy;
use syscallset_compiler::resolve::resolve;

/// The sets of systemd 252 as its `systemd-analyze syscall-filter` prints them. The lists stay those
/// of one release, so that figures of different days can be compared; and this one's lists are known
/// to the libseccomp of the same age.
const SNAPSHOT: &str = include_str!("../../testdata/systemd-252.txt");

/// An allow list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    /// One letter.
    pub id: &'static str,
    /// The filter string.
    pub filter: &'static str,
}

/// From a program that only computes, to one that may do all but administer the machine.
pub const LISTS: [List; 5] = [
    List {
        id: "a",
        filter: "@basic-io",
    },
    List {
        id: "b",
        filter: "@basic-io @file-system @io-event",
    },
    List {
        id: "c",
        filter: "@system-service ~@process ~@setuid",
    },
    List {
        id: "d",
        filter: "@system-service",
    },
    List {
        id: "e",
        filter: "@known ~@clock ~@module ~@mount ~@reboot ~@swap ~@raw-io ~@debug",
    },
];

/// The architecture of all comparisons: the lists are compared on the machine at hand, and the figures
/// of the peers are known for this one.
pub const ARCH: Arch = Arch::X86_64;

/// The list by its letter.
pub fn list(id: &str) -> Option<List> {
    LISTS.into_iter().find(|list| list.id == id)
}

impl List {
    /// The calls of exactly this list in systemd 252, with `@default` less `execve`, and without
    /// anything that syscallset adds; sorted.
    pub fn names(&self) -> BTreeSet<&'static str> {
        let sets = sets(SNAPSHOT);
        let mut names = BTreeSet::new();
        for item in ["@default", "~execve"]
            .into_iter()
            .chain(self.filter.split(' '))
        {
            let (refused, name) = match item.strip_prefix('~') {
                Some(name) => (true, name),
                None => (false, item),
            };
            let mut calls = BTreeSet::new();
            collect(&sets, name, &mut calls);
            if refused {
                names.retain(|call| !calls.contains(call));
            } else {
                names.extend(calls);
            }
        }
        names
    }

    /// The numbers of [`names`](Self::names), sorted; some names are of other architectures.
    pub fn numbers(&self) -> BTreeSet<u32> {
        let names = self.names();
        names.iter().filter_map(|name| ARCH.number(name)).collect()
    }

    /// Allows the [`numbers`](Self::numbers) and refuses every other: what all peers can express.
    pub fn two_actions(&self, refusal: Action) -> Lowered {
        two_actions(&self.numbers(), refusal)
    }

    /// What the filter string means to syscallset: today's sets, its implicit sets, and `ENOSYS` for
    /// numbers without a name.
    ///
    /// # Panics
    ///
    /// If the filter string has a fault; a test rules it out.
    pub fn policy(&self, refusal: Action) -> Policy {
        parse(self.filter)
            .and_then(|filter| resolve(&filter, ARCH, refusal))
            .expect("the lists are filter strings")
    }

    /// The numbers that [`policy`](Self::policy) allows, sorted: what the peers are given where they
    /// are compared with whole filter strings.
    pub fn policy_numbers(&self) -> BTreeSet<u32> {
        let lowered = lower(&self.policy(Action::KillProcess));
        (0..=LAST_NUMBER)
            .filter(|&nr| lowered.decision(nr).otherwise == Action::Allow)
            .collect()
    }
}

/// Means are over the numbers up to this one: a little more than the kernel's table.
pub const LAST_NUMBER: u32 = 480;

/// Allows these numbers and refuses every other.
pub fn two_actions(numbers: &BTreeSet<u32>, refusal: Action) -> Lowered {
    let action = |nr| {
        if numbers.contains(&nr) {
            Action::Allow
        } else {
            refusal
        }
    };
    let mut runs: Vec<Run> = Vec::new();
    for first in 0..=numbers.last().map_or(0, |last| last + 1) {
        let decision = Decision::constant(action(first));
        if runs.last().is_none_or(|run| run.decision != decision) {
            runs.push(Run { first, decision });
        }
    }
    Lowered {
        audit_arch: ARCH.audit_arch(),
        big_endian: ARCH.big_endian(),
        foreign: Action::KillProcess,
        runs,
    }
}

/// The entries of each set of a snapshot.
fn sets(snapshot: &'static str) -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut sets: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut current = None;
    for line in snapshot.lines() {
        let entry = line.trim();
        if entry.is_empty() || entry.starts_with('#') {
            continue;
        }
        if line.starts_with('@') {
            current = Some(entry);
            sets.entry(entry).or_default();
        } else if let Some(set) = current {
            sets.entry(set).or_default().push(entry);
        }
    }
    sets
}

fn collect(
    sets: &BTreeMap<&'static str, Vec<&'static str>>,
    name: &'static str,
    calls: &mut BTreeSet<&'static str>,
) {
    if !name.starts_with('@') {
        calls.insert(name);
        return;
    }
    for entry in sets
        .get(name)
        .expect("the snapshot has the sets of the lists")
    {
        collect(sets, entry, calls);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures that are published for these lists are for these sizes.
    #[test]
    fn lists_have_the_known_sizes() {
        let sizes = LISTS.map(|list| {
            let boundaries = list.two_actions(Action::KillProcess).runs.len() - 1;
            (list.names().len(), list.numbers().len(), boundaries)
        });
        let expected = [
            (79, 60, 69),
            (172, 137, 99),
            (340, 272, 79),
            (376, 299, 53),
            (498, 338, 41),
        ];
        assert_eq!(sizes, expected);
    }
}
