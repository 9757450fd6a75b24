//! `cargo xtask msrv`: the oldest Rust that the libraries promise, taken from Debian, which keeps it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo;
use crate::debian::{Suite, build_directory, run};

const USAGE: &str = "\
usage: cargo xtask msrv [--or-skip]

Checks the published libraries with the Rust that `rust-version` in Cargo.toml names, builds the examples
with it, and runs one. The compiler is Debian's, downloaded and unpacked below the build directory; nothing
is installed.

  --or-skip   where Debian's packages cannot be had, say so and succeed
";

/// The release of Debian that ships the promised version.
const SUITE: &str = "trixie";

/// What is checked. The command and the analyser are programs, and promise less.
pub(crate) const LIBRARIES: [&str; 4] = [
    "syscallset",
    "syscallset-compiler",
    "syscallset-macros",
    "syscallset-tables",
];

pub(crate) fn main(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut or_skip = false;
    for argument in arguments {
        match argument.as_str() {
            "--or-skip" => or_skip = true,
            "--help" | "-h" => {
                print!("{USAGE}");
                return Ok(());
            }
            _ => return Err(format!("no option `{argument}`\n{USAGE}")),
        }
    }
    let rustc = match compiler() {
        Ok(rustc) => rustc,
        Err(reason) if or_skip => {
            println!("skipped: no rustc {} from Debian: {reason}", promised()?);
            return Ok(());
        }
        Err(reason) => return Err(reason),
    };
    println!("{}", version(&rustc)?.trim());
    let mut check = with(&rustc);
    check.args(["check", "--all-features"]);
    for library in LIBRARIES {
        check.args(["--package", library]);
    }
    crate::run(&mut check)?;
    crate::run(with(&rustc).args([
        "build",
        "--package",
        "syscallset",
        "--examples",
        "--all-features",
    ]))?;
    crate::run(with(&rustc).args(["run", "--package", "syscallset", "--example", "hello"]))
}

fn with(rustc: &Path) -> Command {
    let mut cargo = cargo();
    cargo
        .env("RUSTC", rustc)
        .env_remove("RUSTFLAGS")
        .env("CARGO_TARGET_DIR", build_directory().join("msrv"));
    cargo
}

/// The compiler, unpacked unless an earlier run has done so.
fn compiler() -> Result<PathBuf, String> {
    let promised = promised()?;
    let root = build_directory()
        .join("debian")
        .join("rust")
        .join(&promised);
    let rustc = root.join("rustc");
    let is_it = |version: &str| version.starts_with(&format!("rustc {promised}."));
    if version(&rustc).is_ok_and(|version| is_it(&version)) {
        return Ok(rustc);
    }
    let suite = Suite::open(SUITE)?;
    let files = root.join("files");
    fs::create_dir_all(&files)
        .map_err(|error| format!("cannot create `{}`: {error}", files.display()))?;
    for package in suite.needs(&["rustc", "libstd-rust-dev"])? {
        run(Command::new("dpkg-deb")
            .arg("--extract")
            .arg(suite.download(&package)?)
            .arg(&files))?;
    }
    let wrapper = wrapper(&files)?;
    fs::write(&rustc, wrapper)
        .and_then(|()| fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)))
        .map_err(|error| format!("cannot write `{}`: {error}", rustc.display()))?;
    let version = version(&rustc)?;
    if is_it(&version) {
        Ok(rustc)
    } else {
        Err(format!(
            "Debian {SUITE} has {}, not {promised}",
            version.trim()
        ))
    }
}

/// A script that runs the compiler with the C library of its own release of Debian.
pub(crate) fn wrapper(files: &Path) -> Result<String, String> {
    let arch = std::env::consts::ARCH;
    let libraries = format!("{}/usr/lib/{arch}-linux-gnu", files.display());
    let loader = fs::read_dir(&libraries)
        .map_err(|error| format!("cannot read `{libraries}`: {error}"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .find(|name| name.starts_with("ld-linux"))
        .ok_or_else(|| format!("no dynamic loader in `{libraries}`"))?;
    let usr = files.join("usr");
    let usr = usr.display();
    Ok(format!(
        "#!/bin/sh\nexec '{libraries}/{loader}' --library-path '{libraries}' --argv0 rustc \
         '{usr}/bin/rustc' --sysroot '{usr}' \"$@\"\n"
    ))
}

fn version(rustc: &Path) -> Result<String, String> {
    run(Command::new(rustc).arg("--version"))
}

/// The version that the workspace promises.
fn promised() -> Result<String, String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(|error| error.to_string())?;
    text.lines()
        .find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .ok_or_else(|| format!("no `rust-version` in `{}`", manifest.display()))
}
