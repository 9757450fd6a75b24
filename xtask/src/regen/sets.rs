//! The sets: systemd's snapshot and our own file, merged, to `src/sets.rs`.

mod compare;
mod page;

use super::options::{Sources, Systemd};
use super::{Generated, Result, Snapshots, Table, rust_sets, systemd};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

pub(super) const TABLE: Table = Table {
    refresh: Some(refresh),
    generate,
    compare: Some(compare::compare),
};

const SNAPSHOT: &str = "systemd-sets.txt";
/// How the version is marked in the snapshot's head.
const VERSION: &str = "# Version: ";

/// A set with the names it holds itself, and those of the sets nested in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) description: String,
    /// Whether the set is one of this project's own, not one of systemd's.
    pub(super) ours: bool,
    pub(super) sets: BTreeSet<String>,
    pub(super) calls: BTreeSet<String>,
}

impl Set {
    /// Adds a member, a set or a call as its first letter says, to this set, which is called `owner`.
    pub(super) fn add(&mut self, owner: &str, member: &str) -> Result<()> {
        let (members, sound, kind) = if member.starts_with('@') {
            (&mut self.sets, systemd::is_set_name(member), "set")
        } else {
            (
                &mut self.calls,
                systemd::is_call_name(member),
                "system call",
            )
        };
        if !sound {
            return Err(format!("`{member}` is not a {kind} name"));
        }
        if !members.insert(member.to_owned()) {
            return Err(format!("`{member}` comes twice in set `{owner}`"));
        }
        Ok(())
    }
}

/// The sets by name.
pub(super) type Sets = BTreeMap<String, Set>;

/// Every call in a set, through nesting.
pub(super) fn flatten<'a>(sets: &'a Sets, name: &str) -> BTreeSet<&'a str> {
    let Some(set) = sets.get(name) else {
        return BTreeSet::new();
    };
    let nested = set.sets.iter().flat_map(|nested| flatten(sets, nested));
    set.calls.iter().map(String::as_str).chain(nested).collect()
}

/// Takes systemd's sets into the snapshot.
fn refresh(sources: &Sources, snapshots: &mut Snapshots) -> Result<()> {
    let (place, version, text) = match &sources.systemd {
        None => return Ok(()),
        Some(Systemd::Analyze(program)) => {
            let version = analyze(program, &["--version"])?;
            let text = analyze(program, &["-q", "syscall-filter"])?;
            let first = version.lines().next().unwrap_or_default().to_owned();
            (program.display().to_string(), first, text)
        }
        Some(Systemd::Saved(file, version)) => {
            let place = file.display().to_string();
            let text = fs::read_to_string(file)
                .map_err(|error| format!("cannot read `{place}`: {error}"))?;
            let version = version.as_deref().or_else(|| version_of(&text)).ok_or_else(|| {
                format!("`{place}` does not say its version: add `--systemd-version` with the first line of `systemd-analyze --version`")
            })?;
            (place, version.to_owned(), text)
        }
    };
    release_of(&version).map_err(|error| format!("{place}: {error}"))?;
    let sets = systemd::parse(&text).map_err(|error| format!("{place}: {error}"))?;
    snapshots.replace(SNAPSHOT, print(&version, &sets));
    Ok(())
}

/// Runs `systemd-analyze` so that neither colours, a pager nor a translation can get into its output.
fn analyze(program: &Path, arguments: &[&str]) -> Result<String> {
    let name = program.display();
    let output = Command::new(program)
        .args(arguments)
        .env("SYSTEMD_COLORS", "0")
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run `{name}`: {error}; name one with `--systemd-analyze`, or its saved output with `--from`"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "`{name} {}` failed ({}): {}",
            arguments.join(" "),
            output.status,
            said.trim()
        ));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| format!("`{name}` printed something that is not UTF-8"))
}

/// The snapshot: what `systemd-analyze -q syscall-filter` prints, in its order, under a head that says where it
/// comes from.
fn print(version: &str, sets: &Sets) -> String {
    let mut text = format!(
        "# SPDX-License-Identifier: LGPL-2.1-or-later\n\
         # The output of `systemd-analyze -q syscall-filter`, kept by `cargo xtask regen-tables`.\n\
         {VERSION}{version}\n"
    );
    let mut names: Vec<_> = sets.keys().collect();
    names.sort_by_key(|name| (*name != "@default", *name == "@known"));
    for name in names {
        let set = &sets[name];
        let _ = write!(text, "\n{name}\n    # {}\n", set.description);
        for member in set.sets.iter().chain(&set.calls) {
            let _ = writeln!(text, "    {member}");
        }
    }
    text
}

/// The version line in the snapshot's head.
fn version_of(text: &str) -> Option<&str> {
    text.lines()
        .take_while(|line| line.starts_with('#'))
        .find_map(|line| line.strip_prefix(VERSION))
}

