//! Programs that others made: disassembled, simulated, explained and audited.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};
use serde_json::Value;

use crate::bpf::{Insn, decode, encode, run};
use crate::command::{Scratch, installed, prints};

pub(crate) const X86_64: u32 = 0xc000_003e;

/// What the command says about a program.
pub(crate) fn findings(file: &str) -> Value {
    let output = prints(["--json", "explain", "--arch", "x86_64", "--program", file]);
    serde_json::from_str(&output).unwrap()
}

/// All calls that a report says are allowed whatever their arguments.
pub(crate) fn allowed(findings: &Value) -> Vec<String> {
    let groups = findings["allowed"].as_array().unwrap().iter();
    let mut calls: Vec<_> = groups
        .flat_map(|group| group["calls"].as_array().unwrap())
        .map(|call| call.as_str().unwrap().to_owned())
        .collect();
    calls.sort();
    calls
}

/// The codes of the warnings.
pub(crate) fn codes(findings: &Value) -> Vec<&str> {
    let warnings = findings["warnings"].as_array().unwrap().iter();
    warnings
        .map(|warning| warning["code"].as_str().unwrap())
        .collect()
}

/// Holds simulated verdicts, and what is said about calls, against a machine of our own.
fn check(scratch: &Scratch, program: &[u8]) -> Value {
    let file = scratch.write("program", program);
    let instructions = decode(program, false);
    let arguments = [
        [0; 6],
        [1, 1, 1, 1, 1, 1],
        [1 << 32, 2, 1 << 32 | 2, 3, 4, 5],
    ];
    let mut words = Vec::new();
    let mut expected = Vec::new();
    for nr in (0..480).chain([0x4000_0000, u32::MAX]) {
        for args in arguments {
            let listed: Vec<_> = args.iter().map(|arg| format!("{arg:#x}")).collect();
            words.push(format!("{nr}({})", listed.join(",")));
            expected.push(run(&instructions, nr, X86_64, args));
        }
    }
    let simulate = ["--json", "simulate", "--arch", "x86_64", "--program", &file];
    let output = prints(simulate.into_iter().chain(words.iter().map(String::as_str)));
    let output: Value = serde_json::from_str(&output).unwrap();
    let verdicts = output["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), expected.len());
    for ((verdict, (ret, executed)), word) in verdicts.iter().zip(&expected).zip(&words) {
        let action = match ret & 0xffff_0000 {
            0x7fff_0000 => "allow",
            0x8000_0000 => "kill",
            0 => "kill-thread",
            0x0003_0000 => "trap",
            0x0005_0000 => ["", "EPERM"]
                .get((ret & 0xffff) as usize)
                .unwrap_or(&"EACCES"),
            other => panic!("{other:#x}"),
        };
        assert_eq!(verdict["action"], action, "{word}: {verdict}");
        assert_eq!(verdict["executed"], *executed, "{word}: {verdict}");
    }
    // What is allowed whatever the arguments is allowed with these.
    let findings = findings(&file);
    let always = allowed(&findings);
    for call in syscallset_tables::Arch::X86_64.calls() {
        let made: Vec<_> = arguments
            .iter()
            .map(|args| run(&instructions, call.number, X86_64, *args).0 == 0x7fff_0000)
            .collect();
        let conditional = findings["conditional"].as_array().unwrap().iter();
        let conditional = conditional
            .filter(|entry| entry["call"] == call.name)
            .count()
            == 1;
        let always = always.iter().any(|name| name == call.name);
        assert!(
            if conditional {
                !always
            } else {
                made.iter().all(|made| *made == always)
            },
            "{}: {made:?}",
            call.name
        );
    }
    // The listing names as many instructions.
    let listing = prints(["dump", "--arch", "x86_64", "--program", &file]);
    let lines = listing.lines().filter(|line| line.starts_with('l')).count();
    assert_eq!(lines, instructions.len(), "{listing}");
    findings
}

fn libseccomp(scratch: &Scratch, which: &str) -> Option<Vec<u8>> {
    let gcc = installed("gcc")?;
    if !PathBuf::from("/usr/include/seccomp.h").exists() {
        crate::command::skip("there is no libseccomp-dev");
        return None;
    }
    let program = scratch.path("libseccomp");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cli/foreign.c");
    let built = Command::new(gcc)
        .args([source, "-lseccomp", "-o"])
        .arg(&program)
        .status();
    assert!(built.unwrap().success());
    let output = Command::new(&program).arg(which).output().unwrap();
    assert!(output.status.success());
    Some(output.stdout)
}

/// The cases of a call that depends on its arguments, each as `action: a and b or c`, and the rest.
fn cases(findings: &Value, call: &str) -> (Vec<String>, String) {
    let entries = findings["conditional"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["call"] == call).unwrap();
    let texts = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let cases = entry["cases"].as_array().unwrap().iter().map(|case| {
        let alternatives = case["alternatives"].as_array().unwrap().iter();
        let alternatives: Vec<_> = alternatives.map(|all| texts(all).join(" and ")).collect();
        format!(
            "{}: {}",
            case["action"].as_str().unwrap(),
            alternatives.join(" or ")
        )
    });
    (
        cases.collect(),
        entry["otherwise"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn a_list_of_allowed_calls_by_libseccomp() {
    let scratch = Scratch::new();
    let Some(program) = libseccomp(&scratch, "allowed") else {
        return;
    };
    let findings = check(&scratch, &program);
    assert_eq!(allowed(&findings), ["exit_group", "read", "write"]);
    assert_eq!(findings["refused"]["EACCES"], serde_json::json!(["mount"]));
    // libseccomp looks at all 64 bits; the upper half is said as what it is.
    let (openat, rest) = cases(&findings, "openat");
    assert_eq!((openat.len(), rest.as_str()), (1, "kill"));
    assert!(openat[0].starts_with("allow: flags&0x3=0"), "{openat:?}");
    let (socket, rest) = cases(&findings, "socket");
    assert_eq!((socket.len(), rest.as_str()), (1, "kill"));
    assert!(socket[0].contains("domain=AF_UNIX"), "{socket:?}");
    let codes = codes(&findings);
    for code in [
        "no-architecture-check",
        "no-x32-guard",
        "permissive-default",
    ] {
        assert!(!codes.contains(&code), "{codes:?}");
    }
}

#[test]
fn a_list_of_refused_calls_by_libseccomp() {
    let scratch = Scratch::new();
    let Some(program) = libseccomp(&scratch, "refused") else {
        return;
    };
    let findings = check(&scratch, &program);
    assert_eq!(
        findings["refused"]["EPERM"],
        serde_json::json!(["openat", "ptrace"])
    );
    let codes = codes(&findings);
    for code in [
        "permissive-default",
        "io-uring",
        "exec",
        "takeover",
        "sibling",
        "wide",
    ] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    assert!(!codes.contains(&"no-architecture-check"), "{codes:?}");
}

#[test]
fn programs_by_seccompiler() {
    let condition = |arg, len, op, value| SeccompCondition::new(arg, len, op, value).unwrap();
    let socket = SeccompRule::new(vec![
        condition(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, 1),
        condition(1, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(0xf), 2),
    ]);
    let mmap = SeccompRule::new(vec![condition(
        1,
        SeccompCmpArgLen::Qword,
        SeccompCmpOp::Le,
        4096,
    )]);
    let rules: BTreeMap<i64, Vec<SeccompRule>> = [
        (0, vec![]),
        (1, vec![]),
        (231, vec![]),
        (41, vec![socket.unwrap()]),
        (9, vec![mmap.unwrap()]),
    ]
    .into();
    for (mismatch, matching, permissive) in [
        (SeccompAction::KillProcess, SeccompAction::Allow, false),
        (SeccompAction::Allow, SeccompAction::Errno(1), true),
    ] {
        let filter =
            SeccompFilter::new(rules.clone(), mismatch, matching, TargetArch::x86_64).unwrap();
        let program: seccompiler::BpfProgram = filter.try_into().unwrap();
        let program: Vec<_> = program.iter().map(Insn::from).collect();
        let scratch = Scratch::new();
        let findings = check(&scratch, &encode(&program));
        let codes = codes(&findings);
        assert_eq!(
            codes.contains(&"permissive-default"),
            permissive,
            "{codes:?}"
        );
        // Its programs know nothing of x32.
        assert_eq!(codes.contains(&"no-x32-guard"), permissive, "{codes:?}");
        if permissive {
            assert_eq!(
                findings["refused"]["EPERM"],
                serde_json::json!(["exit_group", "read", "write"])
            );
        } else {
            assert_eq!(allowed(&findings), ["exit_group", "read", "write"]);
            let (socket, rest) = cases(&findings, "socket");
            assert_eq!(
                (socket.join(" "), rest.as_str()),
                (
                    "allow: domain=AF_UNIX and type&0xf=SOCK_DGRAM".into(),
                    "kill"
                )
            );
        }
    }
}
