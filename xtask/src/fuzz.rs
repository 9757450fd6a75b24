//! `cargo xtask fuzz`: runs the fuzz targets of `tests/fuzz` for a while.
//!
//! libFuzzer's coverage is asked of the compiler by options that every toolchain has, so that neither
//! a nightly one nor `cargo fuzz` is needed; without a sanitizer, which safe code does not miss.

use std::path::{Path, PathBuf};

use crate::{cargo, run};

const USAGE: &str = "\
usage: cargo xtask fuzz [--seconds N | --minutes N] [TARGET…]

Runs fuzz targets, all of them unless some are named, each for N seconds (60) or minutes. What was found stays in
target/fuzz: interesting input in corpus/TARGET, and the input that failed. Needs a C++ compiler.

targets:
  filter   any text
  words    texts of words that the language knows
  policy   policies that no filter string need say
  elf      programs to be analysed
";

const TARGETS: [&str; 4] = ["filter", "words", "policy", "elf"];

/// Instrumentation for libFuzzer: the options that `cargo fuzz --sanitizer none` gives.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";

pub(crate) fn main(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut seconds = 60_u32;
    let mut targets = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            unit @ ("--seconds" | "--minutes") => {
                let value = arguments.next().and_then(|value| value.parse::<u32>().ok());
                let factor = if unit == "--minutes" { 60 } else { 1 };
                seconds = value
                    .and_then(|value| value.checked_mul(factor))
                    .ok_or_else(|| format!("`{unit}` needs a number\n{USAGE}"))?;
            }
            "--help" | "-h" => {
                print!("{USAGE}");
                return Ok(());
            }
            name => match TARGETS.into_iter().find(|target| *target == name) {
                Some(target) => targets.push(target),
                None => return Err(format!("no fuzz target `{name}`\n{USAGE}")),
            },
        }
    }
    if targets.is_empty() {
        targets.extend(TARGETS);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize().map_err(|error| error.to_string())?;
    targets
        .into_iter()
        .try_for_each(|target| fuzz(&root, target, seconds))
}

fn fuzz(root: &Path, target: &str, seconds: u32) -> Result<(), String> {
    let package = root.join("tests/fuzz");
    let found = root.join("target/fuzz");
    let corpus = create(&found.join("corpus").join(target))?;
    let dictionary = package.join(format!("{target}.dict"));
    let seeds = package.join("seeds").join(target);
    let failed = found.join(format!("{target}-"));

    let mut fuzz = cargo();
    fuzz.args(["run", "--quiet", "--release", "--bin", target])
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(package.join("target"))
        // With a target the options are not for build scripts and macros.
        .args(["--target", &host()?])
        .env("RUSTFLAGS", FLAGS)
        .arg("--")
        .arg(&corpus)
        .arg(format!("-artifact_prefix={}", failed.display()))
        .args([
            format!("-max_total_time={seconds}"),
            "-timeout=20".to_owned(),
            "-print_final_stats=1".to_owned(),
        ]);
    if seeds.is_dir() {
        fuzz.arg(seeds);
    }
    if dictionary.is_file() {
        fuzz.arg(format!("-dict={}", dictionary.display()));
    }
    run(&mut fuzz)
}

/// The name of this machine's target.
fn host() -> Result<String, String> {
    let output = std::process::Command::new("rustc")
        .arg("-vV")
        .output()
        .map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "rustc does not say what its host is".to_owned())
}

fn create(directory: &Path) -> Result<PathBuf, String> {
    std::fs::create_dir_all(directory)
        .map(|()| directory.to_owned())
        .map_err(|error| format!("{}: {error}", directory.display()))
}