/// The release number in a version line: `262` in `systemd 262 (262.1-1)`.
fn release_of(version: &str) -> Result<&str> {
    version
        .strip_prefix("systemd ")
        .and_then(|rest| rest.split(' ').next())
        .filter(|release| release.starts_with(|first: char| first.is_ascii_digit()))
        .ok_or_else(|| format!("`{version}` is not the first line of `systemd-analyze --version`"))
}

/// Reads both snapshots into one family of sets and makes sure that it is one.
pub(super) fn read(snapshots: &Snapshots) -> Result<Sets> {
    let text = snapshots.get(SNAPSHOT)?;
    let mut sets = systemd::parse(text).map_err(|error| format!("{SNAPSHOT}: {error}"))?;
    move_execve(&mut sets)?;
    for (name, set) in rust_sets::parse(snapshots.get(rust_sets::SNAPSHOT)?)? {
        if sets.insert(name.clone(), set).is_some() {
            return Err(format!("`{name}` is a set of systemd and one of ours"));
        }
    }
    require_tree(&sets)?;
    Ok(sets)
}

/// systemd allows `execve` by default because it has to start the service after its filter is on. Here the
/// filter goes on inside the program, which should not start another one unless its filter says so.
fn move_execve(sets: &mut Sets) -> Result<()> {
    let left = sets
        .get_mut("@default")
        .is_some_and(|set| set.calls.remove("execve"));
    let process = sets.get_mut("@process").ok_or("no set `@process`")?;
    if process.calls.insert("execve".into()) && !left {
        return Err(
            "`execve` is neither in `@default` nor in `@process`: see where systemd has it now"
                .into(),
        );
    }
    Ok(())
}

/// Refuses references to sets that do not exist and sets that contain themselves.
fn require_tree(sets: &Sets) -> Result<()> {
    for (name, set) in sets {
        for nested in &set.sets {
            if !sets.contains_key(nested) {
                return Err(format!(
                    "set `{name}` refers to `{nested}`, which does not exist"
                ));
            }
        }
    }
    let mut sound = BTreeSet::new();
    for name in sets.keys() {
        descend(sets, name, &mut Vec::new(), &mut sound)?;
    }
    Ok(())
}

/// Visits the sets below `name`; `path` leads to it, `sound` are those known to be without cycles.
fn descend<'a>(
    sets: &'a Sets,
    name: &'a str,
    path: &mut Vec<&'a str>,
    sound: &mut BTreeSet<&'a str>,
) -> Result<()> {
    if path.contains(&name) {
        return Err(format!(
            "set `{name}` contains itself: {} -> {name}",
            path.join(" -> ")
        ));
    }
    if sound.contains(name) {
        return Ok(());
    }
    path.push(name);
    for nested in &sets[name].sets {
        descend(sets, nested, path, sound)?;
    }
    path.pop();
    sound.insert(name);
    Ok(())
}

fn generate(snapshots: &Snapshots) -> Result<Vec<Generated>> {
    let sets = read(snapshots)?;
    let version = version_of(snapshots.get(SNAPSHOT)?)
        .ok_or_else(|| format!("{SNAPSHOT}: no line `{VERSION}…`"))?;
    let release = release_of(version)?;
    let mut text = format!(
        "// @generated by `cargo xtask regen-tables` from `data/{SNAPSHOT}` and `data/{}`; do not edit.\n\
         // Input: {version}.\n\
         // SPDX-License-Identifier: LGPL-2.1-or-later\n\n\
         use crate::{{Origin, Set}};\n\n\
         pub(crate) const SYSTEMD_VERSION: &str = {version:?};\n\
         pub(crate) const SYSTEMD_RELEASE: &str = {release:?};\n\n\
         #[rustfmt::skip]\n\
         pub(crate) static SETS: &[Set] = &[\n",
        rust_sets::SNAPSHOT
    );
    for (name, set) in &sets {
        let _ = write!(
            text,
            "    Set {{\n        name: {name:?},\n        description: {:?},\n        origin: Origin::{},\n",
            set.description,
            if set.ours { "Syscallset" } else { "Systemd" }
        );
        print_names(&mut text, "sets", &set.sets);
        print_names(&mut text, "calls", &set.calls);
        text.push_str("    },\n");
    }
    text.push_str("];\n");
    Ok(vec![
        Generated {
            path: "src/sets.rs".into(),
            text,
        },
        Generated {
            path: page::PATH.into(),
            text: page::page(&sets, version),
        },
    ])
}

/// Prints a field that holds names, one a line.
fn print_names(text: &mut String, field: &str, names: &BTreeSet<String>) {
    if names.is_empty() {
        let _ = writeln!(text, "        {field}: &[],");
        return;
    }
    let _ = writeln!(text, "        {field}: &[");
    for name in names {
        let _ = writeln!(text, "            {name:?},");
    }
    text.push_str("        ],\n");
}

#[cfg(test)]
mod tests;
