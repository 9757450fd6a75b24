//! What must hold for every input. Each function panics where it does not.

use std::fmt::Write as _;

use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::assemble::assemble;
use syscallset_compiler::compile::{OnViolation, compile};
use syscallset_compiler::error::{Error, ErrorKind};
use syscallset_compiler::filter::Filter;
use syscallset_compiler::insn::{Insn, MAX_INSNS};
use syscallset_compiler::interpret::{Data, interpret};
use syscallset_compiler::lower::lower;
use syscallset_compiler::lowered::Lowered;
use syscallset_compiler::parse::parse;
use syscallset_compiler::render::render_all;
use syscallset_compiler::verify::{Mismatch, verify};

/// The architecture for a byte of input.
pub fn arch(byte: u8) -> Arch {
    Arch::ALL[usize::from(byte) % Arch::ALL.len()]
}

/// A filter string is compiled, or refused for a fault that can be shown; printed, it reads the same.
pub fn check_filter(source: &str, arch: Arch) {
    let printed = parse(source).ok().map(|filter| print(&filter));
    let violation = OnViolation::Action(Action::KillProcess);
    let compiled = match compile(source, arch, violation) {
        Ok(compiled) => compiled,
        Err(errors) => return check_errors(source, &errors),
    };
    let printed = printed.expect("what compiles can be parsed");
    let again = compile(&printed, arch, violation).expect("what is printed can be compiled");
    assert_eq!(
        compiled.instructions, again.instructions,
        "{source:?} and {printed:?}"
    );
    check_program(&compiled.instructions, &lower(&compiled.policy));
}

/// Prints what was parsed, whether or not its names exist.
fn print(filter: &Filter<'_>) -> String {
    let printed = filter.to_string();
    let again = parse(&printed).expect("what is printed can be parsed");
    assert_eq!(again.to_string(), printed, "printed twice");
    printed
}

fn check_errors(source: &str, errors: &[Error]) {
    assert!(!errors.is_empty(), "refused without a reason");
    for error in errors {
        assert!(
            !matches!(error.kind, ErrorKind::Unproven { .. }),
            "not proven: {source:?}: {error:?}"
        );
        let span = error.span;
        assert!(
            source.get(span.start..span.end).is_some(),
            "{source:?}: {span:?}"
        );
    }
    assert!(!render_all(source, errors).is_empty());
}

/// With more conditions than this on one call, or on all calls together, a policy need not be proven within the
/// budget: each ordering of 64 bits multiplies the ways through the program, and nobody writes so many.
const MANY_ON_A_CALL: usize = 8;
const MANY: usize = 40;

/// A policy is compiled and proven, unless it is too large for the kernel or for the proof.
pub fn check_policy(lowered: &Lowered) {
    let Ok(program) = assemble(lowered) else {
        return;
    };
    match verify(&program, lowered) {
        Ok(()) => check_program(&program, lowered),
        Err(Mismatch::TooComplex) if is_large(lowered) => {}
        Err(mismatch) => panic!("{mismatch}\n{lowered:?}\n{}", listing(&program)),
    }
}

fn is_large(lowered: &Lowered) -> bool {
    let on_a_call = lowered.runs.iter().map(|run| {
        let rules = run.decision.rules.iter();
        rules.map(|rule| rule.conditions.len()).sum::<usize>()
    });
    on_a_call.clone().sum::<usize>() > MANY || on_a_call.max() > Some(MANY_ON_A_CALL)
}

/// A program decides what its policy says, for some calls around everything that the policy names.
fn check_program(program: &[Insn], lowered: &Lowered) {
    assert!(program.len() <= MAX_INSNS);
    let native = Data {
        arch: lowered.audit_arch,
        ..Data::default()
    };
    let numbers = lowered
        .runs
        .iter()
        .flat_map(|run| [run.first, run.first.wrapping_sub(1)])
        .chain([u32::MAX, 0x4000_0000]);
    for nr in numbers {
        check_call(program, lowered, &Data { nr, ..native });
        let arch = native.arch ^ 1;
        check_call(program, lowered, &Data { nr, arch, ..native });
        for condition in lowered
            .decision(nr)
            .rules
            .iter()
            .flat_map(|rule| &rule.conditions)
        {
            let value = condition.value;
            for value in [
                value,
                value.wrapping_add(1),
                value.wrapping_sub(1),
                !value,
                value ^ 1 << 32,
            ] {
                let args = [value; 6];
                check_call(program, lowered, &Data { nr, args, ..native });
                let mut args = [0; 6];
                args[usize::from(condition.arg)] = value;
                check_call(program, lowered, &Data { nr, args, ..native });
            }
        }
    }
}

fn check_call(program: &[Insn], lowered: &Lowered, data: &Data) {
    let expected = if data.arch == lowered.audit_arch {
        lowered.decision(data.nr).evaluate(&data.args)
    } else {
        lowered.foreign
    };
    let found = interpret(program, data, lowered.big_endian).expect("the kernel takes the program");
    assert_eq!(
        found.ret,
        expected.to_ret(),
        "{data:?}\n{lowered:?}\n{}",
        listing(program)
    );
}

fn listing(program: &[Insn]) -> String {
    let lines = program.iter().enumerate();
    lines.fold(String::new(), |mut text, (at, insn)| {
        let _ = writeln!(text, "{at:4} {insn:?}");
        text
    })
}
