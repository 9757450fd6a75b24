//! What `syscallset export` writes, read by the rules of each format: the same verdicts as our program's.

use std::collections::BTreeMap;

use seccompiler::{BpfMap, TargetArch};
use serde_json::Value;
use syscallset_tables::Arch;

use crate::bpf::{Insn, decode, run};
use crate::command::{bytes, prints};
use crate::exchange::{ARGUMENTS, CONDITIONAL, ERRORS, PLAIN};

/// What our program decides, and what a reading of the document does: for all calls and some arguments.
fn holds(filter: &str, decide: impl Fn(&str, &[u64; 6]) -> u32) {
    let ours = bytes(["dump", "--arch", "x86_64", "--format", "raw", filter]);
    let ours = decode(&ours, false);
    for call in Arch::X86_64.calls() {
        for args in &ARGUMENTS {
            let (expected, _) = run(&ours, call.number, 0xc000_003e, *args);
            let found = decide(call.name, args);
            assert_eq!(found, expected, "{filter}: {}{args:x?}", call.name);
        }
    }
}

const ALLOW: u32 = 0x7fff_0000;
const KILL: u32 = 0x8000_0000;

#[test]
fn seccompiler_reads_its_json() {
    for filter in PLAIN.iter().chain(CONDITIONAL) {
        if filter.is_empty() {
            continue;
        }
        let words = [
            "export",
            "--arch",
            "x86_64",
            "--to",
            "seccompiler-json",
            filter,
        ];
        let mut document: Value = serde_json::from_str(&prints(words)).unwrap();
        // Its tables end with an older kernel; calls that they lack cannot be put into it at all.
        let newer = |rule: &Value| {
            let name = rule["syscall"].as_str().unwrap();
            let one = serde_json::json!({ "main": {
                "mismatch_action": "kill_process", "match_action": "allow", "filter": [{ "syscall": name }],
            } });
            let one = one.to_string();
            seccompiler::compile_from_json(one.as_bytes(), TargetArch::x86_64).is_err()
        };
        let rules = document["main"]["filter"].as_array_mut().unwrap();
        let dropped: Vec<_> = rules.iter().filter(|rule| newer(rule)).cloned().collect();
        rules.retain(|rule| !dropped.contains(rule));
        let dropped: Vec<_> = dropped
            .iter()
            .map(|rule| rule["syscall"].as_str().unwrap())
            .collect();
        assert!(dropped.len() < 40, "{dropped:?}");
        let text = document.to_string();
        let map: BpfMap =
            seccompiler::compile_from_json(text.as_bytes(), TargetArch::x86_64).unwrap();
        let program: Vec<_> = map["main"].iter().map(Insn::from).collect();
        let ours = decode(
            &bytes(["dump", "--arch", "x86_64", "--format", "raw", filter]),
            false,
        );
        holds(filter, |call, args| {
            let number = Arch::X86_64.number(call).unwrap();
            let program = if dropped.contains(&call) {
                &ours
            } else {
                &program
            };
            run(program, number, 0xc000_003e, *args).0
        });
    }
}

/// Reads a number as C does.
fn number(text: &str) -> u64 {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).unwrap(),
        None => text.parse().unwrap(),
    }
}

fn compare(value: u64, op: &str, with: u64) -> bool {
    match op {
        "==" => value == with,
        "!=" => value != with,
        "<" => value < with,
        "<=" => value <= with,
        ">" => value > with,
        ">=" => value >= with,
        // minijail: some bit is set; no other bit is set.
        "&" => value & with != 0,
        "in" => value & !with == 0,
        _ => panic!("operator {op}"),
    }
}

#[test]
fn minijail_policies_mean_the_same() {
    for filter in CONDITIONAL.iter().chain(&PLAIN[1..]).chain(&ERRORS[..1]) {
        let text = prints(["export", "--arch", "x86_64", "--to", "minijail", filter]);
        holds(filter, |call, args| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(&format!("{call}: ")));
            let Some(line) = line else { return KILL };
            let (terms, otherwise) = match line.split_once("; ") {
                Some((terms, otherwise)) => (terms, Some(otherwise)),
                None => (line, None),
            };
            let error = |word: &str| {
                let errno = Arch::X86_64
                    .errno(word.strip_prefix("return ").unwrap())
                    .unwrap();
                0x0005_0000 | u32::from(errno)
            };
            if terms == "1" {
                return ALLOW;
            }
            if terms.starts_with("return ") {
                return error(terms);
            }
            // The kernel's own width counts: minijail compares the whole register.
            let holds = terms.split(" || ").any(|all| {
                all.split(" && ")
                    .all(|atom| match atom.split(' ').collect::<Vec<_>>()[..] {
                        [arg, op, value] => {
                            let index: usize = arg.strip_prefix("arg").unwrap().parse().unwrap();
                            compare(args[index], op, number(value))
                        }
                        _ => panic!("{atom}"),
                    })
            });
            match (holds, otherwise) {
                (true, _) => ALLOW,
                (false, Some(otherwise)) => error(otherwise),
                (false, None) => KILL,
            }
        });
    }
}

