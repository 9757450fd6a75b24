//! Builds the tests and their programs for a platform: static, so that they need no file of the machine's.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::machine::Platform;
use super::toolchain;
use crate::debian::{build_directory, run};

/// The tests that run on every machine, which are integration tests of the package `syscallset-tests`.
pub(super) const TESTS: [&str; 3] = ["kernel", "beyond", "programs"];

/// What goes into a machine.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) init: PathBuf,
    /// The tests, by name.
    pub(super) tests: Vec<Artifact>,
    /// The programs under test, in both builds.
    pub(super) debug: Vec<Artifact>,
    pub(super) release: Vec<Artifact>,
    /// Programs of other ABIs; those that no compiler is here for are missing.
    pub(super) foreign: Vec<Artifact>,
}

/// A program that cargo or a compiler has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Artifact {
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// Whether it is a test.
    pub(super) test: bool,
}

/// Builds everything for a platform with the given `rustc`; with this machine's own for its own architecture.
///
/// # Errors
/// Something does not build.
pub(super) fn build(platform: &Platform, rustc: Option<&Path>) -> Result<Built, String> {
    let debug = cargo(platform, rustc, &["build", "--bins"])?;
    // Integration tests have the programs of their package built along.
    let mut arguments = vec!["test", "--no-run", "--release"];
    arguments.extend(TESTS.iter().flat_map(|test| ["--test", *test]));
    let (tests, release): (Vec<_>, Vec<_>) = cargo(platform, rustc, &arguments)?
        .into_iter()
        .partition(|artifact| artifact.test);
    if tests.len() != TESTS.len() || debug.len() != release.len() || debug.is_empty() {
        return Err(format!(
            "cargo has built {} tests, and {} and {} programs",
            tests.len(),
            debug.len(),
            release.len()
        ));
    }
    let directory = build_directory().join("vm").join(platform.name);
    std::fs::create_dir_all(&directory)
        .map_err(|error| format!("cannot create `{}`: {error}", directory.display()))?;
    let init = directory.join("init");
    let compiler = format!("{}gcc", platform.gnu);
    let source = crate::survey::root().join("xtask/vm/init.c");
    run(Command::new(compiler)
        .args(["-O2", "-Wall", "-Werror", "-static", "-o"])
        .args([&init, &source]))?;
    Ok(Built {
        init,
        tests,
        debug,
        release,
        foreign: foreign(platform, &directory),
    })
}

/// The tests of this machine's own build, to ask them for their list.
///
/// # Errors
/// They do not build.
pub(super) fn here() -> Result<Vec<Artifact>, String> {
    let mut cargo = command();
    // As for `cargo test --workspace`, whose features are others than those of one package alone.
    cargo.args(["test", "--no-run", "--workspace"]);
    cargo.args(TESTS.iter().flat_map(|test| ["--test", *test]));
    let mut artifacts = artifacts(&run_cargo(&mut cargo)?);
    artifacts.retain(|artifact| artifact.test);
    Ok(artifacts)
}

fn command() -> Command {
    let mut cargo = crate::cargo();
    cargo
        .current_dir(crate::survey::root())
        // What this task's own cargo was told is not meant for the programs.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET");
    cargo
}

fn cargo(
    platform: &Platform,
    rustc: Option<&Path>,
    arguments: &[&str],
) -> Result<Vec<Artifact>, String> {
    let variable = |name: &str| {
        let target = platform.target.to_uppercase().replace('-', "_");
        format!("CARGO_TARGET_{target}_{name}")
    };
    let mut cargo = command();
    cargo
        .args(arguments)
        .args(["--package", "syscallset-tests", "--target", platform.target])
        // Of another compiler than this machine's other builds.
        .arg("--target-dir")
        .arg(build_directory().join("vm/build"))
        .env(variable("LINKER"), format!("{}gcc", platform.gnu))
        .env(variable("RUSTFLAGS"), flags())
        .env("CARGO_PROFILE_DEV_DEBUG", "none")
        // Without debug assertions, which is what the builds differ in here. More would take longer than it saves.
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_INCREMENTAL", "0");
    if let Some(rustc) = rustc {
        cargo.env("RUSTC", rustc);
    }
    Ok(artifacts(&run_cargo(&mut cargo)?))
}

