//! What all subcommands have in common: JSON, colours, streams, pipes, messages, manual pages, completions.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::command::{SYSCALLSET, Scratch, bytes, installed, prints, syscallset};

const DOCUMENT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/JSON.md"));

/// All field names in an object.
fn fields(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                found.insert(name.clone());
                fields(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| fields(value, found)),
        _ => {}
    }
}

/// Checks that the fields of an object are documented under its heading.
fn check(object: &Value, heading: &str) {
    assert_eq!(object["version"], 1);
    assert_eq!(object["report"], heading);
    let start = DOCUMENT
        .find(&format!("## `{heading}`"))
        .expect("it is documented");
    let section = &DOCUMENT[start + 3..];
    let section = &section[..section.find("\n## ").unwrap_or(section.len())];
    let mut found = BTreeSet::new();
    // The calls of a program are keyed by what happens to them.
    let mut object = object.clone();
    if heading == "explain-program" {
        object["refused"] = Value::Null;
    }
    fields(&object, &mut found);
    for field in found {
        let known = ["version", "report"].contains(&field.as_str());
        // Sets within sets, and decisions, are described once.
        let elsewhere = matches!(heading, "set-members" | "explain-program" | "diff")
            && DOCUMENT.contains(&format!("`{field}`"));
        assert!(
            known || elsewhere || section.contains(&format!("`{field}`")),
            "`{field}` of `{heading}`"
        );
    }
}

#[test]
fn every_object_is_documented() {
    let scratch = Scratch::new();
    let names = scratch.write("names", "read write raed");
    let filter = "@basic-io openat(flags&O_ACCMODE=O_RDONLY) ~dup:EPERM @aio riscv_hwprobe";
    let program = scratch.write("program", bytes(["dump", "--format", "raw", filter]));
    for (words, heading) in [
        (&["sets"][..], "sets"),
        (&["sets", "@ipc", "socket", "@privileged"], "set-members"),
        (&["explain", filter], "explain"),
        (&["explain", "--program", &program], "explain-program"),
        (&["diff", "--arch", "x86_64..aarch64", filter], "diff"),
        (&["dump", filter], "dump"),
        (&["dump", "--program", &program], "dump"),
        (
            &["simulate", filter, "read", "mount", "9999", "exit"],
            "simulate",
        ),
        (&["simulate", "--program", &program, "read"], "simulate"),
        (&["export", "read", "--to", "oci"], "export"),
        (&["import", "--from", "names", &names], "import"),
    ] {
        let ended = syscallset(["--json"].iter().chain(words).copied()).run();
        let status = i32::from(heading == "diff");
        let ended = ended.exits(status);
        check(&serde_json::from_str(&ended.stdout).unwrap(), heading);
        // The option may stand behind as well.
        let behind = syscallset(words.iter().copied().chain(["--json"]))
            .run()
            .exits(status);
        assert_eq!(behind.stdout, ended.stdout);
    }
    // On standard error, a line each.
    let refused = [
        "run",
        "--json",
        "--verbose",
        "--on-violation",
        "report",
        "",
        "--",
        "/bin/cat",
    ];
    let ended = syscallset(refused).run().dies_of_sigsys().prints("");
    let lines: Vec<Value> = ended
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "{ended}");
    check(&lines[0], "run");
    check(&lines[1], "refused");
    for words in [
        &["explain", "--json", "@basic-oi ~raed"][..],
        &["--json", "run", "", "no-such-command"],
        &["--json", "import", "--from", "oci", "/no/such/file"],
        &["--json", "--nonsense"],
        &["--json", "explain"],
    ] {
        let ended = syscallset(words.iter().copied()).run().prints("");
        let object: Value = serde_json::from_str(&ended.stderr).unwrap();
        check(&object, "error");
        assert_eq!(
            object["status"].as_i64(),
            ended.status.code().map(i64::from),
            "{ended}"
        );
    }
    let faults = syscallset(["explain", "--json", "@basic-oi ~raed"])
        .run()
        .exits(2)
        .stderr;
    let faults: Value = serde_json::from_str(&faults).unwrap();
    assert_eq!(faults["faults"][0]["help"], "did you mean `@basic-io`?");
    assert_eq!(faults["faults"][1]["span"], serde_json::json!([11, 15]));
}

#[test]
fn data_goes_to_one_stream_and_talk_to_the_other() {
    for words in [
        &["explain", "@basic-io"][..],
        &["sets"],
        &["dump", "@basic-io"],
        &["export", "@basic-io", "--to", "names"],
    ] {
        let ended = syscallset(words.iter().copied())
            .run()
            .exits(0)
            .complains_of_nothing();
        assert!(!ended.stdout.is_empty());
    }
    let ended = syscallset(["export", "@basic-io", "--to", "minijail"])
        .run()
        .exits(0);
    assert!(ended.stderr.starts_with("note: "), "{ended}");
    assert!(!ended.stdout.contains("note: "), "{ended}");
}

#[test]
fn colours_are_as_asked() {
    let escapes = |words: &[&str]| {
        let ended = syscallset(words.iter().copied()).run();
        let count = |text: &str| text.matches('\u{1b}').count();
        (count(&ended.stdout), count(&ended.stderr))
    };
    let explain = ["explain", "@basic-io ~@io-event execve"];
    let fault = ["explain", "@basic-oi"];
    for words in [&explain, &fault] {
        let with = |color: &str| escapes(&[&["--color", color], &words[..]].concat());
        assert_eq!(with("never"), (0, 0));
        // A pipe is no terminal.
        assert_eq!(with("auto"), (0, 0));
        let (out, err) = with("always");
        assert!(out + err > 0);
    }
    // A terminal is.
    if let Some(script) = installed("script") {
        for (variables, coloured) in [
            (&[("TERM", "xterm")][..], true),
            (&[("TERM", "xterm"), ("NO_COLOR", "1")], false),
        ] {
            let output = Command::new(&script)
                .args([
                    "-qec",
                    &format!("{SYSCALLSET} explain @basic-io"),
                    "/dev/null",
                ])
                .env_clear()
                .envs(variables.iter().copied())
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            assert_eq!(text.contains('\u{1b}'), coloured, "{text}");
        }
    }
    let json = prints(["--color", "always", "--json", "explain", "@basic-io"]);
    assert!(serde_json::from_str::<Value>(&json).is_ok());
}

