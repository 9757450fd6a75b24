//! Sorts calls under the sets that people know them by.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;
use syscallset_tables::{Arch, Origin, SETS, Set};

use crate::report::write_wrapped;
use crate::style::{DIM, HEADING};

/// Sets that gather other sets: no call is shown under them if another set has it.
const AGGREGATES: [&str; 4] = ["@known", "@obsolete", "@privileged", "@system-service"];

/// Calls under the heading of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Headed {
    /// The set; `None` for calls that only `@known`, or no set at all, has.
    pub(crate) set: Option<&'static str>,
    /// How many calls this architecture has under this heading, those not asked for included.
    pub(crate) of: usize,
    /// The calls asked for, sorted.
    pub(crate) calls: Vec<&'static str>,
}

impl Headed {
    /// Sorts calls under headings: `@default` first, the other sets by name, the rest last. Each call
    /// stands under one heading only: of the sets that have it, the smallest one, and one of ours only where
    /// systemd has none.
    pub(crate) fn group(calls: impl IntoIterator<Item = &'static str>, arch: Arch) -> Vec<Self> {
        let homes = homes();
        let home = |call: &str| homes.get(call).map(|set| set.name);
        let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let calls: BTreeSet<_> = calls.into_iter().collect();
        for call in calls {
            groups.entry(home(call)).or_default().push(call);
        }
        let mut groups: Vec<_> = groups
            .into_iter()
            .map(|(set, calls)| {
                let there = arch.calls().iter().filter(|call| home(call.name) == set);
                Self {
                    set,
                    of: there.count(),
                    calls,
                }
            })
            .collect();
        groups.sort_by_key(|group| match group.set {
            Some("@default") => (0, ""),
            Some(name) => (1, name),
            None => (2, ""),
        });
        groups
    }

    /// Writes the number of all calls, and the calls under their headings.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub(crate) fn write(groups: &[Self], out: &mut dyn Write) -> io::Result<()> {
        let count: usize = groups.iter().map(|group| group.calls.len()).sum();
        writeln!(out, "{count} calls")?;
        for Self { set, of, calls } in groups {
            let name = set.unwrap_or("in no set");
            let count = calls.len();
            writeln!(
                out,
                "  {HEADING}{name}{HEADING:#} {DIM}{count} of {of}{DIM:#}"
            )?;
            write_wrapped(out, 4, calls)?;
        }
        Ok(())
    }
}

/// The set that each call is known by: `@default`, what the standard library runs on, or the smallest of systemd's.
/// Our other sets come last: `ioctl` under that for looking up host names would name work that nobody asked for.
fn homes() -> BTreeMap<&'static str, &'static Set> {
    let mut sets: Vec<(u8, usize, &'static Set)> = SETS
        .iter()
        .filter(|set| set.name != "@known")
        .map(|set| {
            let mut members = BTreeSet::new();
            set.for_each_call(&mut |call| {
                members.insert(call);
            });
            let rank = match (set.name, set.origin) {
                ("@default", _) => 0,
                ("@rust-runtime", _) => 1,
                (_, Origin::Syscallset) => 4,
                (name, _) if AGGREGATES.contains(&name) => 3,
                (_, Origin::Systemd) => 2,
            };
            (rank, members.len(), set)
        })
        .collect();
    sets.sort_by_key(|(rank, size, set)| (*rank, *size, set.name));
    let mut homes = BTreeMap::new();
    for (_, _, set) in sets {
        set.for_each_call(&mut |call| {
            homes.entry(call).or_insert(set);
        });
    }
    homes
}
