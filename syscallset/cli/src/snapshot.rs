//! The sets of another release of systemd, as `systemd-analyze syscall-filter` prints them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use syscallset_tables::{Origin, SETS, Set};

use crate::failure::Failure;
use crate::input::{read_text, shown};

/// Sets of a file, together with ours.
#[derive(Debug)]
pub(crate) struct Snapshot {
    sets: BTreeMap<String, &'static Set>,
}

/// So many calls of other sets `@known` may lack: systemd forgets a few.
const NOT_KNOWN: usize = 20;

/// What a set of the file lists: names of calls and, with their `@`, of other sets.
type Members = BTreeMap<String, BTreeSet<String>>;

impl Snapshot {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, and any line that does not belong to such a list.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = read_text(path)?;
        Self::parse(&text).map_err(|fault| {
            Failure::failed(format!("{}: {fault}", shown(path)))
                .with_help("the file must be what `systemd-analyze syscall-filter` prints")
        })
    }

    /// The set of this name.
    pub(crate) fn set(&self, name: &str) -> Option<&'static Set> {
        self.sets.get(name).copied()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut members = members(text)?;
        // As in our tables: a program that restricts itself runs already.
        let default = members.get_mut("@default");
        if default.is_some_and(|default| default.remove("execve")) {
            members
                .entry("@process".to_owned())
                .or_default()
                .insert("execve".to_owned());
        }
        for required in ["@default", "@known"] {
            if !members.contains_key(required) {
                return Err(format!(
                    "no set `{required}`: this is not the whole output of `systemd-analyze \
                     syscall-filter`"
                ));
            }
        }
        let mut flat = BTreeMap::new();
        for name in members.keys() {
            let mut calls = BTreeSet::new();
            flatten(&members, name, &mut BTreeSet::new(), &mut calls)?;
            flat.insert(name.clone(), calls);
        }
        // The last set should have what the others have.
        let known = &flat["@known"];
        let beyond: BTreeSet<_> = flat.values().flatten().collect();
        if beyond.iter().filter(|call| !known.contains(**call)).count() > NOT_KNOWN {
            return Err("`@known` lacks calls of other sets: the file was cut off".to_owned());
        }
        let mut sets: BTreeMap<_, _> = flat
            .iter()
            .map(|(name, calls)| (name.clone(), leak(name, calls)))
            .collect();
        let ours = SETS.iter().filter(|set| set.origin == Origin::Syscallset);
        sets.extend(ours.map(|set| (set.name.to_owned(), set)));
        Ok(Self { sets })
    }
}

fn members(text: &str) -> Result<Members, String> {
    let mut members = Members::new();
    let mut current = None;
    for (index, line) in text.lines().enumerate() {
        let at = |fault: &str| format!("line {}: {fault}", index + 1);
        let word = line.trim();
        if word.is_empty() || word.starts_with('#') && current.is_none() {
            continue;
        }
        if line.starts_with('#') {
            // What follows is about the kernel that happened to run.
            break;
        }
        if word.contains(|c: char| c.is_control()) {
            return Err(at(
                "a control character; write the list with `SYSTEMD_COLORS=0`",
            ));
        }
        if line.starts_with('@') {
            if members.insert(word.to_owned(), BTreeSet::new()).is_some() {
                return Err(at(&format!("set `{word}` comes twice")));
            }
            current = Some(word.to_owned());
        } else if !line.starts_with(char::is_whitespace) {
            return Err(at(&format!("`{word}` is neither a set nor indented")));
        } else if !word.starts_with('#') {
            let set = current.as_ref().and_then(|name| members.get_mut(name));
            let set = set.ok_or_else(|| at(&format!("`{word}` stands before the first set")))?;
            set.insert(word.to_owned());
        }
    }
    Ok(members)
}

fn flatten(
    members: &Members,
    name: &str,
    inside: &mut BTreeSet<String>,
    calls: &mut BTreeSet<String>,
) -> Result<(), String> {
    let set = members
        .get(name)
        .ok_or_else(|| format!("set `{name}` is nested in another one and does not exist"))?;
    if !inside.insert(name.to_owned()) {
        return Err(format!("set `{name}` is nested in itself"));
    }
    for member in set {
        if member.starts_with('@') {
            flatten(members, member, inside, calls)?;
        } else {
            calls.insert(member.clone());
        }
    }
    inside.remove(name);
    Ok(())
}

/// The compiler takes sets that live as long as its tables. A command reads two files at most.
fn leak(name: &str, calls: &BTreeSet<String>) -> &'static Set {
    let forever = |text: &str| -> &'static str {
        // Most names are in the tables already.
        syscallset_tables::call(text).unwrap_or_else(|| Box::leak(text.into()))
    };
    Box::leak(Box::new(Set {
        name: forever(name),
        description: "",
        origin: Origin::Systemd,
        sets: &[],
        calls: Vec::leak(calls.iter().map(|call| forever(call)).collect()),
    }))
}

#[cfg(test)]
mod tests {
    use super::Snapshot;

    const TINY: &str = "# a comment\n@default\n    # always\n    @sandbox\n    execve\n    exit\n\n\
        @known\n    # all\n    zzz_new\n@process\n    # p\n    fork\n@sandbox\n    # s\n    seccomp\n\
        \n# Ungrouped System Calls\n#   other\n";

    #[test]
    fn nested_sets_are_flattened_and_execve_moves() {
        let snapshot = Snapshot::parse(TINY).unwrap();
        assert_eq!(snapshot.set("@default").unwrap().calls, ["exit", "seccomp"]);
        assert_eq!(snapshot.set("@process").unwrap().calls, ["execve", "fork"]);
        assert_eq!(snapshot.set("@known").unwrap().calls, ["zzz_new"]);
        assert!(snapshot.set("@rust-runtime").is_some());
        assert!(snapshot.set("@basic-io").is_none());
    }

    #[test]
    fn damaged_lists_are_refused() {
        for (text, fault) in [
            ("", "no set `@default`"),
            ("exit\n", "neither a set nor indented"),
            ("    exit\n", "before the first set"),
            ("@default\n @known\n@known\n @default\n", "nested in itself"),
            ("@default\n @gone\n@known\n a\n", "does not exist"),
            ("@default\n a\n@default\n b\n", "comes twice"),
            ("@default\n \u{1b}[0ma\n@known\n a\n", "control character"),
        ] {
            let found = Snapshot::parse(text).unwrap_err();
            assert!(found.contains(fault), "{text:?}: {found}");
        }
    }
}
