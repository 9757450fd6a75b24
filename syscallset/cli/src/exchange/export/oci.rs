//! `linux.seccomp` of the OCI runtime specification.

use std::collections::BTreeMap;

use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::Op;

use super::arguments::{Test, Tests, alternatives};
use super::{Calls, Document, Inexpressible};
use crate::exchange::oci::{Argument, Rule, Seccomp, action_words, architecture};

pub(super) fn export(calls: &Calls<'_>) -> Result<Document, Inexpressible> {
    let arch = calls.policy.arch;
    let mut faults = Vec::new();
    let architecture = architecture(arch)
        .ok_or_else(|| Inexpressible::one(format!("libseccomp has no name for {}", arch.name())))?;
    // Everything that is known is listed, so that the default is for calls newer than the tables.
    let default = Action::Errno(arch.errno("ENOSYS").unwrap_or_default());
    let mut rules = Vec::new();
    let mut push = |action: Action, names: Vec<&str>, args: Option<Vec<Argument>>| {
        if action == default && args.is_none() {
            return;
        }
        let Some((word, errno_ret)) = action_words(action) else {
            // Not hundreds of calls that nobody has named.
            faults.push(if action == calls.policy.violation && args.is_none() {
                calls.violations_fault()
            } else {
                format!("the action {} ({})", calls.word(action), names.join(" "))
            });
            return;
        };
        rules.push(Rule {
            names: names.into_iter().map(str::to_owned).collect(),
            name: None,
            action: word.to_owned(),
            errno_ret,
            errno: None,
            args,
            comment: None,
            includes: None,
            excludes: None,
        });
    };
    // What is allowed first, as people expect it.
    let mut constant: Vec<_> = calls.constant.iter().collect();
    constant.sort_by_key(|(action, _)| **action != Action::Allow);
    for (action, names) in constant {
        push(*action, names.clone(), None);
    }
    for (call, regions) in &calls.conditional {
        for (action, tests) in conditional(call, regions)? {
            push(action, vec![call], Some(arguments(&tests)));
        }
    }
    if !faults.is_empty() {
        return Err(Inexpressible(faults));
    }
    let (default_action, default_errno_ret) = action_words(default).unwrap_or_default();
    let profile = Seccomp {
        default_action: default_action.to_owned(),
        default_errno_ret,
        default_errno: None,
        architectures: vec![architecture.to_owned()],
        arch_map: None,
        flags: Vec::new(),
        listener_path: None,
        listener_metadata: None,
        syscalls: rules,
    };
    let mut text = serde_json::to_string_pretty(&profile)
        .map_err(|error| Inexpressible::one(error.to_string()))?;
    text.push('\n');
    let notes = if calls.allowed().contains(&"execve") {
        Vec::new()
    } else {
        vec![
            "a container under this profile cannot start, as its runtime executes the program under the \
             profile: add `execve` to the filter string"
                .to_owned(),
        ]
    };
    Ok(Document { text, notes })
}

fn conditional(
    call: &str,
    regions: &BTreeMap<Action, Vec<super::Region>>,
) -> Result<Vec<(Action, Tests)>, Inexpressible> {
    let mut alternatives_of = Vec::new();
    for (action, regions) in regions {
        for region in regions {
            let tests = alternatives(call, region)?;
            alternatives_of.extend(tests.into_iter().map(|tests| (*action, tests)));
        }
    }
    Ok(alternatives_of)
}

fn arguments(tests: &Tests) -> Vec<Argument> {
    tests
        .iter()
        .map(|(index, test)| {
            let (op, value, value_two) = match *test {
                Test::Compare(op, value) => {
                    let op = match op {
                        Op::Eq => "SCMP_CMP_EQ",
                        Op::Ne => "SCMP_CMP_NE",
                        Op::Lt => "SCMP_CMP_LT",
                        Op::Le => "SCMP_CMP_LE",
                        Op::Gt => "SCMP_CMP_GT",
                        Op::Ge => "SCMP_CMP_GE",
                    };
                    (op, value, 0)
                }
                Test::Bits(cube) => ("SCMP_CMP_MASKED_EQ", cube.mask, cube.value),
            };
            Argument {
                index: u32::from(*index),
                value,
                value_two,
                op: op.to_owned(),
            }
        })
        .collect()
}
