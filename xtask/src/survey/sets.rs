//! Our own sets, with the reasons of their entries.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::Result;

/// An entry of one of our sets: a call, or a set with its `@`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) set: String,
    pub(super) member: String,
    pub(super) reason: String,
}

/// Reads `rust-sets.txt`, whose form `regen-tables` checks.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn read(root: &Path) -> Result<Vec<Entry>> {
    let path = root.join("syscallset-tables/data/rust-sets.txt");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    Ok(parse(&text))
}

/// Reads `systemd-sets.txt`, whose entries have no reasons.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn read_systemd(root: &Path) -> Result<Vec<Entry>> {
    let path = root.join("syscallset-tables/data/systemd-sets.txt");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    Ok(parse_systemd(&text))
}

/// A set is a line at the margin, its members are the indented lines below it; `#` starts a comment.
pub(super) fn parse_systemd(text: &str) -> Vec<Entry> {
    let mut set = "";
    let mut entries = Vec::new();
    for line in text.lines() {
        let member = line.trim();
        if line.starts_with('@') {
            set = member;
        } else if !member.is_empty() && !member.starts_with('#') {
            entries.push(Entry {
                set: set.to_owned(),
                member: member.to_owned(),
                reason: String::new(),
            });
        }
    }
    entries
}

/// The calls of a set, those of the sets in it included.
pub(super) fn calls_of<'a>(set: &str, entries: &'a [Entry]) -> BTreeSet<&'a str> {
    let mut calls = BTreeSet::new();
    for entry in entries.iter().filter(|entry| entry.set == set) {
        if entry.member.starts_with('@') {
            calls.extend(calls_of(&entry.member, entries));
        } else {
            calls.insert(&entry.member);
        }
    }
    calls
}

pub(super) fn parse(text: &str) -> Vec<Entry> {
    let mut set = "";
    let mut entries = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, reason)) = line.split_once(':') else {
            continue;
        };
        if line.starts_with('@') {
            set = name;
            continue;
        }
        entries.push(Entry {
            set: set.to_owned(),
            member: name.trim().to_owned(),
            reason: reason.trim().to_owned(),
        });
    }
    entries
}

impl Entry {
    /// Whether the reason says why the survey does not see the call.
    pub(super) fn is_excused(&self) -> bool {
        self.reason.ends_with(')') && self.reason.contains("(unseen: ")
    }
}
