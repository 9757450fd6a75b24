//! Runs a program and compares its end with what its head says.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::Result;
use super::program::{End, Program};
use super::setting::Launcher;
use super::trace;

/// Kills a program that does not end by itself, which would be a fault, after this many seconds of computing.
const CPU_LIMIT: &str = "--cpu=60";
/// The same for one that waits for ever, in seconds.
const WAIT_LIMIT: &str = "300";

/// Runs a program as often as its head says; the first time under strace. Returns the calls that it made there under
/// its filter.
pub(super) fn run(program: &Program, launcher: &Launcher) -> Result<BTreeSet<String>> {
    let file = launcher.scratch.join(format!("{}.strace", program.name));
    let path = file.to_string_lossy().into_owned();
    let tracer = ["strace", "-f", "-qq", "-s", "64", "-o", path.as_str()];
    let output = execute(program, launcher, &tracer)?;
    let text = fs::read(&file).map_err(|error| format!("cannot read `{path}`: {error}"))?;
    let trace = trace::parse(&String::from_utf8_lossy(&text));
    let told = trace
        .refused
        .as_ref()
        .map_or_else(String::new, |call| format!("\n  refused: {call}"));
    judge(program, launcher, &output)
        .map_err(|fault| format!("{fault}{told}\n{}", said(&output)))?;
    if !trace.restricted {
        return Err(format!("loads no filter; see `{path}`"));
    }
    if !launcher.repeats {
        return Ok(trace.calls);
    }
    let mut deaths = 0;
    let mut first = None;
    for _ in 1..program.runs {
        let output = execute(program, launcher, &[])?;
        if let Err(fault) = judge(program, launcher, &output) {
            deaths += 1;
            first.get_or_insert_with(|| format!("{fault}\n{}", said(&output)));
        }
    }
    match first {
        Some(first) => Err(format!(
            "{deaths} of {} runs failed; the first: {first}",
            program.runs
        )),
        None => Ok(trace.calls),
    }
}

fn execute(program: &Program, launcher: &Launcher, tracer: &[&str]) -> Result<Output> {
    let binary = launcher.binary(program);
    let mut words: Vec<String> = [
        "timeout", "-k", "9", WAIT_LIMIT, "prlimit", CPU_LIMIT, "--core=0",
    ]
    .iter()
    .chain(tracer)
    .map(|word| (*word).to_owned())
    .collect();
    words.extend(launcher.prefix.iter().cloned());
    words.push(binary.to_string_lossy().into_owned());
    let mut command = if program.terminal {
        // Its last argument is the file for a record.
        let mut command = Command::new("script");
        command.args(["-qec", &words.join(" "), "/dev/null"]);
        command
    } else {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command
    };
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("RUST_") || text.starts_with("MALLOC_") || text == "GLIBC_TUNABLES" {
            command.env_remove(&name);
        }
    }
    command
        .envs(program.env.iter().map(|(name, value)| (name, value)))
        .current_dir(&launcher.scratch)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .stdin(if program.stdin.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
    let fault = |error| format!("cannot run `{}`: {error}", words.join(" "));
    let mut child = command.spawn().map_err(fault)?;
    if let (Some(mut stdin), Some(text)) = (child.stdin.take(), &program.stdin) {
        // A program that ends without reading is judged by its end.
        let _ = writeln!(stdin, "{text}");
    }
    child.wait_with_output().map_err(fault)
}

/// Compares the end of a run with the program's head.
fn judge(program: &Program, launcher: &Launcher, output: &Output) -> Result<()> {
    let status = output.status;
    // Programs that run others tell of a signal by a status.
    let end = match (status.code(), status.signal()) {
        (Some(code), _) if code > 128 => End::Signal(code - 128),
        (Some(code), _) => End::Status(code),
        (None, signal) => End::Signal(signal.unwrap_or(0)),
    };
    if end != program.end {
        return Err(format!("ended by {end}, expected {}", program.end));
    }
    let symbols: &[String] = if launcher.prefix.is_empty() {
        &program.symbols
    } else {
        &[]
    };
    for (stream, texts, bytes) in [
        ("standard output", program.stdout.as_slice(), &output.stdout),
        ("standard error", &program.stderr, &output.stderr),
        ("standard error", symbols, &output.stderr),
    ] {
        let printed = String::from_utf8_lossy(bytes);
        if let Some(text) = texts.iter().find(|text| !printed.contains(text.as_str())) {
            return Err(format!("`{text}` is missing on {stream}"));
        }
    }
    Ok(())
}

/// The last lines that a program printed to standard error.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(8)..];
    last.iter().flat_map(|line| ["  | ", line, "\n"]).collect()
}

/// Whether a command can be found.
pub(super) fn is_installed(command: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| Path::new(&directory).join(command).exists())
}
