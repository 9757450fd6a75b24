//! What the crate is on systems other than Linux, for which it takes a compiler that has their std: the
//! one that runs the tests, or the one that `OTHER_SYSTEM_RUSTC` names.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Any of them will do. The first one can be run, too.
const TARGETS: [&str; 5] = [
    "wasm32-wasip1",
    "x86_64-pc-windows-gnu",
    "x86_64-pc-windows-msvc",
    "aarch64-apple-darwin",
    "x86_64-unknown-freebsd",
];

const MANIFEST: &str = r#"
[package]
name = "elsewhere"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
syscallset = { path = "SYSCALLSET", features = ["runtime"] }
"#;

/// A compiler, and a system that it knows.
struct Elsewhere {
    rustc: OsString,
    target: &'static str,
    directory: PathBuf,
}

impl Elsewhere {
    fn find() -> Option<Self> {
        let variables = ["OTHER_SYSTEM_RUSTC", "RUSTC"];
        let rustc = variables.iter().find_map(std::env::var_os);
        let rustc = rustc.unwrap_or_else(|| "rustc".into());
        let libraries = sysroot(&rustc)?.join("lib/rustlib");
        let is_known = |target: &&str| libraries.join(target).join("lib").exists();
        let target = TARGETS.into_iter().find(is_known)?;
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("elsewhere");
        Some(Self {
            rustc,
            target,
            directory,
        })
    }

    /// Writes a crate with three programs.
    fn write(&self) {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let workspace = workspace.canonicalize().expect("the workspace exists");
        let library = workspace.join("syscallset");
        let manifest = MANIFEST.replace("SYSCALLSET", library.to_str().expect("a plain path"));
        let programs = self.directory.join("src/bin");
        fs::create_dir_all(&programs).expect("the target directory can be written to");
        let write = |path: PathBuf, text: &str| {
            fs::write(path, text).expect("the target directory can be written to");
        };
        write(self.directory.join("Cargo.toml"), &manifest);
        let functions = include_str!("elsewhere/functions.rs");
        let attribute = include_str!("elsewhere/attribute.rs");
        let on_linux = include_str!("elsewhere/attribute_on_linux.rs");
        write(programs.join("functions.rs"), functions);
        write(programs.join("attribute.rs"), attribute);
        write(programs.join("attribute_on_linux.rs"), on_linux);
        // With the workspace's lock file nothing needs to be looked for.
        fs::copy(
            workspace.join("Cargo.lock"),
            self.directory.join("Cargo.lock"),
        )
        .expect("the workspace has a lock file");
    }

    fn cargo(&self, command: &str, program: &str) -> Output {
        // The linker for WebAssembly comes with the compiler that runs the tests, if not with this one.
        let linker = sysroot("rustc".as_ref()).unwrap_or_default();
        let linker = linker.join("lib/rustlib/x86_64-unknown-linux-gnu/bin");
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args([command, "--quiet", "--offline", "--color", "never"])
            .args(["--target", self.target, "--bin", program])
            .env("RUSTC", &self.rustc)
            .env("RUSTFLAGS", "-D warnings")
            .env("CARGO_TARGET_WASM32_WASIP1_LINKER", linker.join("rust-lld"))
            .env("CARGO_TARGET_DIR", self.directory.join("target"))
            .current_dir(&self.directory)
            .output()
            .expect("cargo can be started")
    }
}

/// Where a compiler lives; `None` without that compiler, as in a virtual machine.
fn sysroot(rustc: &std::ffi::OsStr) -> Option<PathBuf> {
    let output = Command::new(rustc).args(["--print", "sysroot"]).output();
    let output = output.ok()?.stdout;
    Some(PathBuf::from(String::from_utf8_lossy(&output).trim_end()))
}

#[track_caller]
fn assert_success(output: &Output) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}

#[test]
fn functions_fail_and_the_attribute_does_not_compile() {
    let Some(elsewhere) = Elsewhere::find() else {
        println!(
            "skipped: no compiler with the std of another system; `rustup target add {}` installs one",
            TARGETS[0]
        );
        return;
    };
    elsewhere.write();
    assert_success(&elsewhere.cargo("check", "functions"));
    assert_success(&elsewhere.cargo("check", "attribute_on_linux"));
    let output = elsewhere.cargo("check", "attribute");
    assert!(!output.status.success());
    let message = String::from_utf8_lossy(&output.stderr);
    let expected = "only Linux has system call filters\n       help: restrict on Linux alone: \
                    #[cfg_attr(target_os = \"linux\", syscallset::restrict(\"…\"))]";
    assert!(message.contains(expected), "{message}");

    if elsewhere.target != "wasm32-wasip1" || Command::new("node").arg("-v").output().is_err() {
        println!(
            "skipped: programs for {} cannot be run here",
            elsewhere.target
        );
        return;
    }
    assert_success(&elsewhere.cargo("build", "functions"));
    let program = elsewhere
        .directory
        .join("target/wasm32-wasip1/debug/functions.wasm");
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("beyond/elsewhere/run.mjs");
    let output = Command::new("node").args([run, program]).output();
    let output = output.expect("node runs");
    assert_success(&output);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, "this system has no seccomp filters\n");
}
