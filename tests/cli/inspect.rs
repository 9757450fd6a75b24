//! `syscallset inspect`: the notes of built programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::{OnViolation, compile};
use syscallset_compiler::note::Note;
use syscallset_tables::Arch;

use crate::command::{Scratch, installed, prints, refuses, skip, syscallset};

const MANIFEST: &str = r#"
[package]
name = "noted"
version = "0.0.0"
edition = "2021"

[workspace]

[lints.rust]
unexpected_cfgs = "allow"

[dependencies]
syscallset = { path = "SYSCALLSET" }
"#;

const PROGRAM: &str = r#"
static WORKER: syscallset::Filter = syscallset::filter!("@basic-io # a comment
    ~dup socket(domain=AF_UNIX)", on_violation = "EPERM");
static SILENT: syscallset::Filter = syscallset::filter!("@basic-io mount", note = false);

#[syscallset::restrict("@basic-io @file-system", log = true)]
fn main() {
    println!("{} {}", WORKER.source(), SILENT.source());
}
"#;

/// Builds the program with these flags, in release.
fn build(flags: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("noted");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let library = workspace.join("syscallset");
    fs::create_dir_all(directory.join("src")).unwrap();
    fs::write(
        directory.join("Cargo.toml"),
        MANIFEST.replace("SYSCALLSET", library.to_str().unwrap()),
    )
    .unwrap();
    fs::write(directory.join("src/main.rs"), PROGRAM).unwrap();
    fs::copy(workspace.join("Cargo.lock"), directory.join("Cargo.lock")).unwrap();
    // A directory for each: the tests run side by side.
    let target = directory.join(format!("with{}", flags.replace(' ', "")));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--offline", "--release"])
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", flags)
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .current_dir(&directory)
        .status();
    assert!(built.unwrap().success());
    target.join("release/noted")
}

#[test]
fn a_debug_build_is_said_to_report() {
    let program = build("-Cdebug-assertions");
    let text = prints(["inspect", program.to_str().unwrap()]);
    assert!(
        text.contains("refused calls: report, logged, debug build\n"),
        "{text}"
    );
}

#[test]
fn built_programs_say_their_filters() {
    let program = build("");
    let path = program.to_str().unwrap();
    let text = prints(["inspect", path]);
    for part in [
        "@basic-io @file-system\n",
        "@basic-io ~dup socket(domain=AF_UNIX)\n",
        "refused calls: EPERM",
        "refused calls: kill, logged",
        "the same program today",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let object: Value = serde_json::from_str(&prints(["--json", "inspect", path])).unwrap();
    let filters = object["filters"].as_array().unwrap();
    assert_eq!(filters.len(), 2, "the third has no note: {object}");
    assert!(filters.iter().all(|filter| filter["today"] == "same"));
    // Stripped, and without its section headers, it still says so.
    let scratch = Scratch::new();
    let stripped = scratch.path("stripped");
    let strip = Command::new("strip")
        .arg("-o")
        .arg(&stripped)
        .arg(&program)
        .status();
    assert!(strip.unwrap().success());
    assert_eq!(prints(["inspect", stripped.to_str().unwrap()]), text);
    let mut bytes = fs::read(&stripped).unwrap();
    // `e_shoff`, `e_shnum` and `e_shstrndx`.
    bytes[0x28..0x30].fill(0);
    bytes[0x3c..0x40].fill(0);
    let headless = scratch.write("headless", bytes);
    assert_eq!(prints(["inspect", &headless]), text);
}

#[test]
fn notes_are_small_and_can_be_left_out() {
    let program = build("");
    let object: Value =
        serde_json::from_str(&prints(["--json", "inspect", program.to_str().unwrap()])).unwrap();
    let strings: usize = object["filters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|filter| filter["filter"].as_str().unwrap().len())
        .sum();
    let sections = Command::new("readelf")
        .args(["-SW"])
        .arg(&program)
        .output()
        .unwrap();
    let sections = String::from_utf8_lossy(&sections.stdout).into_owned();
    let line = sections
        .lines()
        .find(|line| line.contains(".note.syscallset"))
        .unwrap();
    let words: Vec<_> = line.split_whitespace().collect();
    let place = words.iter().position(|word| *word == "NOTE").unwrap();
    let size = usize::from_str_radix(words[place + 3], 16).unwrap();
    assert!(
        size <= 2 * 256 + strings,
        "{size} bytes for {strings} of strings"
    );

    let without = build("--cfg syscallset_no_note");
    let said = refuses(["inspect", without.to_str().unwrap()]);
    assert!(said.contains("says nothing about filters"), "{said}");
    let bytes = fs::read(&without).unwrap();
    let note = b".note.syscallset";
    assert!(!bytes.windows(note.len()).any(|window| window == note));
}

/// An object file for an architecture with a note.
fn object(scratch: &Scratch, compiler: &Path, note: &Note, big_endian: bool) -> String {
    let record = scratch.write("record", note.record(big_endian));
    let source = scratch.write(
        "note.s",
        format!(".section .note.syscallset, \"a\", %note\n.incbin \"{record}\"\n"),
    );
    let object = scratch.path("note.o");
    let built = Command::new(compiler)
        .args(["-c", &source, "-o"])
        .arg(&object)
        .status();
    assert!(built.unwrap().success());
    object.to_str().unwrap().to_owned()
}

#[test]
fn programs_for_other_architectures_are_read() {
    let mut tried = 0;
    for (arch, compiler) in [
        (Arch::Aarch64, "aarch64-linux-gnu-gcc"),
        (Arch::Arm, "arm-linux-gnueabihf-gcc"),
        (Arch::Riscv64, "riscv64-linux-gnu-gcc"),
        (Arch::Powerpc64le, "powerpc64le-linux-gnu-gcc"),
        (Arch::S390x, "s390x-linux-gnu-gcc"),
        (Arch::X86, "i686-linux-gnu-gcc"),
    ] {
        let Some(compiler) = installed(compiler) else {
            continue;
        };
        tried += 1;
        let scratch = Scratch::new();
        let filter = "@basic-io ~dup";
        let program = compile(filter, arch, Action::KillProcess)
            .unwrap()
            .instructions;
        let action = OnViolation::Action(Action::KillProcess);
        let note = Note::new(filter.to_owned(), arch, action, false, false, &program);
        let file = object(&scratch, &compiler, &note, arch.big_endian());
        let text = prints(["inspect", &file]);
        assert!(
            text.contains(arch.name()) && text.contains("the same program today"),
            "{text}"
        );
        // Other tables, and what today's compiler does not take.
        let other = Note {
            digest: note.digest ^ 1,
            ..note.clone()
        };
        let file = object(&scratch, &compiler, &other, arch.big_endian());
        let ended = syscallset(["inspect", &file]).run().exits(1);
        assert!(ended.stdout.contains("another program today"), "{ended}");
        let faulty = Note {
            filter: "@basic-oi \u{1b}[2J".to_owned(),
            ..note
        };
        let file = object(&scratch, &compiler, &faulty, arch.big_endian());
        let ended = syscallset(["inspect", &file]).run().exits(1);
        assert!(
            ended.stdout.contains("no program today") && !ended.stdout.contains('\u{1b}'),
            "{ended}"
        );
    }
    if tried == 0 {
        skip("there are no compilers for other architectures");
    }
}
