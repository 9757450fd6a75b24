//! `syscallset export` and `import`: what goes out comes back, and what cannot go out is an error.

use std::fmt::Write as _;

use seccompiler::{BpfMap, TargetArch};
use serde_json::Value;
use syscallset_tables::{Arch, SETS};

use crate::bpf::{Insn, decode, run};
use crate::command::{Scratch, bytes, prints, refuses, syscallset};

/// Filters that all formats with conditions can say, whatever is refused being killed.
const CONDITIONAL: &[&str] = &[
    "@basic-io socket(domain=AF_UNIX)",
    "@basic-io openat(flags&O_ACCMODE=O_RDONLY) kill(sig<10) kill(sig=SIGTERM)",
    "@system-service ~socket socket(domain=AF_UNIX,type&0xf=SOCK_STREAM) ~@privileged",
    "@basic-io fcntl(cmd<=F_SETFL) clone(clone_flags&CLONE_NEWUSER=0) personality(persona!=8)",
    "@basic-io ~lseek lseek(offset>=0) setsockopt(level=SOL_SOCKET) setsockopt(level=6,optname=1)",
];

/// Filters of names alone.
const PLAIN: &[&str] = &[
    "",
    "@basic-io",
    "@system-service ~@network-io ~@privileged",
    "@basic-io @file-system @network-io ~openat2 execve",
    "@known ~@mount ~@swap ~@reboot ~@module",
    "@basic-io ~mseal ~uname ~@sandbox",
];

/// Filters with errors of single calls.
const ERRORS: &[&str] = &[
    "@basic-io ~mount:EPERM ~ptrace:ENOSYS",
    "@system-service ~@network-io:EACCES ~@privileged:EPERM",
];

/// Exports, imports, exports again; the documents have to be the same but for the comment.
fn comes_back(filter: &str, violation: &str, to: &str, from: &str) -> String {
    let scratch = Scratch::new();
    let export = |filter: &str| {
        let filter = if filter.is_empty() { " " } else { filter };
        let words = [
            "export",
            "--arch",
            "x86_64",
            "--on-violation",
            violation,
            "--to",
            to,
        ];
        prints(words.into_iter().chain([filter]))
    };
    let first = export(filter);
    let file = scratch.write("document", &first);
    let import = [
        "--json", "import", "--arch", "x86_64", "--exact", "--from", from, &file,
    ];
    let found: Value = serde_json::from_str(&prints(import)).unwrap();
    assert_eq!(found["extra"], serde_json::json!([]), "{filter}");
    assert_eq!(found["unknown"], serde_json::json!([]), "{filter}");
    if to != "names" {
        assert_eq!(found["on_violation"], violation, "{filter}");
    }
    let again = found["filter"].as_str().unwrap();
    let second = export(again);
    if CONDITIONAL.contains(&filter) {
        // The same alternatives, perhaps in another order.
        let same = |filter: &str| bytes(["dump", "--arch", "x86_64", "--format", "raw", filter]);
        let (ours, found) = (decode(&same(filter), false), decode(&same(again), false));
        for call in Arch::X86_64.calls() {
            for args in &ARGUMENTS {
                let verdict = |program: &[Insn]| run(program, call.number, 0xc000_003e, *args).0;
                assert_eq!(
                    verdict(&ours),
                    verdict(&found),
                    "{filter} in {to}: {}{args:x?}",
                    call.name
                );
            }
        }
        let items = again.split_whitespace().count();
        assert!(
            items <= filter.split_whitespace().count() + 2,
            "{filter} in {to} comes back as {again}"
        );
        return again.to_owned();
    }
    let body = |text: &str| -> String {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.fold(String::new(), |text, line| text + line + "\n")
    };
    assert_eq!(
        body(&first),
        body(&second),
        "{filter} in {to} comes back as {again}"
    );
    again.to_owned()
}

#[test]
fn what_goes_out_comes_back() {
    for filter in PLAIN {
        for (to, from) in [
            ("oci", "oci"),
            ("docker", "oci"),
            ("podman", "oci"),
            ("systemd", "systemd"),
            ("seccompiler-json", "seccompiler-json"),
            ("names", "names"),
        ] {
            let again = comes_back(filter, "kill", to, from);
            let (before, after) = (
                filter.split_whitespace().count(),
                again.split_whitespace().count(),
            );
            // `@sandbox` and the like go one by one where std needs something of them.
            assert!(
                after <= before + 2,
                "{filter} in {to} comes back as {again}"
            );
            // In other words, the same filter.
            let filter = if filter.is_empty() { " " } else { filter };
            let again = if again.is_empty() { " " } else { &again };
            syscallset(["diff", "--arch", "x86_64", filter, again]).run();
        }
        for violation in ["EPERM", "ENOSYS"] {
            comes_back(filter, violation, "oci", "oci");
            comes_back(filter, violation, "systemd", "systemd");
            comes_back(filter, violation, "seccompiler-json", "seccompiler-json");
        }
    }
    for filter in CONDITIONAL {
        comes_back(filter, "kill", "oci", "oci");
        comes_back(filter, "EACCES", "oci", "oci");
        comes_back(filter, "trap", "seccompiler-json", "seccompiler-json");
    }
    for filter in ERRORS {
        comes_back(filter, "kill", "oci", "oci");
        comes_back(filter, "EROFS", "systemd", "systemd");
    }
}

