//! What all subcommands have in common: colours, streams, pipes, messages.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::command::{SYSCALLSET, Scratch, bytes, installed, prints, syscallset};

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
    // An object has the notes itself, and programs read standard error for errors that are objects.
    let object: Value = serde_json::from_str(
        &syscallset(["--json", "export", "@basic-io", "--to", "minijail"])
            .run()
            .exits(0)
            .complains_of_nothing()
            .stdout,
    )
    .unwrap();
    assert_eq!(object["notes"].as_array().unwrap().len(), 1);
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

#[test]
fn a_string_without_quotes_is_told_to_have_them() {
    for command in ["explain", "export", "dump"] {
        for second in ["@file-system", "~@io-event"] {
            syscallset([command, "@basic-io", second])
                .run()
                .exits(2)
                .prints("")
                .complains("tip: a filter string is one argument: write it in quotes");
        }
    }
    syscallset(["run", "@basic-io", "@file-system", "ls"])
        .run()
        .exits(127)
        .complains("`@file-system`: no such command")
        .complains("help: a filter string is one argument: write it in quotes");
    syscallset(["diff", "@basic-io", "@aio", "@io-event"])
        .run()
        .exits(2)
        .complains("tip: a filter string is one argument: write it in quotes");
}

#[test]
fn a_format_without_its_option_is_told_which_one() {
    for (words, tip) in [
        (&["export", "systemd", "@basic-io"][..], "--to systemd"),
        (
            &["--color", "never", "export", "OCI", "@basic-io"],
            "--to oci",
        ),
        (&["import", "docker", "profile.json"], "--from docker"),
        // What stands behind another option is its value.
        (
            &["export", "--policy", "names", "oci", "@basic-io"],
            "--to oci",
        ),
    ] {
        syscallset(words.iter().copied())
            .run()
            .exits(2)
            .prints("")
            .complains(&format!("tip: write `{tip}`\n"));
    }
    // The option is there: it is something else that is too much.
    syscallset(["export", "--to=systemd", "oci", "@basic-io"])
        .run()
        .exits(2)
        .complains("tip: a filter string is one argument: write it in quotes");
}

#[test]
fn a_missing_format_is_told_which_there_are() {
    for (words, formats) in [
        (
            ["import", "x"],
            "tip: `--from <FORMAT>` is one of: oci, systemd, strace, ",
        ),
        (
            ["export", "@aio"],
            "tip: `--to <FORMAT>` is one of: oci, docker, podman, ",
        ),
    ] {
        syscallset(words).run().exits(2).complains(formats);
    }
}

/// Quotes do not help where no filter string is taken.
#[test]
fn a_string_that_is_not_taken_is_told_so() {
    let scratch = Scratch::new();
    let policy = scratch.write("policy", "@basic-io");
    let program = scratch.write("program", bytes(["dump", "--format", "raw", ""]));
    for (words, status, help) in [
        (
            &["inspect", SYSCALLSET, "@clock"][..],
            2,
            "unexpected argument",
        ),
        (&["profile", SYSCALLSET, "@clock"], 2, "unexpected argument"),
        (
            &["trace", "@clock", "ls"],
            127,
            "help: `trace` finds a filter string and takes none",
        ),
        (
            &["simulate", "--policy", &policy, "@clock", "read"],
            2,
            "help: the filter comes from the file",
        ),
        (
            &["simulate", "--program", &program, "@clock", "read"],
            2,
            "help: the filter comes from the file",
        ),
    ] {
        let ended = syscallset(words.iter().copied())
            .run()
            .exits(status)
            .complains(help);
        assert!(!ended.stderr.contains("in quotes"), "{ended}");
    }
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
