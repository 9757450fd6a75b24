//! What people get wrong on the command line: the message says what to write instead.

use std::fs;

use crate::command::{Scratch, prints, syscallset};

/// The command refuses these arguments with this status, and says all of this.
fn says(words: &[&str], status: i32, parts: &[&str]) {
    let ended = syscallset(words.iter().copied()).run().exits(status);
    assert_eq!(ended.stdout, "", "{words:?}");
    for part in parts {
        assert!(ended.stderr.contains(part), "{words:?}: {part}\n{ended}");
    }
}

#[test]
fn what_is_missing_is_said() {
    says(
        &["run", "@basic-io"],
        2,
        &[
            "no command to run",
            "help: write it behind the filter string",
        ],
    );
    says(
        &["trace"],
        2,
        &["a command is missing", "help: write it behind the options"],
    );
    says(
        &["sets", ""],
        2,
        &["not the name of a set or call", "help: a set has an `@`"],
    );
    says(
        &["simulate", "read", ""],
        2,
        &["not the name of a call", "help: write a call like"],
    );
    says(
        &["simulate", "read", "99999999999"],
        2,
        &["`99999999999` is not the number of a call", "32 bits"],
    );
    says(
        &["simulate", "@basic-io", "~read", "read"],
        2,
        &["`~read` is not a call", "write it in quotes"],
    );
}

#[test]
fn words_in_another_order_are_told_the_order() {
    says(
        &["run", "ls", "@basic-io"],
        2,
        &[
            "unknown system call `ls`",
            "help: the filter string comes first, then the command",
        ],
    );
    says(
        &["run", "@basic-io", "--verbose", "ls"],
        2,
        &[
            "`--verbose` is no command",
            "help: options of `run` stand before the filter string",
        ],
    );
    says(
        &["simulate", "read", "@basic-io openat"],
        2,
        &["help: the filter string comes first, then the calls"],
    );
    says(
        &["@basic-io"],
        2,
        &["tip: `syscallset explain \"@basic-io\"` says what"],
    );
    let scratch = Scratch::new();
    let file = scratch.write("policy", "@basic-io");
    says(
        &["explain", &file],
        2,
        &[&format!(
            "help: there is a file `{file}`: with `--policy {file}`, "
        )],
    );
}

#[test]
fn a_comparison_that_fails_finds_no_difference() {
    says(
        &["diff", "read", "--sets", "/no/such/file"],
        2,
        &["`/no/such/file`"],
    );
    says(
        &["diff", "--policy", "/no/such/file", "read"],
        2,
        &["`/no/such/file`"],
    );
}

#[test]
fn a_filter_to_compare_with_makes_no_string() {
    for option in ["--oci", "--quiet", "--generalise", "--tight"] {
        let words = ["profile", "/bin/true", "--filter", "@basic-io", option];
        says(&words, 2, &["cannot be used with"]);
    }
}

#[test]
fn what_cannot_be_analysed_is_said() {
    let scratch = Scratch::new();
    for (bytes, part) in [
        (
            &b"#!/bin/sh\n"[..],
            "it is a script; analyse the interpreter",
        ),
        (b"\x7fELF\x01\x01\x01\0", "it is not 64-bit little-endian"),
        (b"\x7fELF\x02\x01\x01\0", "its header is damaged"),
        (b"text\n", "it is of another format"),
    ] {
        says(&["profile", &scratch.write("file", bytes)], 1, &[part]);
    }
}

#[test]
fn reports_need_somebody_who_reports() {
    for command in [
        &["explain", "read"][..],
        &["dump", "read"],
        &["diff", "read", "write"],
        &["simulate", "read", "write"],
        &["export", "read", "--to", "names"],
    ] {
        let words = [command, &["--on-violation", "report"]].concat();
        says(
            &words,
            2,
            &["`report` is for `syscallset run`", "help: write `kill`"],
        );
    }
}

#[test]
fn standard_input_goes_by_its_name() {
    for (words, part) in [
        (
            &["dump", "--program", "-"][..],
            "error: standard input is no program",
        ),
        (
            &["import", "--from", "names", "-"],
            "error: standard input: ",
        ),
        (&["diff", "read", "--sets", "-"], "error: standard input: "),
    ] {
        // That of `diff` for a difference is 1.
        let status = if words[0] == "diff" { 2 } else { 1 };
        says(words, status, &[part]);
    }
    for command in ["explain", "run"] {
        let help = prints([command, "--help"]);
        assert!(help.contains("`-` for standard input"), "{help}");
    }
}

