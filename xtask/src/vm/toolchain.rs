//! A Rust compiler with the standard library of other architectures, from Debian's packages.
//!
//! Nothing is installed: the packages are unpacked into one directory, and the compiler is started by the dynamic
//! loader that was unpacked with it, because it needs a newer C library than this machine may have.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::debian::{self, Suite, build_directory};
use crate::msrv::wrapper;

/// One stable suite for all architectures, so that the versions match. `rustc-web` is the compiler that Debian keeps
/// up to date there for browsers.
const SUITE: &str = "trixie";
const COMPILER: &str = "rustc-web";
const STANDARD_LIBRARY: &str = "libstd-rust-web-dev";

/// Packages that the compiler depends on for the sake of its installation.
const NOT_NEEDED: [&str; 3] = ["debconf", "perl", "cdebconf"];

/// Fetches what is missing of the compiler and of an architecture's standard library, and returns the program that
/// stands for `rustc`.
///
/// # Errors
/// A package cannot be had.
pub(super) fn fetch(target: &str, debian: &str) -> Result<PathBuf, String> {
    let directory = build_directory().join("vm/rust");
    let root = directory.join("root");
    let library = root.join("usr/lib/rustlib").join(target).join("lib");
    let program = directory.join("rustc");
    if program.exists() && library.exists() {
        return Ok(program);
    }
    let package = Suite::open_for(SUITE, debian)?.download(STANDARD_LIBRARY)?;
    let version = version(&package)?;
    let marked = directory.join("version");
    // A standard library fits the very compiler that it was built with.
    if fs::read_to_string(&marked).ok().as_ref() != Some(&version) || !program.exists() {
        fetch_compiler(&directory, &version)?;
        write(&marked, &version)?;
    }
    debian::extract(&package, &root)?;
    if library.exists() {
        Ok(program)
    } else {
        Err(format!(
            "`{}` has no library for {target}",
            package.display()
        ))
    }
}

/// Unpacks the compiler afresh.
fn fetch_compiler(directory: &Path, wanted: &str) -> Result<(), String> {
    if directory.exists() {
        fs::remove_dir_all(directory)
            .map_err(|error| format!("cannot remove `{}`: {error}", directory.display()))?;
    }
    let root = directory.join("root");
    fs::create_dir_all(&root)
        .map_err(|error| format!("cannot create `{}`: {error}", root.display()))?;
    let suite = Suite::open(SUITE)?;
    let compiler = suite.download(COMPILER)?;
    let found = version(&compiler)?;
    if found != wanted {
        return Err(format!(
            "`{COMPILER}` is {found}, the standard library is {wanted}"
        ));
    }
    debian::extract(&compiler, &root)?;
    for package in suite.needs(&[STANDARD_LIBRARY])? {
        if !NOT_NEEDED.iter().any(|name| package.starts_with(name)) {
            debian::extract(&suite.download(&package)?, &root)?;
        }
    }
    let program = directory.join("rustc");
    write(&program, &wrapper(&root)?)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
        .map_err(|error| format!("cannot make `{}` executable: {error}", program.display()))
}

/// The version in the name of a package's file, without the number of a rebuild of one architecture alone.
fn version(package: &Path) -> Result<String, String> {
    let file = package.file_name().unwrap_or_default().to_string_lossy();
    let version = file.split('_').nth(1);
    let version = version.ok_or_else(|| format!("`{file}` has no version"))?;
    Ok(
        match version.rsplit_once("%2bb").or(version.rsplit_once("+b")) {
            Some((version, rebuild)) if rebuild.bytes().all(|byte| byte.is_ascii_digit()) => {
                version
            }
            _ => version,
        }
        .to_owned(),
    )
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::version;

    #[test]
    fn rebuilds_are_one_version() {
        for file in [
            "libstd-rust-web-dev_1.96.0+dfsg1-1~deb13u1_arm64.deb",
            "libstd-rust-web-dev_1.96.0+dfsg1-1~deb13u1+b2_arm64.deb",
            "x/rustc-web_1.96.0+dfsg1-1~deb13u1%2bb1_amd64.deb",
        ] {
            assert_eq!(
                version(Path::new(file)).unwrap(),
                "1.96.0+dfsg1-1~deb13u1",
                "{file}"
            );
        }
        assert!(version(Path::new("rustc.deb")).is_err());
    }
}