#[test]
fn readers_may_leave() {
    for words in [
        &["explain", "@known"][..],
        &["--json", "explain", "@known"],
        &["sets", "@known"],
        &["dump", "@system-service"],
        &["dump", "@system-service", "--format", "raw"],
        &["--help"],
        &["run", "--help"],
    ] {
        let mut child = Command::new(SYSCALLSET)
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words:?}");
    }
    // A full disk is an error.
    if Path::new("/dev/full").exists() {
        let output = Command::new(SYSCALLSET)
            .args(["explain", "@known"])
            .stdout(fs::File::options().write(true).open("/dev/full").unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("cannot write to standard output")
        );
    }
}

#[test]
fn faults_have_carets() {
    let ended = syscallset(["explain", "@basic-io ~@io-evnet opnat"])
        .run()
        .exits(2)
        .prints("");
    let lines: Vec<_> = ended.stderr.lines().map(str::trim_end).collect();
    let source = lines
        .iter()
        .position(|line| line.contains("| @basic-io ~@io-evnet"))
        .unwrap();
    let place = lines[source].find("@io-evnet").unwrap();
    let carets = lines[source + 1].find('^').unwrap();
    assert!(carets == place || carets + 1 == place, "{ended}");
    let ended = ended
        .complains("did you mean `@io-event`?")
        .complains("did you mean `open");
    assert_eq!(ended.stderr.matches("error").count(), 2, "{ended}");
    syscallset(["explain", "--on-violation", "EPREM", "@basic-io"])
        .run()
        .exits(2)
        .complains("--on-violation")
        .complains("did you mean `EPERM`?");
}

/// The manual pages and completions, written once.
fn tree() -> &'static Path {
    static TREE: OnceLock<std::path::PathBuf> = OnceLock::new();
    TREE.get_or_init(|| {
        let share = Path::new(env!("CARGO_TARGET_TMPDIR")).join("share");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let written = Command::new(cargo)
            .args([
                "run",
                "--quiet",
                "--package",
                "syscallset-cli",
                "--example",
                "manual",
                "--",
            ])
            .arg(&share)
            .status();
        assert!(written.unwrap().success());
        share
    })
}

#[test]
fn manual_pages_are_whole() {
    let pages = tree().join("man/man1");
    for name in [
        "run", "sets", "explain", "diff", "dump", "simulate", "trace", "profile", "export",
        "import", "inspect",
    ] {
        let page = fs::read_to_string(pages.join(format!("syscallset-{name}.1"))).unwrap();
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"] {
            assert!(
                page.contains(&format!(".SH {section}")),
                "{name}: {section}"
            );
        }
    }
    let Some(man) = installed("man") else {
        return;
    };
    for entry in fs::read_dir(&pages).unwrap() {
        let page = entry.unwrap().path();
        if page.ends_with("cargo-syscallset.1") {
            continue;
        }
        let output = Command::new(&man)
            .args(["--warnings", "--encoding=UTF-8", "--local-file"])
            .arg(&page)
            .env("MANWIDTH", "80")
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && errors.is_empty(),
            "{}: {errors}",
            page.display()
        );
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("SYNOPSIS"), "{text}");
    }
}

#[test]
fn shells_complete_subcommands_and_options() {
    let Some(bash) = installed("bash") else {
        return;
    };
    let script = tree().join("bash-completion/completions/syscallset");
    let complete = |words: &str| {
        let count = words.split(' ').count();
        let program = format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD={}; \
             _syscallset syscallset \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; \
             echo \"${{COMPREPLY[@]}}\"",
            script.display(),
            count - 1
        );
        let output = Command::new(&bash).args(["-c", &program]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(complete("syscallset expl"), "explain\n");
    assert_eq!(complete("syscallset export --t"), "--to\n");
    assert!(complete("syscallset export --to sys").contains("systemd"));
    assert!(!complete("syscallset s").contains("supervise"));
}

#[test]
fn examples_of_the_help_work() {
    // Those that need no file.
    let mut tried = 0;
    for name in [
        "", "run", "sets", "explain", "diff", "dump", "simulate", "export", "import", "inspect",
    ] {
        let help = if name.is_empty() {
            vec!["--help"]
        } else {
            vec![name, "--help"]
        };
        let help = prints(help);
        for line in help
            .lines()
            .filter_map(|line| line.strip_prefix("  syscallset "))
        {
            let placeholder =
                line.contains("FILE") || line.contains("ADDRESS") || line.contains("config.json");
            if placeholder || line.starts_with("trace") || !line.contains(' ') && line != "sets" {
                continue;
            }
            tried += 1;
            let status = Command::new("sh")
                .args(["-c", &format!("{SYSCALLSET} {line}")])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            // Differences are told by 1.
            let expected = i32::from(line.starts_with("diff"));
            assert_eq!(status.code(), Some(expected), "{line}");
        }
    }
    assert!(tried >= 12, "{tried}");
}

#[test]
fn cargo_finds_the_command() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let directory = Path::new(SYSCALLSET).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new(cargo)
        .args(["syscallset", "explain", "@basic-io"])
        .env("PATH", format!("{}:{path}", directory.display()))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        prints(["explain", "@basic-io"])
    );
}