#[test]
fn files_of_another_kind_are_called_that() {
    let scratch = Scratch::new();
    let file = scratch.write("file", "root:x:0");
    for from in ["oci", "seccompiler-json"] {
        says(&["import", "--from", from, &file], 1, &["it is no JSON: "]);
    }
    says(
        &["diff", "read", "--sets", &file],
        2,
        &["help: the file must be what `systemd-analyze syscall-filter` prints"],
    );
    let missing = format!("{file}.missing");
    says(
        &["inspect", &missing],
        1,
        &[&format!("error: cannot read `{missing}`: ")],
    );
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    for words in [
        &["profile", "/bin/true", "--check", "--tight"][..],
        &["profile", "/bin/true", "--check", "--generalise"],
        &[
            "profile",
            "/bin/true",
            "--explain",
            "read",
            "--allow-extra=3",
        ],
        &["profile", "/bin/true", "--check", "--indirect"],
        &["profile", "/bin/true", "--quiet", "--indirect"],
        &["profile", "/bin/true", "--oci", "--indirect"],
        &["explain", "--program", "/bin/true", "--verbose"],
        &["explain", "--all-arches", "--verbose", "read"],
    ] {
        says(words, 2, &["cannot be used with"]);
    }
    for format in ["asm", "c", "rust", "raw", "dot"] {
        says(
            &["dump", "read", "--json", "--format", format],
            2,
            &["`--json`", "leave one of them out"],
        );
    }
    let json = prints(["dump", "read", "--format", "json"]);
    assert_eq!(prints(["dump", "read", "--json", "--format", "json"]), json);
    assert_eq!(prints(["dump", "read", "--json"]), json);
    let scratch = Scratch::new();
    let file = scratch.write("names", "read write");
    says(
        &["import", "--from", "names", "--thread", "main", &file],
        2,
        &["`--thread` is for `--from seccompiler-json`"],
    );
    says(
        &[
            "import",
            "--from",
            "names",
            "--capability",
            "CAP_BPF",
            &file,
        ],
        2,
        &["`--capability` is for `--from oci`"],
    );
}

#[test]
fn capabilities_that_no_rule_knows_are_noted() {
    let scratch = Scratch::new();
    let file = scratch.write(
        "profile",
        r#"{"defaultAction": "SCMP_ACT_KILL_PROCESS", "syscalls": [
            {"names": ["read"], "action": "SCMP_ACT_ALLOW"},
            {"names": ["bpf"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_BPF"]}}
        ]}"#,
    );
    let import = |capability| {
        syscallset(["import", "--from", "oci", "--capability", capability, &file])
            .run()
            .exits(0)
    };
    let ended = import("BPF");
    let note = "no rule asks for the capability `BPF`; some ask for CAP_BPF";
    assert!(ended.stderr.contains(note), "{ended}");
    assert!(!ended.stdout.contains("bpf"), "{ended}");
    let ended = import("CAP_BPF");
    assert!(!ended.stderr.contains("no rule asks"), "{ended}");
    assert!(ended.stdout.contains("bpf"), "{ended}");
}

#[test]
fn nothing_is_traced_whose_report_would_be_lost() {
    let scratch = Scratch::new();
    let other = scratch.write("other", "not a record");
    let shown = |name: &str| scratch.path(name).to_str().unwrap().to_owned();
    let ran = shown("ran");
    let nowhere = shown("no/such/file");
    for (options, status, part) in [
        (
            ["--merge", "-"],
            2,
            "`--merge` reads its file and writes it",
        ),
        (
            ["--merge", &other],
            125,
            "help: the file must be one that `--merge`",
        ),
        (["--merge", &nowhere], 125, "cannot write"),
        (["--output", &nowhere], 125, "cannot write"),
        (["--output", "/"], 125, "cannot write"),
    ] {
        let words = [&["trace"][..], &options, &["touch", &ran]].concat();
        says(&words, status, &[part]);
        assert!(fs::metadata(&ran).is_err(), "{options:?}: the command ran");
    }
    assert_eq!(fs::read_to_string(&other).unwrap(), "not a record");
}
