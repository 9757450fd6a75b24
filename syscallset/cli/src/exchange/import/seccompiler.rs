//! The JSON of rust-vmm/seccompiler.

use syscallset_compiler::lowered::{self, Condition, Width};

use super::super::profile::{Completeness, Profile};
use super::super::seccompiler::{File, Kind, Op, Rule, Test, Thread};
use super::{Circumstances, json_fault};
use crate::describe::all_ones;

pub(super) fn import(bytes: &[u8], circumstances: &Circumstances) -> Result<Profile, String> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| json_fault(&error))?;
    let thread = choose(&file, circumstances.thread.as_deref())?;
    let default = thread.mismatch_action.action()?;
    let matched = thread.match_action.action()?;
    let mut profile = Profile::new(circumstances.arch, default, Completeness::Whole);
    for Rule { syscall, args, .. } in &thread.filter {
        let conditions: Result<Vec<_>, _> = args.iter().flatten().map(condition).collect();
        let conditions = conditions?;
        let whole = conditions.is_empty();
        let mixed = profile.calls.get(syscall.as_str()).is_some_and(|listed| {
            if whole {
                !listed.rules.is_empty()
            } else {
                listed.otherwise.is_some()
            }
        });
        if mixed {
            return Err(format!("`{syscall}` is listed with conditions and without"));
        }
        profile.add(syscall, conditions, matched)?;
    }
    Ok(profile)
}

fn choose<'f>(file: &'f File, name: Option<&str>) -> Result<&'f Thread, String> {
    let names = || {
        let names: Vec<_> = file.keys().map(String::as_str).collect();
        names.join(", ")
    };
    match (name, file.len()) {
        (Some(name), _) => file
            .get(name)
            .ok_or_else(|| format!("there is no thread `{name}` in it, but {}", names())),
        (None, 1) => file
            .values()
            .next()
            .ok_or_else(|| "there is no filter in it".to_owned()),
        (None, 0) => Err("there is no filter in it".to_owned()),
        (None, _) => Err(format!(
            "it has filters for several threads: choose one of {} with `--thread`",
            names()
        )),
    }
}

fn condition(test: &Test) -> Result<Condition, String> {
    let Test {
        index,
        kind,
        op,
        val,
        ..
    } = *test;
    if index > 5 {
        return Err(format!(
            "an argument has the index {index}, 0 to 5 are possible"
        ));
    }
    let width = match kind {
        Kind::Dword => Width::U32,
        Kind::Qword => Width::U64,
    };
    let all = all_ones(width);
    let (op, mask) = match op {
        Op::Eq => (lowered::Op::Eq, all),
        Op::Ge => (lowered::Op::Ge, all),
        Op::Gt => (lowered::Op::Gt, all),
        Op::Le => (lowered::Op::Le, all),
        Op::Lt => (lowered::Op::Lt, all),
        Op::Ne => (lowered::Op::Ne, all),
        Op::MaskedEq(mask) => (lowered::Op::Eq, mask & all),
    };
    // It compares the masked bits of both, and as many of them as the type has.
    let value = val & mask;
    Ok(Condition {
        arg: index,
        width,
        mask,
        op,
        value,
    })
}
