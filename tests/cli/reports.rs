//! `syscallset run` leaves nothing between the command and whoever started it; with `--on-violation report`,
//! another process tells about refused calls.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::command::{SYSCALLSET, installed, syscallset};
use crate::run::QUIET;

#[test]
fn nothing_supervises_the_command() {
    let child = Command::new(SYSCALLSET)
        .args(["run", QUIET, "sh", "-c"])
        .arg("echo $$ $PPID; grep -E '^(Threads|Seccomp|NoNewPrivs):' /proc/$$/status")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    let parent = std::process::id();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("{id} {parent}\nThreads:\t1\nNoNewPrivs:\t1\nSeccomp:\t2\n"),
        "the command is the process that was started"
    );
}

/// How many processes have this word in their command lines.
fn processes_with(word: &str) -> usize {
    let entries = fs::read_dir("/proc").unwrap();
    entries
        .filter_map(Result::ok)
        .filter(|entry| {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            line.starts_with(SYSCALLSET.as_bytes()) && String::from_utf8_lossy(&line).contains(word)
        })
        .count()
}

#[test]
fn the_one_that_reports_ends_with_the_last_process() {
    let word = format!("# marked-{}", std::process::id());
    let filter = format!("@system-service {word}");
    let mut child = Command::new(SYSCALLSET)
        .args(["run", "--on-violation", "report", &filter, "sh", "-c"])
        // The grandchild outlives the command.
        .arg("sleep 1 & ps -o pid= --ppid $$ | wc -l >&2; echo $$; read line")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    let id = child.id();
    let mut first = String::new();
    std::io::BufRead::read_line(
        &mut std::io::BufReader::new(child.stdout.as_mut().unwrap()),
        &mut first,
    )
    .unwrap();
    assert_eq!(first.trim(), id.to_string(), "the process id is kept");
    assert_eq!(processes_with(&word), 1, "one process reports");
    drop(child.stdin.take());
    assert!(child.wait().unwrap().code().is_some());
    for _ in 0..500 {
        if processes_with(&word) == 0 {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("a process is left behind");
}

#[test]
fn calls_of_threads_and_children_are_reported() {
    let Some(python) = installed("python3") else {
        return;
    };
    let python = python.to_str().unwrap();
    let refused = "@system-service ~@network-io";
    let report = ["run", "--on-violation", "report", refused, python, "-c"];
    let thread = "import socket, threading
t = threading.Thread(target=lambda: socket.socket(socket.AF_INET))
t.start(); t.join(); print('unreached')";
    let ended = syscallset(report.into_iter().chain([thread]))
        .run()
        .dies_of_sigsys()
        .prints("")
        .complains("`socket(domain=2, ");
    assert!(
        ended.stderr.contains(", thread `python3` ("),
        "another thread is named\n{ended}"
    );
    // The child dies, the parent does not.
    let child = "import os, signal, socket
if os.fork() == 0: socket.socket(socket.AF_UNIX)
print(os.WTERMSIG(os.wait()[1]) == signal.SIGSYS)";
    syscallset(report.into_iter().chain([child]))
        .run()
        .exits(0)
        .prints("True\n")
        .complains("`socket(domain=1, ");
    // Neither a handler nor an ignored signal lets the process go on.
    for disposition in ["SIG_IGN", "print"] {
        let stubborn = format!(
            "import signal, socket
signal.signal(signal.SIGSYS, {})
socket.socket()
print('unreached')",
            if disposition == "print" {
                "print".to_owned()
            } else {
                format!("signal.{disposition}")
            }
        );
        syscallset(report.into_iter().chain([stubborn.as_str()]))
            .run()
            .dies_of(9)
            .prints("")
            .complains("`socket(domain=2, ");
    }
}

#[test]
fn there_is_one_report_only() {
    let report = ["run", "--on-violation", "report", "@known"];
    let inner = [SYSCALLSET].into_iter().chain(report).chain(["true"]);
    let ended = syscallset(report.into_iter().chain(inner)).run().exits(125);
    assert_eq!(
        ended.stderr,
        "error: cannot load the filter: refused calls are reported to another process already, and there can \
         be one only\n"
    );
}
