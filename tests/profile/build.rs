//! Building the programs of the corpus.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program that was built, or the reason why not.
pub(crate) type Built = Result<PathBuf, String>;

/// A program to build: its name, the compiler with its arguments, and the source.
pub(crate) struct Recipe {
    pub(crate) name: &'static str,
    pub(crate) source: &'static str,
    pub(crate) compiler: &'static str,
    pub(crate) arguments: &'static [&'static str],
}

/// Rust and C, each in the ways in which people build them.
pub(crate) const RECIPES: [Recipe; 18] = [
    rust("rust-hello", "hello.rs", &["-O"]),
    rust("rust-hello-debug", "hello.rs", &[]),
    rust(
        "rust-hello-stripped",
        "hello.rs",
        &["-O", "-Cstrip=symbols"],
    ),
    rust(
        "rust-hello-static",
        "hello.rs",
        &["-O", "-Ctarget-feature=+crt-static"],
    ),
    rust(
        "rust-hello-abort",
        "hello.rs",
        &["-O", "-Cpanic=abort", "-Clto=fat"],
    ),
    rust("rust-work", "work.rs", &["-O"]),
    rust("rust-work-debug", "work.rs", &[]),
    rust("rust-work-stripped", "work.rs", &["-O", "-Cstrip=symbols"]),
    rust(
        "rust-work-static",
        "work.rs",
        &["-O", "-Ctarget-feature=+crt-static"],
    ),
    rust(
        "rust-work-static-stripped",
        "work.rs",
        &["-O", "-Ctarget-feature=+crt-static", "-Cstrip=symbols"],
    ),
    c("c-work", "cc", &["-O2", "-pthread"]),
    c("c-work-debug", "cc", &["-O0", "-g", "-pthread"]),
    c("c-work-static", "cc", &["-O2", "-static", "-pthread"]),
    c(
        "c-work-static-stripped",
        "cc",
        &["-O2", "-static", "-s", "-pthread"],
    ),
    c("c-work-fixed", "cc", &["-O2", "-no-pie", "-s", "-pthread"]),
    c("c-work-musl", "musl-gcc", &["-O2", "-pthread"]),
    c(
        "c-work-musl-static",
        "musl-gcc",
        &["-O2", "-static", "-pthread"],
    ),
    c(
        "c-work-musl-static-stripped",
        "musl-gcc",
        &["-O2", "-static", "-s", "-pthread"],
    ),
];

/// The same for aarch64.
pub(crate) const CROSS: [Recipe; 4] = [
    c("c-work", CROSS_COMPILER, &["-O2", "-pthread"]),
    c("c-work-debug", CROSS_COMPILER, &["-O0", "-g", "-pthread"]),
    c(
        "c-work-static",
        CROSS_COMPILER,
        &["-O2", "-static", "-pthread"],
    ),
    c(
        "c-work-static-stripped",
        CROSS_COMPILER,
        &["-O2", "-static", "-s", "-pthread"],
    ),
];

const CROSS_COMPILER: &str = "aarch64-linux-gnu-gcc";

const fn rust(
    name: &'static str,
    source: &'static str,
    arguments: &'static [&'static str],
) -> Recipe {
    Recipe {
        name,
        source,
        compiler: "rustc",
        arguments,
    }
}

const fn c(
    name: &'static str,
    compiler: &'static str,
    arguments: &'static [&'static str],
) -> Recipe {
    Recipe {
        name,
        source: "work.c",
        compiler,
        arguments,
    }
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("profile/programs")
        .join(name)
}

/// Builds a program.
pub(crate) fn build(recipe: &Recipe, scratch: &Path) -> Built {
    let output = scratch.join(recipe.name);
    let mut command = Command::new(recipe.compiler);
    command
        .arg(source(recipe.source))
        .args(recipe.arguments)
        .arg("-o")
        .arg(&output);
    if recipe.compiler == "rustc" {
        command.arg("--edition=2024");
    }
    finish(&mut command, output)
}

/// Builds a Go program with one of the installed toolchains.
pub(crate) fn build_go(
    root: &Path,
    name: &str,
    arguments: &[&str],
    arch: &str,
    scratch: &Path,
) -> Built {
    let version = root.file_name().unwrap_or_default().to_string_lossy();
    let output = scratch.join(format!(
        "{version}-{name}{}",
        arguments.concat().replace([' ', '='], "")
    ));
    let mut command = Command::new(root.join("bin/go"));
    command
        .arg("build")
        .args(arguments)
        .arg("-o")
        .arg(&output)
        .arg(source(&format!("{name}.go")))
        .env("GOCACHE", scratch.join(format!("cache-{version}")))
        .env("GOARCH", arch)
        .env("GOROOT", root)
        .env("GO111MODULE", "off")
        .env("CGO_ENABLED", "0")
        .env("HOME", scratch);
    finish(&mut command, output)
}

/// Builds the programs of the survey, where the survey builds them; the directory that has them.
pub(crate) fn build_survey() -> Built {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = workspace.join("target/survey/dynamic");
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["build", "--quiet", "--bins", "--release", "--manifest-path"])
        .arg(workspace.join("xtask/survey/programs/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env_remove("RUSTFLAGS");
    finish(&mut command, target.join("release"))
}

fn finish(command: &mut Command, output: PathBuf) -> Built {
    match command.stdin(Stdio::null()).output() {
        Ok(done) if done.status.success() => Ok(output),
        Ok(done) => {
            let text = String::from_utf8_lossy(&done.stderr);
            Err(format!(
                "it does not build here: {}",
                text.lines().next().unwrap_or_default()
            ))
        }
        Err(error) => Err(format!(
            "{}: {error}",
            command.get_program().to_string_lossy()
        )),
    }
}

/// The Go toolchains that Debian's packages, or the directories in `SYSCALLSET_GO`, bring.
pub(crate) fn go_roots() -> Vec<PathBuf> {
    let named = std::env::var_os("SYSCALLSET_GO");
    let mut roots: Vec<PathBuf> = named.iter().flat_map(std::env::split_paths).collect();
    let installed = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    roots.extend(installed.map(|entry| entry.path()).filter(|path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("go-"))
    }));
    roots.retain(|root| root.join("bin/go").exists());
    roots.sort();
    roots
}