#[test]
fn nothing_is_dropped() {
    for (filter, violation, to, fault) in [
        (
            "read socket(domain=AF_UNIX)",
            "kill",
            "names",
            "`socket` is allowed under conditions",
        ),
        (
            "read ~openat:EPERM",
            "kill",
            "names",
            "`openat` has the action EPERM",
        ),
        (
            "read ~openat:EPERM",
            "kill",
            "seccompiler-json",
            "`openat` has the action EPERM",
        ),
        ("read ~openat:notify", "kill", "oci", "notify"),
        ("read ~openat:notify", "kill", "docker", "notify"),
        ("read ~openat:EACCES", "kill", "go-seccomp-bpf", "EACCES"),
        ("read", "EACCES", "go-seccomp-bpf", "EACCES"),
        ("read ~openat:trap", "kill", "minijail", "trap"),
        ("read", "EPERM", "minijail", "EPERM"),
        ("read", "notify", "go-seccomp-bpf", "notify"),
        ("read", "notify", "seccompiler-json", "notify"),
    ] {
        let words = [
            "export",
            "--arch",
            "x86_64",
            "--on-violation",
            violation,
            "--to",
            to,
            filter,
        ];
        let said = refuses(words);
        assert!(
            said.contains(&format!("the format `{to}` cannot say all of the filter"))
                && said.contains(fault),
            "{filter} in {to}: {said}"
        );
    }
    for arch in ["csky", "armeb"] {
        let said = refuses(["export", "--arch", arch, "--to", "oci", "@basic-io"]);
        assert!(said.contains(arch), "{said}");
    }
}

/// Arguments on both sides of what the conditions look at.
const ARGUMENTS: [[u64; 6]; 5] = [
    [0; 6],
    [1, 1, 1, 1, 1, 1],
    [2, 15, 0x241, 6, 9, 9],
    [0x1000_0000, 0x200, 4, 2, 0, 0],
    [8, u64::MAX, 7, 3, 1, 1],
];

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
        let program: Vec<_> = map["main"]
            .iter()
            .map(|insn| Insn {
                code: insn.code,
                jt: insn.jt,
                jf: insn.jf,
                k: insn.k,
            })
            .collect();
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
        // The first group that has the call decides.
        let mut groups: Vec<(String, Vec<(String, Vec<(usize, String, u64)>)>)> = Vec::new();
        let mut default = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let trimmed = line.trim_start().trim_start_matches("- ");
            let value = trimmed.split_once(": ").map_or("", |(_, value)| value);
            let last = groups.last_mut();
            let key = if trimmed.contains(':') {
                trimmed.split(':').next()
            } else {
                None
            };
            match key.unwrap_or_default() {
                "default_action" => value.clone_into(&mut default),
                "action" => groups.push((value.to_owned(), Vec::new())),
                "name" => last.unwrap().1.push((value.to_owned(), Vec::new())),
                "argument" => {
                    let tests = &mut last.unwrap().1.last_mut().unwrap().1;
                    tests.push((value.parse().unwrap(), String::new(), 0));
                }
                "operation" => {
                    let tests = &mut last.unwrap().1.last_mut().unwrap().1;
                    value.clone_into(&mut tests.last_mut().unwrap().1);
                }
                "value" => {
                    last.unwrap().1.last_mut().unwrap().1.last_mut().unwrap().2 = number(value)
                }
                "seccomp" | "syscalls" | "names" | "names_with_args" | "arguments" => {}
                _ => last.unwrap().1.push((trimmed.to_owned(), Vec::new())),
            }
        }
        assert_eq!(default, "kill_process");
        holds(filter, |call, args| {
            for (action, entries) in &groups {
                let matched = entries
                    .iter()
                    .filter(|(name, _)| name == call)
                    .any(|(_, tests)| {
                        tests.iter().all(|(index, op, value)| {
                            let arg = args[*index];
                            match op.as_str() {
                                "Equal" => arg == *value,
                                "NotEqual" => arg != *value,
                                "LessThan" => arg < *value,
                                "LessOrEqual" => arg <= *value,
                                "GreaterThan" => arg > *value,
                                "GreaterOrEqual" => arg >= *value,
                                "BitsSet" => arg & value != 0,
                                "BitsNotSet" => arg & value == 0,
                                op => panic!("operation {op}"),
                            }
                        })
                    });
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
        let mut found = std::collections::BTreeMap::new();
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

#[test]
fn every_set_is_found_again() {
    let scratch = Scratch::new();
    for set in SETS {
        let mut names = String::new();
        set.for_each_call(&mut |call| {
            let _ = writeln!(names, "{call}");
        });
        let file = scratch.write("names", names);
        let import = [
            "--json", "import", "--arch", "x86_64", "--from", "names", &file,
        ];
        let found: Value = serde_json::from_str(&prints(import)).unwrap();
        let items = found["filter"].as_str().unwrap().split_whitespace().count();
        let least = usize::try_from(found["least_items"].as_u64().unwrap()).unwrap();
        assert!(items <= 1 && items <= least + 1, "{}: {found}", set.name);
    }
}

#[test]
fn extra_calls_are_listed() {
    let scratch = Scratch::new();
    let file = scratch.write(
        "names",
        "read write close lseek readv writev dup dup2 dup3 pread64 pwrite64",
    );
    let exact = prints(["import", "--arch", "x86_64", "--from", "names", &file]);
    let ended = syscallset([
        "import",
        "--arch",
        "x86_64",
        "--from",
        "names",
        "--allow-extra",
        "10",
        &file,
    ])
    .run();
    let ended = ended.exits(0).complains("it also allows ");
    assert_eq!(ended.stdout, "@basic-io\n");
    assert!(exact.len() > ended.stdout.len());
}
