//! A crate outside of this workspace that has syscallset under another name: nothing in the macros'
//! output may rely on the name `syscallset`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use syscallset_tests::program::Program;

const MANIFEST: &str = r#"
[package]
name = "stranger"
version = "0.0.0"
edition = "2021"
description = "A crate of somebody else's"
publish = false

[workspace]

[dependencies]
sandbox = { package = "syscallset", path = "SYSCALLSET" }
"#;

/// Writes the crate into a directory of its own.
fn crate_of_a_stranger(filter: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stranger");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let workspace = workspace.canonicalize().expect("the workspace exists");
    let library = workspace.join("syscallset");
    let manifest = MANIFEST.replace("SYSCALLSET", library.to_str().expect("a plain path"));

    fs::create_dir_all(directory.join("src")).expect("the target directory can be written to");
    let write = |name: &str, text: &str| {
        fs::write(directory.join(name), text).expect("the target directory can be written to");
    };
    write("Cargo.toml", &manifest);
    write("filter.txt", filter);
    write("src/main.rs", include_str!("stranger/program.rs"));
    // With the workspace's lock file nothing needs to be looked for.
    fs::copy(workspace.join("Cargo.lock"), directory.join("Cargo.lock"))
        .expect("the workspace has a lock file");
    directory
}

fn cargo(directory: &Path, command: &str) -> Output {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo)
        .args([command, "--quiet", "--offline", "--color", "never"])
        .env("CARGO_TARGET_DIR", directory.join("target"))
        .env_remove("CARGO_BUILD_TARGET")
        .current_dir(directory)
        .output()
        .expect("cargo can be started")
}

fn assert_success(output: &Output) {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn another_name_and_a_filter_in_a_file() {
    let filter = include_str!("stranger/filter.txt");
    let directory = crate_of_a_stranger(filter);
    assert_success(&cargo(&directory, "build"));
    let program = directory.join("target/debug/stranger");
    let ended = Program::new(&program).run().exits(0);
    ended.prints("true\nOk(())\nSome(NotFound)\n");

    let clippy = cargo(&directory, "clippy");
    if String::from_utf8_lossy(&clippy.stderr).contains("not installed") {
        println!("skipped: clippy is not installed");
    } else {
        assert_success(&clippy);
    }

    // A change of the file alone is seen, and a fault in it is found at its place.
    fs::write(
        directory.join("filter.txt"),
        filter.replace("~openat:ENOENT", "~opneat:ENOENT"),
    )
    .expect("the target directory can be written to");
    let output = cargo(&directory, "build");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    let expected = "filter.txt:4:2: unknown system call `opneat`";
    assert!(message.contains(expected), "{message}");
    assert!(message.contains("did you mean `openat`?"), "{message}");
}
