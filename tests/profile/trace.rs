//! What `strace -f` sees of a program.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Traced {
    /// All calls of the program, without those of programs that it executes.
    pub(crate) calls: BTreeSet<String>,
    /// The calls after the first one of getppid, by which a program of ours marks its `main`, or the load of its
    /// filter.
    pub(crate) marked: BTreeSet<String>,
    /// The libraries that were opened.
    pub(crate) libraries: BTreeSet<PathBuf>,
}

/// Whether strace is there and allowed to trace.
pub(crate) fn works() -> bool {
    let status = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .status();
    status.is_ok_and(|status| status.success())
}

/// Traces a command.
pub(crate) fn trace(program: &Path, arguments: &[&str], scratch: &Path) -> Traced {
    let log = scratch.join("strace.log");
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-qq", "-s", "256", "-e", "signal=none", "-o"])
        .arg(&log)
        .arg(program)
        .args(arguments);
    read(&logged(&mut strace, scratch, &log))
}

/// Runs a tracer to its end; what it has written.
fn logged(tracer: &mut Command, scratch: &Path, log: &Path) -> String {
    tracer
        .current_dir(scratch)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the tracer was there a moment ago");
    let log = std::fs::read(log).expect("the tracer writes its log");
    String::from_utf8_lossy(&log).into_owned()
}

/// Whether programs for aarch64 can be run here, and what they call be seen.
pub(crate) fn emulates() -> bool {
    let version = Command::new("qemu-aarch64").arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

/// Traces a program for aarch64, whose libraries are below `root`, as qemu runs it.
pub(crate) fn emulate(program: &Path, arguments: &[&str], root: &Path, scratch: &Path) -> Traced {
    let log = scratch.join("qemu.log");
    let mut qemu = Command::new("timeout");
    qemu.args(["60", "qemu-aarch64", "-strace", "-D"])
        .arg(&log)
        .arg("-L")
        .arg(root)
        .arg(program)
        .args(arguments);
    read_emulated(&logged(&mut qemu, scratch, &log))
}

/// Reads lines such as `12 openat(…) = 3`; those of several threads may run into each other.
fn read_emulated(log: &str) -> Traced {
    let mut traced = Traced::default();
    let mut marked = false;
    for (bracket, _) in log.match_indices('(') {
        let before = &log[..bracket];
        let name = before
            .rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
            .next()
            .unwrap_or_default();
        let before = &before[..before.len() - name.len()];
        let is_call = before.strip_suffix(' ').is_some_and(|before| {
            let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            (2..8).contains(&digits)
        });
        if !is_call || name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        if marked {
            traced.marked.insert(name.to_owned());
        }
        marked |= name == "getppid";
        traced.calls.insert(name.to_owned());
    }
    traced
}

fn read(log: &str) -> Traced {
    let mut traced = Traced::default();
    let mut started = false;
    let mut marked = false;
    let mut foreign: HashSet<&str> = HashSet::new();
    for line in log.lines() {
        let Some((process, rest)) = line.split_once(char::is_whitespace) else {
            continue;
        };
        let rest = rest.trim_start();
        let rest = rest.strip_prefix("<... ").unwrap_or(rest);
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let Some((call, after)) = end.map(|end| rest.split_at(end)) else {
            continue;
        };
        if call.is_empty() || !after.starts_with(['(', ' ']) || foreign.contains(process) {
            continue;
        }
        if call == "execve" {
            // The first one is strace's own.
            if !std::mem::replace(&mut started, true) {
                continue;
            }
            traced.calls.insert(call.to_owned());
            if marked {
                traced.marked.insert(call.to_owned());
            }
            if rest.ends_with("= 0") || rest.contains("unfinished") {
                foreign.insert(process);
            }
            continue;
        }
        if marked {
            traced.marked.insert(call.to_owned());
        }
        marked |= matches!(call, "getppid" | "seccomp");
        traced.calls.insert(call.to_owned());
        if matches!(call, "open" | "openat") && !rest.contains("= -1") {
            let path = rest.split('"').nth(1).map(PathBuf::from);
            let is_library = |path: &PathBuf| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                // `ld.so.cache` is none.
                name.ends_with(".so")
                    || name.split_once(".so.").is_some_and(|(_, rest)| {
                        rest.starts_with(|first: char| first.is_ascii_digit())
                    })
            };
            traced.libraries.extend(path.filter(is_library));
        }
    }
    traced
}
