//! The settings that programs are surveyed in: how they are built, and which C library they run with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::options::Options;
use super::program::Program;
use super::{Result, root, run};
use crate::debian::{self, Suite};

/// A setting.
pub(super) struct Setting {
    pub(super) name: String,
    /// How to start a program, or why this cannot be done on this machine.
    pub(super) launcher: Result<Launcher>,
    /// Whether the sets' calls are all seen without it.
    pub(super) optional: bool,
}

/// How to start a program.
#[derive(Clone)]
pub(super) struct Launcher {
    /// Where cargo put the programs, by profile.
    builds: PathBuf,
    profile: &'static str,
    /// What stands before a program's path.
    pub(super) prefix: Vec<String>,
    /// Whether programs that ask for many runs get them; a run may depend on the order of events in its threads.
    pub(super) repeats: bool,
    /// A directory for the files that a run leaves behind.
    pub(super) scratch: PathBuf,
}

impl Launcher {
    /// The path of a program.
    pub(super) fn binary(&self, program: &Program) -> PathBuf {
        let profile = program.profile.as_deref().unwrap_or(self.profile);
        self.builds.join(profile).join(&program.name)
    }
}

/// The Debian suites with other releases of glibc than an older Debian has.
const SUITES: [&str; 2] = ["stable", "sid"];

/// Builds the programs and finds the C libraries.
///
/// # Errors
/// Programs that do not compile, or no strace.
pub(super) fn all(options: &Options) -> Result<Vec<Setting>> {
    if !run::is_installed("strace") {
        return Err("no `strace` here: install Debian's package of that name".into());
    }
    let host = host()?;
    let builds = debian::build_directory().join("survey");
    let dynamic = builds.join("dynamic");
    build(&dynamic, &["--bins"], "")?;
    build(&dynamic, &["--bins", "--release"], "")?;
    build(
        &dynamic,
        &["--bin", "panic-abort", "--profile", "abort"],
        "",
    )?;
    let fixed = builds.join("static");
    let target = ["--bins", "--release", "--target", &host];
    let crt_static = "-C target-feature=+crt-static";
    build(&fixed, &target, crt_static)?;
    let target = [
        "--bin",
        "panic-abort",
        "--profile",
        "abort",
        "--target",
        &host,
    ];
    build(&fixed, &target, crt_static)?;

    let launcher = |builds: &Path, profile, prefix| -> Result<Launcher> {
        let scratch = builds.join("traces").join(profile);
        fs::create_dir_all(&scratch)
            .map_err(|error| format!("cannot create `{}`: {error}", scratch.display()))?;
        Ok(Launcher {
            builds: builds.to_owned(),
            profile,
            prefix,
            repeats: profile == "release",
            scratch,
        })
    };
    let setting = |name: &str, launcher| Setting {
        name: name.to_owned(),
        launcher,
        optional: false,
    };
    let musl = musl(&host, &builds.join("musl"))
        .and_then(|builds| launcher(&builds, "release", Vec::new()));
    let fixed = fixed.join(&host);
    let mut settings = vec![
        setting("debug", launcher(&dynamic, "debug", Vec::new())),
        setting("release", launcher(&dynamic, "release", Vec::new())),
        setting("static", launcher(&fixed, "release", Vec::new())),
        Setting {
            optional: true,
            ..setting("musl", musl)
        },
    ];
    if options.here {
        return Ok(settings);
    }
    for suite in SUITES {
        let found = glibc(suite, &builds).and_then(|(release, prefix)| {
            let mut launcher = launcher(&dynamic, "release", prefix)?;
            launcher.scratch = launcher.scratch.join(suite);
            fs::create_dir_all(&launcher.scratch).map_err(|error| error.to_string())?;
            Ok((release, launcher))
        });
        settings.push(match found {
            Ok((release, launcher)) => setting(&format!("glibc {release}"), Ok(launcher)),
            Err(reason) => setting(
                &format!("glibc of Debian {suite}"),
                Err(reason.lines().next().unwrap_or_default().to_owned()),
            ),
        });
    }
    Ok(settings)
}

/// Builds programs with cargo, into a directory of their own.
fn build(directory: &Path, arguments: &[&str], flags: &str) -> Result<()> {
    let manifest = root().join("xtask/survey/programs/Cargo.toml");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--manifest-path"])
        .arg(&manifest)
        .arg("--target-dir")
        .arg(directory)
        .args(arguments)
        .env("RUSTFLAGS", flags)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("`{}` does not build", manifest.display()))
}

/// The target that rustc builds for by itself.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output();
    let output = output.map_err(|error| format!("cannot run rustc: {error}"))?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| "`rustc -vV` names no host".into())
}

/// Builds for musl, if this toolchain has it.
fn musl(host: &str, builds: &Path) -> Result<PathBuf> {
    let target = host.replace("-gnu", "-musl");
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", &target])
        .output();
    let output = output.map_err(|error| format!("cannot run rustc: {error}"))?;
    let library = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || !Path::new(&library).is_dir() {
        return Err(format!("no `{target}` in this toolchain"));
    }
    build(builds, &["--bins", "--release", "--target", &target], "")?;
    let abort = [
        "--bin",
        "panic-abort",
        "--profile",
        "abort",
        "--target",
        &target,
    ];
    build(builds, &abort, "")?;
    Ok(builds.join(target))
}

/// Fetches the C library of a Debian suite, and returns its release and what starts a program with it.
fn glibc(suite: &str, builds: &Path) -> Result<(String, Vec<String>)> {
    let package = Suite::open(suite)?.download("libc6")?;
    // `libc6_2.43-7_amd64.deb`
    let file = package.file_name().unwrap_or_default().to_string_lossy();
    let release = file
        .split('_')
        .nth(1)
        .and_then(|version| version.split('-').next());
    let release = release
        .ok_or_else(|| format!("`{file}` has no version"))?
        .to_owned();
    let parent = builds.join("glibc");
    let directory = parent.join(suite);
    if directory.exists() {
        fs::remove_dir_all(&directory)
            .map_err(|error| format!("cannot remove `{}`: {error}", directory.display()))?;
    }
    fs::create_dir_all(&parent)
        .map_err(|error| format!("cannot create `{}`: {error}", parent.display()))?;
    debian::unpack(&package, &directory)?;
    let libraries = ["usr/lib", "lib"]
        .map(|library| directory.join(library).join(MULTIARCH))
        .into_iter()
        .find(|libraries| libraries.join("libc.so.6").exists())
        .ok_or_else(|| format!("no C library for `{MULTIARCH}` in `{file}`"))?;
    let loader = fs::read_dir(&libraries)
        .map_err(|error| format!("cannot read `{}`: {error}", libraries.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("ld-linux"))
        })
        .ok_or_else(|| format!("no dynamic loader in `{file}`"))?;
    Ok((
        release,
        vec![
            loader.to_string_lossy().into_owned(),
            "--library-path".into(),
            // libgcc is this machine's.
            format!(
                "{}:/lib/{MULTIARCH}:/usr/lib/{MULTIARCH}",
                libraries.display()
            ),
        ],
    ))
}

/// Debian's name for the directory of this architecture's libraries.
const MULTIARCH: &str = if cfg!(target_arch = "aarch64") {
    "aarch64-linux-gnu"
} else {
    "x86_64-linux-gnu"
};
