//! `cargo xtask package`: the packages as they would be published.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::debian::build_directory;
use crate::{cargo, run};

const USAGE: &str = "\
usage: cargo xtask package

Packs what would be published and compiles each package from nothing but the packed files, each with the others
as the registry would have them: `cargo publish --workspace --dry-run`, without anything left from an earlier run.
";

pub(crate) fn main(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    match arguments.next().as_deref() {
        None => {}
        Some("--help" | "-h") => {
            print!("{USAGE}");
            return Ok(());
        }
        Some(argument) => return Err(format!("no option `{argument}`\n{USAGE}")),
    }
    let directory = build_directory().join("publish");
    match fs::remove_dir_all(&directory) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(format!("cannot remove `{}`: {error}", directory.display()));
        }
        _ => {}
    }
    let home = directory.join("home");
    prepare_home(&home)?;
    let mut publish = cargo();
    publish
        .args(["publish", "--workspace", "--dry-run", "--allow-dirty"])
        .arg("--target-dir")
        .arg(directory.join("target"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env("CARGO_HOME", &home);
    run(&mut publish)
}

/// A home for cargo that has what was downloaded before, and nothing unpacked: cargo keeps the files of a package by
/// its version alone, and would compile those of an earlier run.
fn prepare_home(home: &Path) -> Result<(), String> {
    let own = own_home()?;
    fs::create_dir_all(home.join("registry")).map_err(|error| error.to_string())?;
    for part in ["registry/cache", "registry/index", "config.toml"] {
        let original = own.join(part);
        if original.exists() {
            symlink(&original, home.join(part))
                .map_err(|error| format!("cannot link `{}`: {error}", original.display()))?;
        }
    }
    Ok(())
}

fn own_home() -> Result<PathBuf, String> {
    if let Some(home) = std::env::var_os("CARGO_HOME") {
        return Ok(home.into());
    }
    std::env::home_dir()
        .map(|home| home.join(".cargo"))
        .ok_or_else(|| "this user has no home".into())
}
