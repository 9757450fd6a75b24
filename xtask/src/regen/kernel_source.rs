//! The kernel's source as Debian's package `linux-source-*` holds it: an archive inside a package.

use super::Result;
use crate::debian::{self, Suite};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Fetches the newest package and unpacks it.
pub(super) fn fetch() -> Result<PathBuf> {
    let suite = Suite::open("sid")?;
    // A package without contents, which needs the one of the newest kernel.
    let newest = suite.download("linux-source")?;
    let directory = newest.with_file_name("unpacked");
    debian::unpack(&newest, &directory)?;
    let control = directory.join("DEBIAN/control");
    let text = fs::read_to_string(&control)
        .map_err(|error| format!("cannot read `{}`: {error}", control.display()))?;
    let package =
        dependency(&text).ok_or_else(|| format!("`{}` depends on no source", control.display()))?;
    let package = suite.download(package)?;
    let directory = package.with_file_name("unpacked");
    debian::unpack(&package, &directory)?;
    Ok(directory)
}

/// The package of the source among the dependencies in a control file.
fn dependency(control: &str) -> Option<&str> {
    let dependencies = control
        .lines()
        .find_map(|line| line.strip_prefix("Depends:"))?;
    dependencies
        .split([',', ' '])
        .find(|package| package.starts_with("linux-source-"))
}

/// The source tree of an unpacked package, which is unpacked in turn when it is first asked for.
pub(super) fn tree(package: &Path) -> Result<PathBuf> {
    let tree = package.join("tree");
    if tree.exists() {
        return Ok(tree);
    }
    let archives = package.join("usr/src");
    let archive = fs::read_dir(&archives)
        .map_err(|error| {
            format!(
                "cannot read `{}`: {error}; unpack the package linux-source-* with `dpkg-deb --raw-extract`",
                archives.display()
            )
        })?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "xz"))
        .ok_or_else(|| format!("no archive in `{}`", archives.display()))?;
    let incomplete = package.join("tree.incomplete");
    fs::create_dir_all(&incomplete)
        .map_err(|error| format!("cannot create `{}`: {error}", incomplete.display()))?;
    debian::run(
        Command::new("tar")
            .args(["--extract", "--strip-components=1", "--file"])
            .arg(&archive)
            .arg("--directory")
            .arg(&incomplete)
            .args(["--wildcards", "*/Makefile", "*.c", "*.h", "*.tbl"]),
    )?;
    fs::rename(&incomplete, &tree)
        .map_err(|error| format!("cannot rename `{}`: {error}", incomplete.display()))?;
    Ok(tree)
}

/// The kernel's version as the `Makefile` of a source tree has it: `7.2.13`.
pub(super) fn version(tree: &Path) -> Result<String> {
    let path = tree.join("Makefile");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let number = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix("= "))
            .ok_or_else(|| format!("`{}` has no line `{name} = …`", path.display()))
    };
    Ok([
        number("VERSION")?,
        number("PATCHLEVEL")?,
        number("SUBLEVEL")?,
    ]
    .join("."))
}

#[cfg(test)]
mod tests {
    use super::dependency;

    #[test]
    fn the_source_is_among_the_dependencies() {
        let control = "Package: linux-source\nDepends: tar, linux-source-7.2 (= 7.2.13-1)\n";
        assert_eq!(dependency(control), Some("linux-source-7.2"));
        assert_eq!(dependency("Package: linux-source-7.2\n"), None);
    }
}
