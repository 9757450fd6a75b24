//! Kernels from Debian's packages: the image alone is kept.

use std::fs;
use std::path::{Path, PathBuf};

use super::machine::Machine;
use crate::debian::{self, Suite, build_directory};

/// Fetches a machine's kernel, unless it is here already.
///
/// # Errors
/// The suite has no such kernel, or it cannot be had.
pub(super) fn fetch(machine: &Machine) -> Result<PathBuf, String> {
    let directory = build_directory().join("vm/kernels").join(machine.name());
    let image = directory.join("image");
    if image.exists() {
        return Ok(image);
    }
    let suite = Suite::open_for(machine.suite, machine.platform.debian)?;
    let name = format!("linux-image-{}", machine.flavour);
    let release = release(&suite.show(&name)?)
        .ok_or_else(|| format!("`{name}` of {} names no kernel", machine.suite))?;
    // Newer packages of kernels have the image in a package of its own.
    let binary = format!("linux-binary-{release}");
    let package = suite
        .download(&binary)
        .or_else(|_| suite.download(&format!("linux-image-{release}")))?;
    let unpacked = directory.join("unpacked");
    fs::create_dir_all(&unpacked)
        .map_err(|error| format!("cannot create `{}`: {error}", unpacked.display()))?;
    debian::extract(&package, &unpacked)?;
    let found =
        find(&unpacked, &release).ok_or_else(|| format!("no kernel in `{}`", package.display()))?;
    fs::rename(&found, &image)
        .and_then(|()| fs::remove_dir_all(&unpacked))
        .and_then(|()| fs::remove_file(&package))
        .map_err(|error| format!("cannot move `{}`: {error}", found.display()))?;
    Ok(image)
}

/// The kernel that a package `linux-image-FLAVOUR` depends on: `6.12.57+deb13-cloud-arm64`.
fn release(paragraph: &str) -> Option<String> {
    let depends = paragraph
        .lines()
        .find_map(|line| line.strip_prefix("Depends: "))?;
    let names = depends.split([',', ' ', '|']);
    names
        .filter_map(|name| name.strip_prefix("linux-image-"))
        .find(|release| release.starts_with(|first: char| first.is_ascii_digit()))
        .map(str::to_owned)
}

/// `vmlinuz`, or `vmlinux` where kernels are not compressed.
fn find(unpacked: &Path, release: &str) -> Option<PathBuf> {
    let modules = format!("usr/lib/modules/{release}");
    let mut paths = Vec::new();
    for directory in ["boot", &modules, &format!("lib/modules/{release}")] {
        for name in ["vmlinuz", "vmlinux"] {
            paths.push(unpacked.join(directory).join(name));
            paths.push(unpacked.join(directory).join(format!("{name}-{release}")));
        }
    }
    paths.into_iter().find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::release;

    #[test]
    fn the_kernel_of_a_flavour() {
        let paragraph = "Package: linux-image-arm64\nDepends: linux-image-6.12.57+deb13-arm64 (= 6.12.57-1), x\n";
        assert_eq!(release(paragraph).as_deref(), Some("6.12.57+deb13-arm64"));
        assert_eq!(release("Package: linux-image-arm64\n"), None);
        assert_eq!(release("Depends: linux-image-arm64, x\n"), None);
    }
}
