//! `syscallset import --from strace`: what strace 6.1 printed, and what it prints here.

use std::process::Command;

use crate::command::{Scratch, installed, prints, refuses, skip, syscallset};

const START: &str = "access close newfstatat openat pread64 read";

/// A file of strace's output, and the string that it comes to.
fn recorded(file: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cli/strace");
    let path = format!("{root}/{file}");
    prints(["import", "--arch", "x86_64", "--from", "strace", &path])
}

/// Sorted words.
fn sorted(words: &str) -> Vec<&str> {
    let mut words: Vec<_> = words.split_whitespace().collect();
    words.sort_unstable();
    words
}

#[test]
fn tables_and_logs_give_their_calls() {
    // `ls /`
    let list = "getdents64 ioctl statfs statx write";
    assert_eq!(
        sorted(&recorded("c.txt")),
        sorted(&format!("{START} {list}"))
    );
    // `sh -c 'ls / | wc -l'` executes two more programs.
    let pipe = "clone dup2 execve fadvise64 pipe2 wait4";
    assert_eq!(
        sorted(&recorded("qcf.txt")),
        sorted(&format!("{START} {list} {pipe}"))
    );
    // `sh -c 'true & wait; echo a'` executes none, as a log with all kinds of prefixes, or with its table.
    let wait = "clone rt_sigsuspend wait4 write";
    for file in ["f.txt", "tttiy.txt", "Cr.txt"] {
        assert_eq!(
            sorted(&recorded(file)),
            sorted(&format!("{START} {wait}")),
            "{file}"
        );
    }
}

#[test]
fn what_strace_saw_is_what_run_needs() {
    let (Some(strace), Some(python)) = (installed("strace"), installed("python3")) else {
        return;
    };
    let scratch = Scratch::new();
    let python = python.to_str().unwrap();
    let work = "import json, os; print(json.dumps(sorted(os.listdir('/proc/self/task')) != []))";
    for options in [
        &["-qcf"][..],
        &["-c", "-f"],
        &["-f"],
        &["-f", "-C"],
        &["-f", "-tt", "-T"],
        &["-f", "-k"],
    ] {
        let log = scratch.path("log");
        let log = log.to_str().unwrap();
        let status = Command::new(&strace)
            .args(options)
            .args(["-o", log, python, "-c", work])
            .output()
            .unwrap();
        if !status.status.success() {
            return skip(&format!(
                "strace: {}",
                String::from_utf8_lossy(&status.stderr)
            ));
        }
        let filter = prints(["import", "--from", "strace", log]);
        assert!(
            !filter.split_whitespace().any(|item| item == "execve"),
            "{options:?}: {filter}"
        );
        syscallset(["run", filter.trim(), python, "-c", work])
            .run()
            .exits(0)
            .prints("true\n")
            .complains_of_nothing();
    }
}

#[test]
fn audit_records_give_their_calls() {
    let scratch = Scratch::new();
    let log = scratch.write(
        "audit.log",
        "type=SECCOMP msg=audit(1700000000.123:42): auid=0 uid=0 gid=0 ses=1 pid=99 comm=\"x\" exe=\"/bin/x\" \
         sig=31 arch=c000003e syscall=257 compat=0 ip=0x7f code=0x80000000\n\
         [ 12.3] audit: type=1326 audit(1.2:3): pid=9 comm=\"y\" arch=c000003e syscall=41 compat=0 ip=0x1 code=0x0\n",
    );
    assert_eq!(
        prints(["import", "--arch", "x86_64", "--from", "audit", &log]),
        "openat socket\n"
    );
    let none = scratch.write("none", "nothing here\n");
    assert!(refuses(["import", "--from", "audit", &none]).contains("no records"));
    assert!(refuses(["import", "--from", "strace", &none]).contains("no calls"));
}
