//! Where a program is weaker than it looks, whatever it is for.

use std::collections::BTreeSet;

use syscallset_compiler::action::Action;
use syscallset_compiler::insn::{Insn, OFFSET_ARCH};
use syscallset_compiler::verify::values::{Relation, Test};
use syscallset_tables::Arch;

use super::calls::Calls;
use super::contents::{Content, contents};
use super::decisions::{CallDecision, Decided, Numbers};
use super::listing::architecture;
use super::machine::Machine;
use super::operation::Operation;
use crate::warning::Warning;

/// The first number of the x32 ABI (`__X32_SYSCALL_BIT`).
const X32: u32 = 0x4000_0000;

/// The number that a tracer sets to skip a call.
const SKIPPED: u32 = u32::MAX;

/// All findings about a program.
pub(crate) fn audit(
    program: &[Insn],
    arch: Arch,
    calls: &[CallDecision],
    numbers: &[Numbers],
) -> Vec<Warning> {
    let mut findings = Vec::new();
    findings.extend(foreign(program, arch));
    findings.extend(x32(program, arch));
    findings.extend(permissive(numbers));
    findings.extend(uncacheable(calls));
    findings.extend(unclear(calls));
    findings.extend(returns(program));
    findings.extend(unreached(program));
    findings
}

fn warning(code: &'static str, message: String, help: &str) -> Warning {
    Warning {
        code,
        message,
        help: Some(help.to_owned()),
    }
}

/// Calls made through another architecture's interface.
fn foreign(program: &[Insn], arch: Arch) -> Option<Warning> {
    const HELP: &str =
        "load `arch` first, and kill where it is not the one that the numbers are of";
    let checked = program
        .iter()
        .any(|insn| Operation::decode(*insn) == Some(Operation::Load(OFFSET_ARCH)));
    if !checked {
        return Some(warning(
            "no-architecture-check",
            "the architecture is never looked at: the same numbers mean other calls through other \
             interfaces, such as `int 0x80` on x86-64"
                .to_owned(),
            HELP,
        ));
    }
    let native = Test::whole(Relation::Equal, arch.audit_arch());
    let foreign = Calls::all().with(OFFSET_ARCH, native, false)?;
    let Ok(ends) = Machine::new(program).follow(foreign) else {
        return Some(warning(
            "foreign-architecture",
            "what is decided about other architectures could not be followed".to_owned(),
            HELP,
        ));
    };
    let open: BTreeSet<_> = ends
        .iter()
        .filter(|end| end.ret.is_none_or(|ret| Action::from_ret(ret).passes()))
        .map(|end| architecture(end.calls.word(OFFSET_ARCH).0))
        .collect();
    (!open.is_empty()).then(|| {
        let open: Vec<_> = open.into_iter().collect();
        warning(
            "foreign-architecture",
            format!(
                "calls of other architectures are let through, such as those of {}",
                open.join(", ")
            ),
            HELP,
        )
    })
}

/// x32 calls have the architecture word of x86-64 and numbers of their own.
fn x32(program: &[Insn], arch: Arch) -> Option<Warning> {
    if arch != Arch::X86_64 {
        return None;
    }
    let calls = Calls::of_arch(arch.audit_arch()).numbered(X32, SKIPPED - 1)?;
    let open = Machine::new(program).follow(calls).map_or(true, |ends| {
        ends.iter()
            .any(|end| end.ret.is_none_or(|ret| Action::from_ret(ret).passes()))
    });
    open.then(|| {
        warning(
            "no-x32-guard",
            "x32 calls, whose numbers begin at 0x40000000, are let through: kernels that have x32 \
             make them whatever is refused to x86-64 calls"
                .to_owned(),
            "refuse numbers from 0x40000000 on",
        )
    })
}

/// A list of what is refused lets everything else through.
fn permissive(numbers: &[Numbers]) -> Option<Warning> {
    let open: Vec<_> = numbers
        .iter()
        .filter(|numbers| numbers.lets_through && numbers.first < X32)
        .map(|Numbers { first, last, .. }| {
            if first == last {
                first.to_string()
            } else {
                format!("{first} to {last}")
            }
        })
        .collect();
    (!open.is_empty()).then(|| {
        warning(
            "permissive-default",
            format!(
                "numbers of no call are let through ({}): calls of newer kernels will be, too",
                open.join(", ")
            ),
            "list what is allowed, and refuse the rest",
        )
    })
}

/// Allowed calls that cost the execution of the program each time.
fn uncacheable(calls: &[CallDecision]) -> Option<Warning> {
    let slow: Vec<_> = calls
        .iter()
        .filter(|call| call.decided == Decided::Always(Action::Allow) && !call.cached)
        .map(|call| call.call)
        .collect();
    (!slow.is_empty()).then(|| {
        let example = slow.first().copied().unwrap_or_default();
        warning(
            "uncacheable",
            format!(
                "the kernel cannot remember that {} of the allowed calls are allowed, `{example}` for \
                 one, and runs the program for each of them",
                slow.len()
            ),
            "decide about the number before anything is loaded but `nr` and `arch`, with comparisons \
             and masks only",
        )
    })
}

fn unclear(calls: &[CallDecision]) -> Option<Warning> {
    let unclear: Vec<_> = calls
        .iter()
        .filter(|call| call.decided == Decided::Unclear)
        .map(|call| call.call)
        .collect();
    (!unclear.is_empty()).then(|| {
        warning(
            "unclear",
            format!(
                "what is decided about {} calls could not be followed: {}",
                unclear.len(),
                unclear.join(" ")
            ),
            "simulate single calls",
        )
    })
}

/// Return values that mean something else than they seem to.
fn returns(program: &[Insn]) -> Vec<Warning> {
    let mut findings = Vec::new();
    for (at, insn) in program.iter().enumerate() {
        let Some(Operation::Return(ret)) = Operation::decode(*insn) else {
            continue;
        };
        let action = Action::from_ret(ret);
        if action == Action::Errno(0) {
            findings.push(warning(
                "pretended-success",
                format!("instruction {at} makes refused calls return 0, which most callers take for success"),
                "return an error",
            ));
        } else if action.to_ret() & 0xffff_0000 != ret & 0xffff_0000 {
            findings.push(warning(
                "unknown-action",
                format!("instruction {at} returns {ret:#010x}, no action that the kernel knows: it kills the process"),
                "return an action of seccomp(2)",
            ));
        }
    }
    findings
}

fn unreached(program: &[Insn]) -> Option<Warning> {
    let unreached: Vec<_> = contents(program)
        .iter()
        .enumerate()
        .filter(|(_, content)| **content == Content::Unreached)
        .map(|(at, _)| at.to_string())
        .collect();
    (!unreached.is_empty()).then(|| {
        warning(
            "unreached",
            format!("no way leads to instruction {}", unreached.join(", ")),
            "see whether a rule was lost",
        )
    })
}
