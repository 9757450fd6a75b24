//! The JSON of rust-vmm/seccompiler, with one thread, `main`.

use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::{self, Width};

use super::super::cubes::{Work, of_argument};
use super::super::regions::Region;
use super::super::seccompiler::{File, Kind, Op, Rule, Test, Thread, Word};
use super::{Calls, Document, Inexpressible};
use crate::describe::all_ones;

/// More alternatives than this are not written.
const MOST: usize = 1000;

pub(super) fn export(calls: &Calls<'_>) -> Result<Document, Inexpressible> {
    let violation = calls.policy.violation;
    let mut faults = Vec::new();
    for (action, names) in calls.special() {
        faults.extend(calls.action_faults(action, names));
    }
    let mut filter: Vec<_> = calls
        .allowed()
        .iter()
        .map(|call| rule(call, None))
        .collect();
    for (call, regions) in &calls.conditional {
        for action in regions.keys() {
            if *action != Action::Allow && *action != violation {
                let action = calls.word(*action);
                faults.push(format!("`{call}` has the action {action} under conditions"));
            }
        }
        for region in regions.get(&Action::Allow).into_iter().flatten() {
            for tests in alternatives(call, region)? {
                filter.push(rule(call, Some(tests)));
            }
        }
    }
    let word = Word::of(violation);
    if word.is_none() {
        faults.push(calls.violations_fault());
    }
    let (Some(mismatch_action), true) = (word, faults.is_empty()) else {
        return Err(Inexpressible(faults));
    };
    let thread = Thread {
        mismatch_action,
        match_action: Word::Allow,
        filter,
    };
    let file = File::from([("main".to_owned(), thread)]);
    let mut text = serde_json::to_string_pretty(&file)
        .map_err(|error| Inexpressible::one(error.to_string()))?;
    text.push('\n');
    Ok(Document {
        text,
        notes: vec![calls.newer_calls()],
    })
}

fn rule(call: &str, args: Option<Vec<Test>>) -> Rule {
    Rule {
        syscall: call.to_owned(),
        args,
        comment: None,
    }
}

/// A region as alternatives; all tests of one must hold.
fn alternatives(call: &str, region: &Region) -> Result<Vec<Vec<Test>>, Inexpressible> {
    let too_many = || Inexpressible::one(format!("`{call}` has too many conditions"));
    let mut alternatives = vec![Vec::new()];
    for condition in region {
        let kind = match condition.width {
            Width::U32 | Width::I32 => Kind::Dword,
            Width::U64 | Width::I64 => Kind::Qword,
        };
        let test = |op, val| Test {
            index: condition.arg,
            kind,
            op,
            val,
            comment: None,
        };
        let tests = if condition.mask == all_ones(condition.width) {
            let op = match condition.op {
                lowered::Op::Eq => Op::Eq,
                lowered::Op::Ne => Op::Ne,
                lowered::Op::Lt => Op::Lt,
                lowered::Op::Le => Op::Le,
                lowered::Op::Gt => Op::Gt,
                lowered::Op::Ge => Op::Ge,
            };
            vec![test(op, condition.value)]
        } else {
            let cubes = of_argument(&[*condition], &mut Work::new()).map_err(|_| too_many())?;
            cubes
                .iter()
                .map(|cube| test(Op::MaskedEq(cube.mask), cube.value))
                .collect()
        };
        if alternatives.len() * tests.len() > MOST {
            return Err(too_many());
        }
        alternatives = alternatives
            .iter()
            .flat_map(|alternative| {
                tests.iter().map(|test| {
                    let mut alternative = alternative.clone();
                    alternative.push(test.clone());
                    alternative
                })
            })
            .collect();
    }
    Ok(alternatives)
}
