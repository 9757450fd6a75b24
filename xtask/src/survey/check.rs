//! Holds our own sets against what the programs did.

use std::collections::BTreeSet;

use super::Calls;
use super::program::Program;
use super::sets::{Entry, calls_of};

/// The set that every filter begins with.
const IMPLICIT: &str = "@rust-runtime";

/// A message for each entry of a set that no program with the set in its filter makes use of, and whose reason does
/// not excuse that. Of a set in a set, any call will do.
pub(super) fn unseen(
    entries: &[Entry],
    systemd: &[Entry],
    programs: &[Program],
    calls: &Calls,
) -> Vec<String> {
    let all = [entries, systemd].concat();
    let mut faults = Vec::new();
    for entry in entries {
        if entry.is_excused() {
            continue;
        }
        let mut stands_for = calls_of(&entry.member, &all);
        if !entry.member.starts_with('@') {
            stands_for.insert(&entry.member);
        }
        let seen = calls.iter().any(|(&program, calls)| {
            calls.iter().any(|call| stands_for.contains(call.as_str()))
                && names(&programs[program], entries).contains(&entry.set)
        });
        if !seen {
            faults.push(format!(
                "`{}` in {}: no program with this set makes the call\n  help: leave it out, or let its reason end in \
                 `(unseen: …)` with what it takes to see it",
                entry.member, entry.set
            ));
        }
    }
    faults
}

/// Our sets that a program's filters name, directly or by way of another of our sets.
fn names(program: &Program, entries: &[Entry]) -> BTreeSet<String> {
    let words = program
        .filters
        .iter()
        .flat_map(|filter| filter.split_whitespace());
    let mut names: BTreeSet<String> = words.map(str::to_owned).collect();
    names.insert(IMPLICIT.to_owned());
    loop {
        let nested: Vec<_> = entries
            .iter()
            .filter(|entry| names.contains(&entry.set) && entry.member.starts_with('@'))
            .filter(|entry| !names.contains(&entry.member))
            .map(|entry| entry.member.clone())
            .collect();
        if nested.is_empty() {
            return names;
        }
        names.extend(nested);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::unseen;
    use crate::survey::program::Program;
    use crate::survey::sets::{parse, parse_systemd};

    fn program(filter: &str) -> Program {
        Program {
            filters: vec![filter.to_owned()],
            ..Program::default()
        }
    }

    #[test]
    fn entries_without_a_program_or_an_excuse() {
        let entries = parse(
            "# head: no set\n@rust-runtime: base\n  munmap: always\n@rust-a: a\n  read: why\n  open: why (unseen: musl)\n\
             @tokio: b\n  @rust-a: why\n  poll: why\n  @chown: why\n",
        );
        let systemd = parse_systemd("# sets\n\n@chown\n    # Change ownership\n    chown\n");
        let programs = [program("@basic-io @tokio"), program("~@rust-a read")];
        let seen = |calls: &[&str]| calls.iter().map(|call| (*call).to_owned()).collect();
        let all = BTreeMap::from([(0, seen(&["munmap", "read", "poll", "chown"]))]);
        assert!(unseen(&entries, &systemd, &programs, &all).is_empty());

        let other = BTreeMap::from([(0, seen(&["munmap", "poll"])), (1, seen(&["read"]))]);
        let faults = unseen(&entries, &systemd, &programs, &other);
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[1].starts_with("`@rust-a` in @tokio: no program"));
        assert!(faults[2].starts_with("`@chown` in @tokio: no program"));
        assert!(
            faults[0].starts_with("`read` in @rust-a: no program"),
            "{}",
            faults[0]
        );
    }
}
