//! Three answers to one question: what does a filter string decide about a call number? Our program,
//! interpreted; seccompiler's program for the same policy; and plain set arithmetic over the tables.
//!
//! They agree about every number of a table. Where we deliberately differ from seccompiler, which
//! kills, the test says so: numbers that no call has, x32's among them, fail with `ENOSYS`.
//!
//! The same for conditions on arguments ([`conditions`]), and against libseccomp ([`libseccomp`]).

mod arithmetic;
mod conditions;
mod libseccomp;
mod numbers;
mod peer;
mod strings;
mod tiny;

use arithmetic::{Verdict, verdicts};
use numbers::numbers;
use proptest::prelude::*;
use seccompiler::TargetArch;
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::error::ErrorKind;
use syscallset_compiler::insn::Insn;
use syscallset_compiler::interpret::{Data, interpret};

const KILL: u32 = 0x8000_0000;
const ALLOW: u32 = 0x7fff_0000;
const ERRNO: u32 = 0x0005_0000;
/// `ENOSYS` on the three architectures here.
const ENOSYS: u32 = ERRNO | 0x26;

/// Our interpreter's verdict.
fn interpreted(program: &[Insn], arch: u32, nr: u32) -> u32 {
    let data = Data {
        nr,
        arch,
        ..Data::default()
    };
    let outcome = interpret(program, &data, false).expect("the kernel would take the program");
    outcome.ret
}

/// The second interpreter's verdict.
fn run(program: &[Insn], arch: u32, nr: u32) -> u32 {
    let program: Vec<_> = program
        .iter()
        .map(|insn| (insn.code, insn.jt, insn.jf, insn.k))
        .collect();
    tiny::run(&program, nr, arch)
}

/// A string without the items that the language refuses because later ones undo them: without them, it
/// has to mean the same.
fn without_undone(source: &str, arch: Arch) -> String {
    let mut left = source.to_owned();
    while let Err(errors) = compile(&left, arch, Action::KillProcess) {
        let mut undone = errors.iter();
        let Some(undone) = undone.find(|error| matches!(error.kind, ErrorKind::Undone(_))) else {
            break;
        };
        left.replace_range(undone.span.start..undone.span.end, "");
    }
    left
}

/// Compares the three for one string.
fn compare(source: &str, arch: Arch, target: TargetArch) {
    let expected = verdicts(source, arch);
    let ours = match compile(&without_undone(source, arch), arch, Action::KillProcess) {
        Ok(program) => program.instructions,
        Err(errors) => {
            // A filter under which no process, or no Rust program, could exist is refused, and nothing
            // else here.
            let mut existence = vec!["exit", "exit_group", "rt_sigreturn"];
            syscallset_tables::set("@rust-runtime")
                .expect("the tables have the set")
                .for_each_call(&mut |call| existence.push(call));
            let refused = |call: &&str| {
                let number = arch.number(call).expect("every architecture here has it");
                expected[&number] != Verdict::Allowed
            };
            assert!(existence.iter().any(refused), "{source}: {errors:?}");
            let existence = |kind: &ErrorKind| {
                matches!(
                    kind,
                    ErrorKind::CannotExist { .. }
                        | ErrorKind::TakenFromRuntime { .. }
                        | ErrorKind::EndlessFault { .. }
                )
            };
            assert!(
                errors.iter().all(|error| existence(&error.kind)),
                "{source}: {errors:?}"
            );
            return;
        }
    };
    let theirs = peer::program(&expected, target);
    let native = arch.audit_arch();
    for nr in numbers(arch) {
        let verdict = expected.get(&nr).copied().unwrap_or(Verdict::Unknown);
        let (expected_ours, expected_theirs) = match verdict {
            Verdict::Allowed => (ALLOW, ALLOW),
            Verdict::Violation => (KILL, KILL),
            // seccompiler has two actions for a filter.
            Verdict::Errno(errno) => (ERRNO | u32::from(errno), KILL),
            // Deliberately different, and no less strict: the call is not made.
            Verdict::Unknown => (ENOSYS, KILL),
        };
        let at = || format!("\"{source}\", {} call {nr:#x}", arch.name());
        assert_eq!(interpreted(&ours, native, nr), expected_ours, "{}", at());
        assert_eq!(run(&ours, native, nr), expected_ours, "{}", at());
        // Their programs are long: one interpreter is enough for strings that take away.
        if !source.contains('~') {
            assert_eq!(
                interpreted(&theirs, native, nr),
                expected_theirs,
                "{}",
                at()
            );
        }
        assert_eq!(run(&theirs, native, nr), expected_theirs, "{}", at());
    }
    // No number is another architecture's.
    for foreign in [0, 0x4000_0003, native ^ 0x8000_0000, native + 1] {
        for nr in [0, 1, 59, 60, 231, u32::MAX] {
            assert_eq!(
                run(&ours, foreign, nr),
                KILL,
                "\"{source}\", call {nr} of {foreign:#x}"
            );
            assert_eq!(
                run(&theirs, foreign, nr),
                KILL,
                "\"{source}\", call {nr} of {foreign:#x}"
            );
        }
    }
}

