//! The output of `systemd-analyze syscall-filter`: a text, not a format that systemd promises to keep.

use super::Result;
use super::sets::{Set, Sets};
use std::collections::btree_map::Entry;

/// Fewer are a damaged text: systemd 252 has 29 sets and 515 names in `@known`.
const FEWEST_SETS: usize = 25;
const FEWEST_KNOWN: usize = 400;

/// Takes the sets out of the output.
///
/// Comments before the first set are skipped. A comment at the start of a line after a set begins what systemd
/// says about calls outside of all sets; it depends on the kernel that happens to run, so that reading ends there.
///
/// # Errors
/// Any line that is not understood, and any sign that the text is not complete.
pub(super) fn parse(text: &str) -> Result<Sets> {
    let mut sets = Sets::new();
    let mut current: Option<String> = None;
    for (index, raw) in text.lines().enumerate() {
        let at = |fault: String| format!("line {}: {fault}", index + 1);
        let line = strip_control_sequences(raw).map_err(at)?;
        let line = line.trim_end();
        if line.is_empty() {
            continue;
        }
        if line.starts_with('#') {
            if current.is_none() {
                continue;
            }
            break;
        }
        if line.starts_with('@') {
            start(&mut sets, line).map_err(at)?;
            current = Some(line.to_owned());
            continue;
        }
        let word = line.trim_start();
        if word.len() == line.len() {
            return Err(at(format!("`{line}` is neither a set name nor indented")));
        }
        let set = current
            .as_ref()
            .and_then(|name| Some((name, sets.get_mut(name)?)));
        let (name, set) = set.ok_or_else(|| at(format!("`{word}` stands before the first set")))?;
        if set.description.is_empty() {
            set.description = description(name, word).map_err(at)?;
        } else {
            set.add(name, word).map_err(at)?;
        }
    }
    require_complete(&sets)?;
    Ok(sets)
}

/// Starts a set of this name.
fn start(sets: &mut Sets, name: &str) -> Result<()> {
    if !is_set_name(name) {
        return Err(format!("`{name}` is not a set name"));
    }
    match sets.entry(name.to_owned()) {
        Entry::Vacant(place) => place.insert(Set::default()),
        Entry::Occupied(_) => return Err(format!("set `{name}` comes twice")),
    };
    Ok(())
}

/// Reads the line below a set's name.
fn description(name: &str, word: &str) -> Result<String> {
    word.strip_prefix('#')
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .ok_or_else(|| format!("`{word}` stands where set `{name}` is described"))
}

/// Finds the signs of a text that was cut off or came from something else.
fn require_complete(sets: &Sets) -> Result<()> {
    let required = |name: &str| {
        sets.get(name)
            .ok_or_else(|| format!("no set `{name}`: the text is not the complete output of `systemd-analyze syscall-filter`"))
    };
    required("@default")?;
    required("@process")?;
    let known = &required("@known")?.calls;
    if let Some((name, _)) = sets
        .iter()
        .find(|(_, set)| set.sets.is_empty() && set.calls.is_empty())
    {
        return Err(format!(
            "set `{name}` has no members: the text is not complete"
        ));
    }
    if sets.len() < FEWEST_SETS {
        return Err(format!(
            "only {} sets, at least {FEWEST_SETS} were expected: the text is not complete",
            sets.len()
        ));
    }
    if known.len() < FEWEST_KNOWN {
        return Err(format!(
            "only {} calls in `@known`, at least {FEWEST_KNOWN} were expected: the text is not complete",
            known.len()
        ));
    }
    // `@known` comes last and is sorted, so a cut takes names off its end, among them some that other sets list.
    let listed = sets.values().flat_map(|set| &set.calls).max();
    if listed > known.last() {
        return Err(format!(
            "`@known` ends at `{}`, but a set lists `{}`: the text was cut off",
            known.last().map_or("", String::as_str),
            listed.map_or("", String::as_str)
        ));
    }
    Ok(())
}

/// Removes the control sequences for colours and underlining, which some versions print even into a pipe.
fn strip_control_sequences(line: &str) -> Result<String> {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, sequence)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        // ECMA-48 5.4: CSI, parameter bytes, intermediate bytes, one final byte.
        rest = sequence
            .strip_prefix('[')
            .map(|tail| tail.trim_start_matches(|byte| ('0'..='?').contains(&byte)))
            .map(|tail| tail.trim_start_matches(|byte| (' '..='/').contains(&byte)))
            .and_then(|tail| tail.strip_prefix(|byte| ('@'..='~').contains(&byte)))
            .ok_or("an escape character that does not start a complete control sequence")?;
    }
    plain.push_str(rest);
    Ok(plain)
}

/// Whether the word can be the name of a set, such as `@basic-io`.
pub(super) fn is_set_name(word: &str) -> bool {
    word.strip_prefix('@').is_some_and(|name| {
        name.starts_with(|first: char| first.is_ascii_lowercase())
            && name
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    })
}

/// Whether the word can be the name of a system call, such as `_llseek` or `dup3`.
pub(super) fn is_call_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && word
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

#[cfg(test)]
mod tests;