/// What rustc is told for every platform.
fn flags() -> String {
    let mut flags =
        String::from("-Ctarget-feature=+crt-static -Crelocation-model=static --cfg=syscallset_vm");
    // It links for all of them, in half the time of the GNU linkers, and that is where most of the time goes.
    if let Some(directory) = lld() {
        let _ = write!(flags, " -Clink-arg=-fuse-ld=lld -Clink-arg=-B{directory}");
    }
    flags
}

/// Where this machine's own Rust keeps LLVM's linker under the name that the C compilers look for; with that one's
/// programs not installed, the platform's own linker is used.
fn lld() -> Option<String> {
    let sysroot = run(Command::new("rustc").args(["--print", "sysroot"])).ok()?;
    let host = format!(
        "lib/rustlib/{}-unknown-linux-gnu/bin/gcc-ld",
        std::env::consts::ARCH
    );
    let directory = Path::new(sysroot.trim()).join(host);
    directory
        .join("ld.lld")
        .exists()
        .then(|| directory.display().to_string())
}

/// Runs cargo, which tells people what is wrong and us what it has made.
fn run_cargo(cargo: &mut Command) -> Result<String, String> {
    let output = cargo
        .args(["--quiet", "--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err("the tests do not build".into())
    }
}

/// The programs that cargo tells of, one in a line of JSON.
fn artifacts(messages: &str) -> Vec<Artifact> {
    messages.lines().filter_map(artifact).collect()
}

fn artifact(message: &str) -> Option<Artifact> {
    let after = |key: &str| {
        let (_, value) = message.split_once(key)?;
        value.split('"').next().map(str::to_owned)
    };
    let kind = after("\"kind\":[\"")?;
    let executable = after("\"executable\":\"")?;
    // The first name is that of the target: packages come with an id.
    let name = after("\"name\":\"")?;
    matches!(kind.as_str(), "bin" | "test").then(|| Artifact {
        name,
        path: executable.into(),
        test: kind == "test",
    })
}

/// Compiles the programs of other ABIs.
fn foreign(platform: &Platform, directory: &Path) -> Vec<Artifact> {
    let built = |foreign: &super::machine::Foreign| {
        let name = foreign.name;
        let path = directory.join(name);
        let source = crate::survey::root().join(format!("tests/foreign/{name}.S"));
        let (program, options) = foreign.compiler.split_first()?;
        let outcome = run(Command::new(program)
            .args(options)
            .args(["-nostdlib", "-static", "-no-pie", "-o"])
            .args([&path, &source]));
        if let Err(error) = outcome {
            eprintln!("{error}");
            return None;
        }
        Some(Artifact {
            name: name.to_owned(),
            path,
            test: false,
        })
    };
    platform.foreign.iter().filter_map(built).collect()
}

/// The compiler for a platform: one for all, so that what runs on this machine is compiled once; where it cannot be had
/// and this machine's own will do, `None`.
///
/// # Errors
/// A package cannot be had.
pub(super) fn compiler(platform: &Platform) -> Result<Option<PathBuf>, String> {
    match toolchain::fetch(platform.target, platform.debian) {
        Err(_) if platform.gnu.is_empty() => Ok(None),
        fetched => fetched.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::{Artifact, artifacts};

    #[test]
    fn programs_and_tests_among_the_messages() {
        let messages = r#"{"reason":"compiler-artifact","package_id":"path+file:///x#syscallset@0.1.0","target":{"kind":["lib"],"name":"syscallset"},"executable":null}
{"reason":"compiler-artifact","package_id":"path+file:///x#t@0.1.0","target":{"kind":["bin"],"crate_types":["bin"],"name":"io","src_path":"/x/io.rs"},"profile":{"test":false},"executable":"/t/io","fresh":true}
{"reason":"compiler-artifact","package_id":"path+file:///x#t@0.1.0","target":{"kind":["test"],"crate_types":["bin"],"name":"kernel","src_path":"/x/k.rs"},"executable":"/t/kernel-1","fresh":true}
{"reason":"build-finished","success":true}
"#;
        let expected = [("io", "/t/io", false), ("kernel", "/t/kernel-1", true)];
        let expected = expected.map(|(name, path, test)| Artifact {
            name: name.into(),
            path: path.into(),
            test,
        });
        assert_eq!(artifacts(messages), expected);
    }
}
