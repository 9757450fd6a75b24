//! The YAML of elastic/go-seccomp-bpf, as its `sandbox` command reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::Op;

use super::arguments::{Test, Tests, alternatives};
use super::{Calls, Document, Inexpressible};

/// The calls that have an action: those whose arguments do not matter, and the others with tests.
type Group<'c> = (Vec<&'c str>, Vec<(&'c str, Tests)>);

pub(super) fn export(calls: &Calls<'_>, filter: &str) -> Result<Document, Inexpressible> {
    let policy = calls.policy;
    let violation = policy.violation;
    let eperm = policy.arch.errno("EPERM");
    let word = |action| match action {
        Action::Allow => Some("allow"),
        Action::KillProcess => Some("kill_process"),
        Action::KillThread => Some("kill_thread"),
        Action::Trap => Some("trap"),
        Action::Log => Some("log"),
        Action::Trace(0) => Some("trace"),
        // It has one error for all.
        Action::Errno(errno) if Some(errno) == eperm => Some("errno"),
        _ => None,
    };
    let mut faults = Vec::new();
    let Some(default) = word(violation) else {
        return Err(Inexpressible::one(calls.violations_fault()));
    };
    let mut groups: BTreeMap<Action, Group<'_>> = BTreeMap::new();
    for (action, names) in &calls.constant {
        if *action != violation {
            groups.entry(*action).or_default().0.clone_from(names);
        }
    }
    for (call, regions) in &calls.conditional {
        for (action, regions) in regions.iter().filter(|(action, _)| **action != violation) {
            for region in regions {
                let tests = alternatives(call, region)?;
                let entries = tests.into_iter().map(|tests| (*call, tests));
                groups.entry(*action).or_default().1.extend(entries);
            }
        }
    }
    let mut text = format!("# {filter}\nseccomp:\n  default_action: {default}\n  syscalls:\n");
    // Those with conditions last, because some releases go wrong about what follows a condition.
    for with_conditions in [false, true] {
        for (action, (names, entries)) in &groups {
            let Some(word) = word(*action) else {
                if !with_conditions {
                    faults.push(format!("the action {}", calls.word(*action)));
                }
                continue;
            };
            if with_conditions {
                write_entries(&mut text, word, entries);
            } else {
                write_names(&mut text, word, names);
            }
        }
    }
    if !faults.is_empty() {
        return Err(Inexpressible(faults));
    }
    let mut notes = vec![calls.newer_calls()];
    let conditional = calls.conditional.len();
    if conditional > 1 {
        notes.push(format!(
            "go-seccomp-bpf 1.6.0 forgets the call number behind a condition that does not hold: with \
             {conditional} calls under conditions, test the outcome",
        ));
    }
    Ok(Document { text, notes })
}

fn write_names(text: &mut String, action: &str, names: &[&str]) {
    if names.is_empty() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(text, "  - action: {action}\n    names:");
    for name in names {
        let _ = writeln!(text, "    - {name}");
    }
}

fn write_entries(text: &mut String, action: &str, entries: &[(&str, Tests)]) {
    if entries.is_empty() {
        return;
    }
    let _ = writeln!(text, "  - action: {action}\n    names_with_args:");
    for (name, tests) in entries {
        let _ = writeln!(text, "    - name: {name}\n      arguments:");
        for (argument, test) in tests {
            for (operation, value) in operations(*test) {
                let _ = writeln!(
                    text,
                    "      - argument: {argument}\n        operation: {operation}\n        value: {value}"
                );
            }
        }
    }
}

fn operations(test: Test) -> Vec<(&'static str, u64)> {
    match test {
        Test::Compare(op, value) => {
            let name = match op {
                Op::Eq => "Equal",
                Op::Ne => "NotEqual",
                Op::Lt => "LessThan",
                Op::Le => "LessOrEqual",
                Op::Gt => "GreaterThan",
                Op::Ge => "GreaterOrEqual",
            };
            vec![(name, value)]
        }
        Test::Bits(cube) => {
            let (set, clear) = Test::bits(cube);
            // `BitsSet` holds if one bit of several is set.
            let mut operations: Vec<_> = (0..u64::BITS)
                .map(|place| 1 << place)
                .filter(|bit| set & bit != 0)
                .map(|bit| ("BitsSet", bit))
                .collect();
            if clear != 0 {
                operations.push(("BitsNotSet", clear));
            }
            operations
        }
    }
}
