//! Sorts calls under the sets that people know them by.

use std::collections::{BTreeMap, BTreeSet};

use syscallset_tables::{Arch, SETS, Set};

/// Sets that gather other sets: no call is shown under them if another set has it.
const AGGREGATES: [&str; 4] = ["@known", "@obsolete", "@privileged", "@system-service"];

/// Calls that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group<'c> {
    /// The set; `None` for calls that only `@known`, or no set at all, has.
    pub(crate) set: Option<&'static Set>,
    /// How many calls this architecture has under this heading, those not asked for included.
    pub(crate) of: usize,
    /// The calls asked for, sorted.
    pub(crate) calls: Vec<&'c str>,
}

/// Sorts the calls under headings: `@default` first, the other sets by name, the rest last. Each call
/// stands under one heading only: of the sets that have it, the smallest one.
pub(crate) fn group<'c>(calls: impl IntoIterator<Item = &'c str>, arch: Arch) -> Vec<Group<'c>> {
    let homes = homes();
    let mut groups: BTreeMap<Option<&str>, Vec<&'c str>> = BTreeMap::new();
    let calls: BTreeSet<_> = calls.into_iter().collect();
    for call in calls {
        let home = homes.get(call).map(|set| set.name);
        groups.entry(home).or_default().push(call);
    }
    let size = |name: Option<&str>| {
        arch.calls()
            .iter()
            .filter(|call| homes.get(call.name).map(|set| set.name) == name)
            .count()
    };
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|(name, calls)| Group {
            set: name.and_then(syscallset_tables::set),
            of: size(name),
            calls,
        })
        .collect();
    groups.sort_by_key(|group| match group.set {
        Some(set) if set.name == "@default" => (0, ""),
        Some(set) => (1, set.name),
        None => (2, ""),
    });
    groups
}

/// The smallest set that has each call.
fn homes() -> BTreeMap<&'static str, &'static Set> {
    let mut sizes: Vec<(bool, usize, &'static Set)> = SETS
        .iter()
        .filter(|set| set.name != "@known")
        .map(|set| {
            let mut members = BTreeSet::new();
            set.for_each_call(&mut |call| {
                members.insert(call);
            });
            (AGGREGATES.contains(&set.name), members.len(), set)
        })
        .collect();
    // `@default` is what people know its calls by, whatever else has them.
    sizes.sort_by_key(|(aggregate, size, set)| {
        (set.name != "@default", *aggregate, *size, set.name)
    });
    let mut homes = BTreeMap::new();
    for (_, _, set) in sizes {
        set.for_each_call(&mut |call| {
            homes.entry(call).or_insert(set);
        });
    }
    homes
}
