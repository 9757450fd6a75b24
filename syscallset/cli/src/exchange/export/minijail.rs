//! A policy for minijail0 (minijail0(5)).

use std::fmt::Write as _;

use syscallset_compiler::action::Action;

use super::arguments::{Test, Tests, alternatives, in_c};
use super::{Calls, Document, Inexpressible};

pub(super) fn export(calls: &Calls<'_>, filter: &str) -> Result<Document, Inexpressible> {
    let arch = calls.policy.arch;
    let mut faults = Vec::new();
    if arch.pointer_width() != 64 && !calls.conditional.is_empty() {
        faults.push("conditions on 32-bit architectures".to_owned());
    }
    if calls.policy.violation != Action::KillProcess {
        faults.push(calls.violations_fault());
    }
    let mut text = format!("# {filter}\n");
    for call in calls.allowed() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{call}: 1");
    }
    for (action, names) in calls.special() {
        let Some(result) = result(calls, action) else {
            faults.extend(calls.action_faults(action, names));
            continue;
        };
        for name in names {
            let _ = writeln!(text, "{name}: {result}");
        }
    }
    for (call, regions) in &calls.conditional {
        // One expression allows; what it does not allow has one action for all.
        let others: Vec<_> = regions
            .keys()
            .filter(|action| **action != Action::Allow)
            .collect();
        let otherwise = match others[..] {
            [Action::KillProcess] => String::new(),
            [action] if matches!(action, Action::Errno(_)) => {
                format!("; {}", result(calls, *action).unwrap_or_default())
            }
            _ => {
                faults.push(format!("`{call}` has conditions with different actions"));
                continue;
            }
        };
        let mut terms = Vec::new();
        for region in regions.get(&Action::Allow).into_iter().flatten() {
            terms.extend(alternatives(call, region)?.iter().map(expression));
        }
        let _ = writeln!(text, "{call}: {}{otherwise}", terms.join(" || "));
    }
    if !faults.is_empty() {
        return Err(Inexpressible(faults));
    }
    Ok(Document {
        text,
        notes: vec![calls.newer_calls()],
    })
}

fn result(calls: &Calls<'_>, action: Action) -> Option<String> {
    match action {
        Action::Errno(errno) => calls
            .policy
            .arch
            .errno_name(errno)
            .map(|name| format!("return {name}")),
        // Other words are for its compiler only, and not for minijail0 -S.
        _ => None,
    }
}

fn expression(tests: &Tests) -> String {
    let mut atoms = Vec::new();
    for (arg, test) in tests {
        match test {
            Test::Compare(op, value) => {
                let op = in_c(*op);
                atoms.push(format!("arg{arg} {op} {value:#x}"));
            }
            Test::Bits(cube) => {
                let (set, clear) = Test::bits(*cube);
                // `&` holds if one bit of several is set, `in` if no other bit is.
                let bits = (0..u64::BITS).map(|place| 1 << place);
                atoms.extend(
                    bits.filter(|bit: &u64| set & bit != 0)
                        .map(|bit| format!("arg{arg} & {bit:#x}")),
                );
                if clear != 0 {
                    atoms.push(format!("arg{arg} in {:#x}", !clear));
                }
            }
        }
    }
    atoms.join(" && ")
}
