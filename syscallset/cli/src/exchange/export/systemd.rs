//! A fragment of a systemd unit.
//!
//! By systemd's own rules: the first assignment makes the list one of allowed calls and puts `@default` in
//! front, whatever release it is; a `~` at the beginning of an assignment goes for all of its words, which
//! are taken away again; behind a `~`, a word may have an errno of its own.

use std::collections::{BTreeMap, BTreeSet};

use syscallset_compiler::action::Action;

use super::{Calls, Document, Inexpressible};
use crate::exchange::import::systemd::set_members;

/// Columns of an assignment.
const WIDTH: usize = 100;

pub(super) fn export(calls: &Calls<'_>, filter: &str) -> Result<Document, Inexpressible> {
    let arch = calls.policy.arch;
    let mut faults = calls.no_conditions();
    let word = |action| match action {
        Action::KillProcess => Some("kill"),
        Action::Errno(errno) => arch.errno_name(errno),
        _ => None,
    };
    let violation = calls.policy.violation;
    if word(violation).is_none() {
        faults.push(calls.violations_fault());
    }
    let mut refused: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (action, names) in calls.special() {
        let Some(word) = word(action) else {
            faults.extend(calls.action_faults(action, names));
            continue;
        };
        refused
            .entry(word)
            .or_default()
            .extend(names.iter().map(|name| format!("{name}:{word}")));
    }
    if !faults.is_empty() {
        return Err(Inexpressible(faults));
    }

    let allowed: BTreeSet<_> = calls.allowed().iter().copied().collect();
    let implied = set_members("@default").unwrap_or_default();
    // Naming `@default` changes nothing and makes the list one of allowed calls, whatever follows. Its
    // members are named all the same: other releases have fewer.
    let mut added = vec!["@default"];
    added.extend(&allowed);
    let surplus: Vec<_> = implied
        .iter()
        .copied()
        .filter(|call| arch.number(call).is_some() && !allowed.contains(call))
        // Those with an errno of their own follow below.
        .filter(|call| calls.policy.decision(call).otherwise == violation)
        .collect();

    let mut text = format!("# {filter}\n[Service]\n");
    assign(&mut text, "", &added);
    assign(&mut text, "~", &surplus);
    for words in refused.values() {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        assign(&mut text, "~", &words);
    }
    if let (Action::Errno(_), Some(errno)) = (violation, word(violation)) {
        text.push_str("SystemCallErrorNumber=");
        text.push_str(errno);
        text.push('\n');
    }
    text.push_str("SystemCallArchitectures=native\n");

    let mut notes = vec![
        "a systemd that does not know one of the calls says so, and refuses it".to_owned(),
        "sets are written out, as each release of systemd has others".to_owned(),
        "before systemd 255, calls newer than its tables are refused like others instead of failing \
         with ENOSYS"
            .to_owned(),
    ];
    if !allowed.contains("execve") {
        notes.push(
            "a service under this list cannot start, as its manager executes it under the list: add \
             `execve` to the filter string"
                .to_owned(),
        );
    }
    Ok(Document { text, notes })
}

/// Writes words in assignments of a few.
fn assign(text: &mut String, sign: &str, words: &[&str]) {
    let mut column = 0;
    for word in words {
        if column == 0 || column + 1 + word.len() > WIDTH {
            if column > 0 {
                text.push('\n');
            }
            let head = format!("SystemCallFilter={sign}");
            column = head.len();
            text.push_str(&head);
        } else {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += word.len();
    }
    if column > 0 {
        text.push('\n');
    }
}
