//! The output of `systemd-analyze syscall-filter`: a text, not a format that systemd promises to keep.

use super::Result;
use std::collections::BTreeSet;

/// One set as systemd prints it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SystemdSet {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) sets: Vec<String>,
    pub(super) calls: Vec<String>,
}

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
pub(super) fn parse(text: &str) -> Result<Vec<SystemdSet>> {
    let mut sets: Vec<SystemdSet> = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let at = |fault: String| format!("line {}: {fault}", index + 1);
        let line = strip_control_sequences(raw).map_err(at)?;
        let line = line.trim_end();
        if line.is_empty() {
            continue;
        }
        if line.starts_with('#') {
            if sets.is_empty() {
                continue;
            }
            break;
        }
        if line.starts_with('@') {
            if !is_set_name(line) {
                return Err(at(format!("`{line}` is not a set name")));
            }
            if sets.iter().any(|set| set.name == line) {
                return Err(at(format!("set `{line}` comes twice")));
            }
            sets.push(SystemdSet {
                name: line.to_owned(),
                description: String::new(),
                sets: Vec::new(),
                calls: Vec::new(),
            });
            continue;
        }
        let word = line.trim_start();
        if word.len() == line.len() {
            return Err(at(format!("`{line}` is neither a set name nor indented")));
        }
        let Some(set) = sets.last_mut() else {
            return Err(at(format!("`{word}` stands before the first set")));
        };
        add(set, word).map_err(at)?;
    }
    require_complete(&sets)?;
    Ok(sets)
}

/// Adds one indented line to its set.
fn add(set: &mut SystemdSet, word: &str) -> Result<()> {
    if let Some(description) = word.strip_prefix('#') {
        if set.description.is_empty() && set.sets.is_empty() && set.calls.is_empty() {
            description.trim().clone_into(&mut set.description);
        }
        return Ok(());
    }
    let members = if word.starts_with('@') {
        if !is_set_name(word) {
            return Err(format!("`{word}` is not a set name"));
        }
        &mut set.sets
    } else {
        if !is_call_name(word) {
            return Err(format!("`{word}` is not a system call name"));
        }
        &mut set.calls
    };
    if members.iter().any(|member| member == word) {
        return Err(format!("`{word}` comes twice in set `{}`", set.name));
    }
    members.push(word.to_owned());
    Ok(())
}

/// Finds the signs of a text that was cut off or came from something else.
fn require_complete(sets: &[SystemdSet]) -> Result<()> {
    for name in ["@default", "@process", "@known"] {
        if !sets.iter().any(|set| set.name == name) {
            return Err(format!(
                "no set `{name}`: the text is not the complete output of `systemd-analyze syscall-filter`"
            ));
        }
    }
    for set in sets {
        if set.description.is_empty() {
            return Err(format!("set `{}` has no description", set.name));
        }
    }
    if sets.len() < FEWEST_SETS {
        return Err(format!(
            "only {} sets, at least {FEWEST_SETS} were expected: the text is not complete",
            sets.len()
        ));
    }
    let known: BTreeSet<_> = sets
        .iter()
        .filter(|set| set.name == "@known")
        .flat_map(|set| &set.calls)
        .collect();
    if known.len() < FEWEST_KNOWN {
        return Err(format!(
            "only {} calls in `@known`, at least {FEWEST_KNOWN} were expected: the text is not complete",
            known.len()
        ));
    }
    // `@known` comes last and is sorted, so a cut takes names off its end, among them some that other sets list.
    let last = known.last().expect("counted above");
    let listed = sets.iter().flat_map(|set| &set.calls);
    if let Some(missing) = listed.filter(|call| call > last).max() {
        return Err(format!(
            "`@known` ends at `{last}`, but a set lists `{missing}`: the text was cut off"
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
