//! What the guide for those who come from other filters shows beside Rust: C, Go and a unit of systemd. The Rust
//! in it runs with the documentation tests of this package.

#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

use syscallset::{Action, Filter, filter};
use syscallset_tests::program::Program;

const GUIDE: &str = include_str!("../../syscallset/docs/migration.md");

/// The only block of a language.
fn block(language: &str) -> &'static str {
    let start = format!("\n```{language}\n");
    let mut blocks = GUIDE.split(&start).skip(1);
    let block = blocks.next().expect("the guide has such a block");
    assert!(blocks.next().is_none(), "two blocks of {language}");
    block.split("\n```\n").next().expect("the block ends")
}

#[test]
fn the_c_program_is_one() {
    if !Path::new("/usr/include/seccomp.h").exists() {
        println!("skipped: no seccomp.h; install libseccomp-dev");
        return;
    }
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = directory.join("before.c");
    std::fs::write(&source, block("c")).expect("the source can be written");
    let program = directory.join("before");
    let compiled = Command::new("cc")
        .args(["-Wall", "-Wextra", "-Werror", "-o"])
        .args([&program, &source])
        .arg("-lseccomp")
        .status()
        .expect("there is a C compiler");
    assert!(compiled.success());
    Program::new(program).run().exits(0).prints("restricted\n");
}

#[test]
fn the_go_program_has_the_string() {
    let go = block("go");
    let (_, rest) = go.split_once("LimitTo(\"").expect("it limits itself");
    let (string, _) = rest.split_once('"').expect("the string ends");
    assert!(GUIDE.contains(&format!("#[syscallset::restrict(\"{string}\")]")));
}

#[test]
fn the_unit_allows_what_the_string_allows() {
    const AFTER: Filter = filter!(
        "@system-service ~@privileged ~@resources",
        on_violation = "EPERM"
    );
    assert!(GUIDE.contains(&format!(
        "#[syscallset::restrict(\"{}\", on_violation = \"EPERM\")]",
        AFTER.source()
    )));

    // As systemd reads the lines: a list of what is allowed, then words that take away from it.
    let mut allowed = Vec::new();
    let mut calls = 0;
    for call in syscallset_tables::CALLS {
        let within = |sets: &str| {
            sets.split(' ').any(|name| {
                syscallset_tables::set(name)
                    .expect("a set of systemd")
                    .contains(call)
            })
        };
        let mut verdict = within("@default");
        for line in block("ini").lines() {
            let Some(words) = line.strip_prefix("SystemCallFilter=") else {
                continue;
            };
            match words.strip_prefix('~') {
                Some(words) => verdict &= !within(words),
                None => verdict |= within(words),
            }
        }
        let Some(number) = syscallset_tables::Arch::from_name(AFTER.arch())
            .expect("the tables have this architecture")
            .number(call)
        else {
            continue;
        };
        calls += 1;
        if verdict {
            allowed.push(*call);
        }
        let ours = AFTER.evaluate(number.into(), [0; 6]) == Action::Allow;
        assert!(
            ours == verdict || within("@rust-runtime"),
            "{call}: the unit {verdict}, the string {ours}"
        );
    }
    assert!(calls > 300 && allowed.len() > 200, "{calls} {allowed:?}");
}