/// A group of the YAML of go-seccomp-bpf.
struct Group {
    action: String,
    entries: Vec<Entry>,
}

/// A call, and the tests that all have to hold.
struct Entry {
    name: String,
    tests: Vec<Test>,
}

#[derive(Default)]
struct Test {
    argument: usize,
    operation: String,
    value: u64,
}

impl Test {
    fn holds(&self, args: &[u64; 6]) -> bool {
        let (argument, value) = (args[self.argument], self.value);
        match self.operation.as_str() {
            "Equal" => argument == value,
            "NotEqual" => argument != value,
            "LessThan" => argument < value,
            "LessOrEqual" => argument <= value,
            "GreaterThan" => argument > value,
            "GreaterOrEqual" => argument >= value,
            "BitsSet" => argument & value != 0,
            "BitsNotSet" => argument & value == 0,
            operation => panic!("operation {operation}"),
        }
    }
}

/// The default action and the groups.
fn read_yaml(document: &str) -> (String, Vec<Group>) {
    let mut groups: Vec<Group> = Vec::new();
    let mut default = String::new();
    let lines = document.lines().filter(|line| !line.starts_with('#'));
    for line in lines.map(|line| line.trim_start().trim_start_matches("- ")) {
        let Some((key, value)) = line.split_once(':') else {
            let (name, tests) = (line.to_owned(), Vec::new());
            groups
                .last_mut()
                .unwrap()
                .entries
                .push(Entry { name, tests });
            continue;
        };
        let value = value.trim();
        if key == "default_action" {
            value.clone_into(&mut default);
            continue;
        }
        if key == "action" {
            let (action, entries) = (value.to_owned(), Vec::new());
            groups.push(Group { action, entries });
            continue;
        }
        let Some(group) = groups.last_mut() else {
            continue;
        };
        if key == "name" {
            let (name, tests) = (value.to_owned(), Vec::new());
            group.entries.push(Entry { name, tests });
            continue;
        }
        let Some(entry) = group.entries.last_mut() else {
            continue;
        };
        match (key, entry.tests.last_mut()) {
            ("argument", _) => entry.tests.push(Test {
                argument: value.parse().unwrap(),
                ..Test::default()
            }),
            ("operation", Some(test)) => value.clone_into(&mut test.operation),
            ("value", Some(test)) => test.value = number(value),
            _ => {}
        }
    }
    (default, groups)
}

#[test]
fn go_seccomp_bpf_policies_mean_the_same() {
    for filter in CONDITIONAL.iter().chain(&PLAIN[1..]) {
        let text = prints([
            "export",
            "--arch",
            "x86_64",
            "--to",
            "go-seccomp-bpf",
            filter,
        ]);
        let (default, groups) = read_yaml(&text);
        assert_eq!(default, "kill_process");
        holds(filter, |call, args| {
            // The first group that has the call decides.
            for Group { action, entries } in &groups {
                let of_call = entries.iter().filter(|entry| entry.name == call);
                let mut of_call = of_call.map(|entry| &entry.tests);
                let matched = of_call.any(|tests| tests.iter().all(|test| test.holds(args)));
                if matched {
                    return if action == "allow" { ALLOW } else { KILL };
                }
            }
            KILL
        });
    }
}

#[test]
fn kafel_policies_list_every_call_once() {
    for filter in CONDITIONAL.iter().chain(&PLAIN[1..]).chain(ERRORS) {
        let text = prints(["export", "--arch", "x86_64", "--to", "kafel", filter]);
        // Calls without conditions, by action.
        let mut action = String::new();
        let mut found = BTreeMap::new();
        for line in text.lines().map(str::trim) {
            if let Some(word) = line.strip_suffix(" {") {
                word.clone_into(&mut action);
            } else if let Some(rest) = line.strip_prefix("SYSCALL[") {
                let (number, rest) = rest.split_once(']').unwrap();
                let conditional = rest.contains('{');
                let entries: &mut Vec<(String, bool)> =
                    found.entry(number.parse::<u32>().unwrap()).or_default();
                entries.push((action.clone(), conditional));
            }
        }
        let ours = decode(
            &bytes(["dump", "--arch", "x86_64", "--format", "raw", filter]),
            false,
        );
        for call in Arch::X86_64.calls() {
            let verdicts: Vec<_> = ARGUMENTS
                .iter()
                .map(|args| run(&ours, call.number, 0xc000_003e, *args).0)
                .collect();
            let entries = found.get(&call.number);
            let Some([(action, false)]) = entries.map(Vec::as_slice) else {
                continue;
            };
            let expected = match action.as_str() {
                "ALLOW" => ALLOW,
                "KILL_PROCESS" => KILL,
                word => {
                    let errno = word.strip_prefix("ERRNO(").unwrap().trim_end_matches(')');
                    0x0005_0000 | u32::try_from(number(errno)).unwrap()
                }
            };
            assert!(
                verdicts.iter().all(|verdict| *verdict == expected),
                "{filter}: {}",
                call.name
            );
        }
    }
}