#[test]
fn every_set_and_what_people_write() {
    for (arch, target) in peer::ARCHITECTURES {
        for string in strings::strings() {
            compare(&string, arch, target);
        }
    }
}

/// R11: x32's calls have the audit word of x86-64, so the number alone tells.
#[test]
fn x32_is_never_allowed() {
    let program = compile("@known", Arch::X86_64, Action::Allow)
        .unwrap()
        .instructions;
    let native = Arch::X86_64.audit_arch();
    for nr in (0x4000_0000..=0x4000_1000).chain(512..=547) {
        assert_eq!(interpreted(&program, native, nr), ENOSYS, "{nr:#x}");
    }
    for call in Arch::X32.calls() {
        assert_eq!(
            interpreted(&program, native, call.number),
            ENOSYS,
            "{}",
            call.name
        );
    }
}

/// 32-bit Arm has two names for one call, and either decides about it.
#[test]
fn a_call_of_two_names() {
    let eperm = Verdict::Errno(1);
    for (string, verdict) in [
        ("@system-service ~arm_sync_file_range:EPERM", eperm),
        ("@system-service ~sync_file_range2:EPERM", eperm),
        ("@default arm_sync_file_range", Verdict::Allowed),
    ] {
        let program = compile(string, Arch::Arm, Action::KillProcess).unwrap();
        let number = Arch::Arm.number("sync_file_range2").unwrap();
        assert_eq!(verdicts(string, Arch::Arm)[&number], verdict, "{string}");
        let expected = if verdict == eperm { ERRNO | 1 } else { ALLOW };
        let decided = run(&program.instructions, Arch::Arm.audit_arch(), number);
        assert_eq!(decided, expected, "{string}");
    }
}

/// R12: even if every call is allowed, and refused calls are, too.
#[test]
fn other_architectures_are_never_allowed() {
    for arch in Arch::ALL {
        let program = compile("@known", *arch, Action::Allow)
            .unwrap()
            .instructions;
        for other in Arch::ALL {
            if other.audit_arch() == arch.audit_arch() {
                continue;
            }
            for nr in 0..1024 {
                assert_eq!(interpreted(&program, other.audit_arch(), nr), KILL);
            }
        }
    }
}

/// R13: a tracer sets the number to -1 to skip a call; the program goes on.
#[test]
fn skipped_calls_do_not_kill() {
    for arch in Arch::ALL {
        let program = compile("", *arch, Action::KillProcess)
            .unwrap()
            .instructions;
        let expected = ERRNO | u32::from(arch.errno("ENOSYS").unwrap());
        assert_eq!(interpreted(&program, arch.audit_arch(), u32::MAX), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_combination(string in strings::any_string(), index in 0..peer::ARCHITECTURES.len()) {
        let (arch, target) = peer::ARCHITECTURES[index];
        compare(&string, arch, target);
    }
}
