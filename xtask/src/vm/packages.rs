//! The packages of this machine's own Debian: emulators, linkers and C libraries.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::machine::Machine;
use crate::debian::run;

/// Installs what the machines need and is missing. What cannot be had is no fault here: [`missing`] tells.
pub(super) fn install(machines: &[&Machine]) {
    let wanted: BTreeSet<&str> = machines
        .iter()
        .flat_map(|machine| machine.platform.needs)
        .filter(|(program, _)| !exists(program))
        .map(|(_, package)| *package)
        .collect();
    if wanted.is_empty() {
        return;
    }
    let wanted: Vec<&str> = wanted.into_iter().collect();
    println!("installing {}", wanted.join(" "));
    if let Err(error) = apt(&["update"]).and_then(|()| apt_install(&wanted)) {
        // One that is missing must not keep the others away.
        eprintln!("{error}");
        for package in wanted {
            if let Err(error) = apt_install(&[package]) {
                eprintln!("{error}");
            }
        }
    }
}

/// The first package that a machine needs and that is not installed.
pub(super) fn missing(machine: &Machine) -> Option<&'static str> {
    let mut needs = machine.platform.needs.iter();
    needs
        .find(|(program, _)| !exists(program))
        .map(|(_, package)| *package)
}

/// Whether there is a file, or a program of that name in a directory of `PATH`.
fn exists(program: &str) -> bool {
    if program.starts_with('/') {
        return Path::new(program).exists();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(program).exists())
}

fn apt_install(packages: &[&str]) -> Result<(), String> {
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments)
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command
        // Another apt-get of this machine is waited for.
        .args(["--quiet", "--option", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    run(&mut command).map(drop)
}
