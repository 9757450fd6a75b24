//! `cargo syscallset trace`.

use std::fs;
use std::process::{Command, Output, Stdio};

use crate::fixture::scratch;

const LIBRARY: &str = r#"
#[test]
fn calls_for_a_thread() {
    std::thread::spawn(|| ()).join().unwrap();
}

#[test]
fn calls_for_a_socket() {
    std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
}
"#;

const PROGRAM: &str = r#"
fn main() {
    std::fs::create_dir("made-by-the-program").unwrap();
    std::fs::remove_dir("made-by-the-program").unwrap();
}
"#;

const MANIFEST: &str = r#"
[package]
name = "traced"
version = "0.0.0"
edition = "2021"

[workspace]
"#;

#[test]
fn tests_and_programs_of_a_crate_are_traced() {
    let directory = scratch().join(format!("crate-{}", std::process::id()));
    fs::create_dir_all(directory.join("src")).unwrap();
    fs::write(directory.join("Cargo.toml"), MANIFEST).unwrap();
    fs::write(directory.join("src/lib.rs"), LIBRARY).unwrap();
    fs::write(directory.join("src/main.rs"), PROGRAM).unwrap();
    let start = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-syscallset"));
        // As cargo calls it.
        command
            .args(["syscallset", "trace", "-q", "-o", "-"])
            .args(words)
            .current_dir(&directory)
            .env("CARGO_NET_OFFLINE", "true")
            .env_remove("CARGO_TARGET_DIR")
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        command.output().expect("it starts")
    };
    let trace = |words: &[&str]| {
        let output = start(words);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().last().unwrap_or_default().to_owned()
    };
    let tests = trace(&["test"]);
    let run = trace(&["run", "--quiet"]);
    let misplaced = ["--generalise", "--merge=all.json", "-o"].map(|option| {
        let output = start(&["run", option, "--", "--tight"]);
        (option, output)
    });
    // What `cargo run` finds behind the program's first argument is the program's.
    let programs = trace(&[
        "run",
        "--quiet",
        "convert",
        "--from",
        "utf8",
        "--target=utf\u{7f}16",
    ]);
    let nothing = start(&["run", "--bin", "no-such-program"]);
    fs::remove_dir_all(&directory).unwrap();
    let has = |filter: &str, item: &str| filter.split(' ').any(|word| word == item);
    assert!(has(&tests, "bind") && has(&tests, "clone3"), "{tests}");
    assert!(!has(&tests, "mkdir"), "that is the program's: {tests}");
    assert!(has(&run, "mkdir") && has(&run, "rmdir"), "{run}");
    assert!(
        !has(&run, "execve") && !has(&run, "pread64"),
        "from `main`: {run}"
    );
    let complains = |output: &Output, what: &str| {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(what), "{said}");
        assert!(output.stdout.is_empty(), "no filter string: {output:?}");
    };
    let in_front = ["--generalise", "--merge FILE", "-o FILE"];
    for ((option, output), usage) in misplaced.into_iter().zip(in_front) {
        assert_eq!(output.status.code(), Some(125), "{option}");
        let help = format!("write it in front: `cargo syscallset trace {usage} run`");
        complains(&output, &help);
    }
    assert!(has(&programs, "mkdir"), "{programs}");
    assert_eq!(nothing.status.code(), Some(101));
    complains(
        &nothing,
        "error: cargo has run nothing that could be traced",
    );
}

/// Whatever cargo was in the middle of, what it has not run cannot be told as a filter string.
#[test]
fn a_signal_that_ends_cargo_is_said() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = scratch().join(format!("killed-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let cargo = directory.join("cargo");
    let script = "#!/bin/sh\ncase $1 in -vV) echo host: some-target ;; *) kill -TERM $$ ;; esac\n";
    fs::write(&cargo, script).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-syscallset"))
        .args(["syscallset", "trace", "test"])
        .env("CARGO", &cargo)
        .stdin(Stdio::null())
        .output()
        .expect("it starts");
    fs::remove_dir_all(&directory).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(128 + 15), "{said}");
    assert_eq!(
        said,
        "error: cargo has run nothing that could be traced: it died of SIGTERM\n"
    );
}
