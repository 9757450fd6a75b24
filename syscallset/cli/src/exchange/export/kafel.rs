//! A policy in the language of kafel, which nsjail reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use syscallset_compiler::action::Action;

use super::arguments::{Test, Tests, alternatives, in_c};
use super::{Calls, Document, Inexpressible};

pub(super) fn export(calls: &Calls<'_>, filter: &str) -> Result<Document, Inexpressible> {
    let mut faults = Vec::new();
    let mut entries: BTreeMap<Action, Vec<String>> = BTreeMap::new();
    for (action, names) in &calls.constant {
        let names = names.iter().map(|name| number(calls, name, None));
        entries.entry(*action).or_default().extend(names);
    }
    for (call, regions) in &calls.conditional {
        for (action, regions) in regions {
            let mut terms = Vec::new();
            for region in regions {
                terms.extend(alternatives(call, region)?.iter().map(expression));
            }
            let entry = number(calls, call, Some(&terms.join(" || ")));
            entries.entry(*action).or_default().push(entry);
        }
    }
    let mut blocks = Vec::new();
    for (action, entries) in &entries {
        let Some(word) = word(*action) else {
            faults.push(format!("the action {}", calls.word(*action)));
            continue;
        };
        blocks.push(format!(
            "    {word} {{\n        {}\n    }}",
            entries.join(",\n        ")
        ));
    }
    if !faults.is_empty() {
        return Err(Inexpressible(faults));
    }
    let enosys = calls.policy.arch.errno("ENOSYS").unwrap_or_default();
    let text = format!(
        "// {filter}\nPOLICY syscallset {{\n{}\n}}\n\nUSE syscallset DEFAULT ERRNO({enosys})\n",
        blocks.join(",\n")
    );
    Ok(Document {
        text,
        notes: Vec::new(),
    })
}

/// A call by its number, as kafel's own names and parameters depend on its release.
fn number(calls: &Calls<'_>, call: &str, expression: Option<&str>) -> String {
    let number = calls.policy.arch.number(call).unwrap_or_default();
    let mut text = format!("SYSCALL[{number}]");
    if let Some(expression) = expression {
        // Writing to a string cannot fail.
        let _ = write!(text, "(a0, a1, a2, a3, a4, a5) {{ {expression} }}");
    }
    let _ = write!(text, " /* {call} */");
    text
}

fn word(action: Action) -> Option<String> {
    Some(match action {
        Action::Allow => "ALLOW".to_owned(),
        Action::Log => "LOG".to_owned(),
        Action::KillThread => "KILL_THREAD".to_owned(),
        Action::KillProcess => "KILL_PROCESS".to_owned(),
        Action::Errno(errno) => format!("ERRNO({errno})"),
        Action::Trap => "TRAP(0)".to_owned(),
        Action::Trace(data) => format!("TRACE({data})"),
        Action::Notify => "USER_NOTIF".to_owned(),
        _ => return None,
    })
}

fn expression(tests: &Tests) -> String {
    let atoms: Vec<_> = tests
        .iter()
        .map(|(arg, test)| match test {
            Test::Compare(op, value) => {
                let op = in_c(*op);
                format!("a{arg} {op} {value:#x}")
            }
            Test::Bits(cube) => format!("(a{arg} & {:#x}) == {:#x}", cube.mask, cube.value),
        })
        .collect();
    format!("({})", atoms.join(" && "))
}
