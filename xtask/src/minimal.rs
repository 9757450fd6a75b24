//! `cargo xtask minimal-versions`: the oldest dependencies that the manifests allow.

use std::fs;
use std::path::{Path, PathBuf};

use crate::debian::build_directory;
use crate::msrv::LIBRARIES;
use crate::{cargo, run};

const USAGE: &str = "\
usage: cargo xtask minimal-versions

Checks the published libraries with the oldest versions of their direct dependencies that their manifests
allow, in a copy of the workspace below the build directory. The command is left out: it is installed with
the newest ones.
";

/// What the copy leaves out.
const LEFT_OUT: [&str; 2] = ["target", ".git"];

pub(crate) fn main(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    match arguments.next().as_deref() {
        None => {}
        Some("--help" | "-h") => {
            print!("{USAGE}");
            return Ok(());
        }
        Some(argument) => return Err(format!("no option `{argument}`\n{USAGE}")),
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let copy = build_directory().join("minimal-versions");
    let workspace = copy.join("workspace");
    if workspace.exists() {
        fs::remove_dir_all(&workspace)
            .map_err(|error| format!("cannot remove `{}`: {error}", workspace.display()))?;
    }
    copy_directory(&root, &workspace)?;
    leave_libraries(&workspace.join("Cargo.toml"))?;

    // The option is not stable; that it resolves versions is all that is asked of it.
    let mut resolve = cargo();
    resolve
        .args(["update", "--quiet", "-Z", "direct-minimal-versions"])
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(&workspace);
    run(&mut resolve)?;
    let mut check = cargo();
    check
        .args(["check", "--locked", "--all-features"])
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .current_dir(&workspace);
    for library in LIBRARIES {
        check.args(["--package", library]);
    }
    run(&mut check)
}

/// Makes the libraries the only members: the versions that all members need would not be the oldest.
fn leave_libraries(manifest: &Path) -> Result<(), String> {
    let text = fs::read_to_string(manifest).map_err(|error| error.to_string())?;
    let (before, rest) = text
        .split_once("members = [")
        .ok_or("the workspace's manifest has no `members`")?;
    let (_, after) = rest
        .split_once(']')
        .ok_or("the list of members has no end")?;
    let members =
        r#""syscallset", "syscallset-macros", "syscallset-macros/compiler", "syscallset-tables""#;
    // The profiles speak of packages that are no members any more.
    let after = after.split("[profile.").next().unwrap_or(after);
    fs::write(manifest, format!("{before}members = [{members}]{after}"))
        .map_err(|error| error.to_string())
}

/// Copies files and directories; links become what they point to.
fn copy_directory(from: &Path, to: &PathBuf) -> Result<(), String> {
    let fault = |path: &Path| {
        let path = path.display().to_string();
        move |error| format!("cannot copy `{path}`: {error}")
    };
    fs::create_dir_all(to).map_err(fault(to))?;
    for entry in fs::read_dir(from).map_err(fault(from))? {
        let entry = entry.map_err(fault(from))?;
        let name = entry.file_name();
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let (path, target) = (entry.path(), to.join(name));
        if path.is_dir() {
            copy_directory(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(fault(&path))?;
        }
    }
    Ok(())
}
