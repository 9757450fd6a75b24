//! What a newer systemd changes, in the order in which a reviewer asks.

use super::{SNAPSHOT, Sets, flatten, read, release_of, version_of};
use crate::regen::{Result, Snapshots};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Tells the differences between two states of the sets; empty if there are none.
pub(in crate::regen) fn compare(old: &Snapshots, new: &Snapshots) -> Result<String> {
    let Ok(before) = read(old) else {
        // There was nothing sound to compare with, such as before the very first run.
        return Ok(String::new());
    };
    let after = read(new)?;
    let names: BTreeSet<_> = before
        .keys()
        .chain(after.keys())
        .map(String::as_str)
        .collect();
    let mut report = String::new();
    let direct: Vec<_> = names
        .iter()
        .filter_map(|name| {
            difference(&members(&before, name), &members(&after, name)).map(|told| (*name, told))
        })
        .collect();
    for (name, told) in &direct {
        let news = match (before.contains_key(*name), after.contains_key(*name)) {
            (false, true) => "a new set, ",
            (true, false) => "no longer a set, ",
            _ => "",
        };
        let _ = writeln!(report, "  {name}: {news}{told}");
    }
    let flat: Vec<_> = names
        .iter()
        .filter_map(|name| {
            difference(&flatten(&before, name), &flatten(&after, name)).map(|told| (*name, told))
        })
        .collect();
    let (ours, theirs): (Vec<_>, Vec<_>) = flat
        .into_iter()
        .partition(|(name, _)| is_ours(&after, name));
    // What changed directly is told above.
    let nested = theirs
        .iter()
        .filter(|(name, _)| !direct.iter().any(|(told, _)| told == name))
        .map(|(name, told)| format!("{name}: {told}"));
    section(&mut report, "through nested sets", nested);
    let moved = names
        .iter()
        .filter(|name| is_ours(&after, name))
        .flat_map(|name| homes(&before, &after, name));
    let ours = ours.iter().map(|(name, told)| format!("{name}: {told}"));
    section(&mut report, "our own sets", ours.chain(moved));
    let head = head(
        version_of(old.get(SNAPSHOT)?),
        version_of(new.get(SNAPSHOT)?),
    );
    Ok(head + &report)
}

/// The line that names the two versions, if they are two.
fn head(old: Option<&str>, new: Option<&str>) -> String {
    let (Some(old), Some(new)) = (old, new) else {
        return String::new();
    };
    if old == new {
        return String::new();
    }
    let number = |version| {
        release_of(version)
            .ok()
            .and_then(|release| release.parse::<f32>().ok())
    };
    let warning = if number(new) < number(old) {
        "; this is older than the tables were"
    } else {
        ""
    };
    format!("{old} -> {new}{warning}\n")
}

/// Adds a titled list, unless it is empty.
fn section(report: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    for (index, line) in lines.enumerate() {
        if index == 0 {
            let _ = writeln!(report, "  {title}:");
        }
        let _ = writeln!(report, "    {line}");
    }
}

/// What a set lists itself: nested sets, then calls.
fn members<'a>(sets: &'a Sets, name: &str) -> BTreeSet<&'a str> {
    sets.get(name)
        .into_iter()
        .flat_map(|set| set.sets.iter().chain(&set.calls))
        .map(String::as_str)
        .collect()
}

/// `+gained -lost`, or nothing.
fn difference(old: &BTreeSet<&str>, new: &BTreeSet<&str>) -> Option<String> {
    let gained = new.difference(old).map(|name| format!("+{name}"));
    let lost = old.difference(new).map(|name| format!("-{name}"));
    let words: Vec<_> = gained.chain(lost).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn is_ours(sets: &Sets, name: &str) -> bool {
    sets.get(name).is_some_and(|set| set.ours)
}

/// Which calls of a set of ours changed their place in systemd's: a call that is allowed by default now, say, may
/// have become superfluous here, and one that left all sets needs a look.
fn homes(before: &Sets, after: &Sets, name: &str) -> Vec<String> {
    let holders = |sets: &Sets, call: &str| -> BTreeSet<String> {
        sets.iter()
            .filter(|(holder, set)| {
                !set.ours && *holder != "@known" && flatten(sets, holder).contains(call)
            })
            .map(|(holder, _)| holder.clone())
            .collect()
    };
    let mut lines = Vec::new();
    for call in after[name]
        .calls
        .iter()
        .filter(|call| flatten(before, "@known").contains(call.as_str()))
    {
        let (old, new) = (holders(before, call), holders(after, call));
        for (verb, names) in [
            ("left", old.difference(&new)),
            ("is now in", new.difference(&old)),
        ] {
            let names: Vec<_> = names.cloned().collect();
            if !names.is_empty() {
                lines.push(format!("{name}: `{call}` {verb} {}", names.join(", ")));
            }
        }
    }
    lines
}
