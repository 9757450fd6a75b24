//! Programs in both builds, debug and release: their filters may differ, and so does what std does.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::program::{Program, given, sibling};

/// A program under test in both builds: the debug build and the release build.
///
/// # Panics
///
/// If a build fails.
pub fn both(name: &str) -> [Program; 2] {
    [debug(name), release(name)]
}

/// Runs a program under test in both builds, with and without privileges: it has to succeed and to print this.
///
/// # Panics
///
/// If it does otherwise, or a build fails.
#[track_caller]
pub fn assert_prints(name: &str, argument: &str, expected: &str) {
    for unprivileged in [false, true] {
        for mut program in both(name) {
            program = program.arg(argument);
            if unprivileged {
                program = program.unprivileged();
            }
            let ended = program.run().exits(0);
            ended.prints(expected).complains_of_nothing();
        }
    }
}

/// The debug build of a program under test.
///
/// # Panics
///
/// If the build fails.
pub fn debug(name: &str) -> Program {
    build(name, true)
}

/// The release build of a program under test.
///
/// # Panics
///
/// If the build fails.
pub fn release(name: &str) -> Program {
    build(name, false)
}

/// The programs of the running test's own profile were built along with the test. The other build is
/// made once, in a directory of its own inside the target directory.
fn build(name: &str, debug: bool) -> Program {
    if let Some(programs) = given() {
        let build = if debug { "debug" } else { "release" };
        return Program::new(programs.join(build).join(name));
    }
    if debug == cfg!(debug_assertions) {
        Program::new(sibling(name))
    } else {
        Program::new(other_build().join(name))
    }
}

/// Where the other build's programs are.
fn other_build() -> &'static PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(|| {
        let (profile, directory) = if cfg!(debug_assertions) {
            ("release", "release")
        } else {
            ("dev", "debug")
        };
        // The directory of this build's programs is `target/<profile>`, or with `--target`
        // `target/<triple>/<profile>`.
        let target = sibling("../other-build");
        let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--quiet", "--offline", "--bins"])
            .args(["--package", env!("CARGO_PKG_NAME"), "--profile", profile])
            .arg("--target-dir")
            .arg(&target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            // A target chosen for the tests would put the programs into a directory of its name.
            .env_remove("CARGO_BUILD_TARGET")
            .status()
            .expect("cargo can be started");
        assert!(
            status.success(),
            "the {profile} build of the programs fails"
        );
        target.join(directory)
    })
}
