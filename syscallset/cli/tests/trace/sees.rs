//! Which calls are seen, and what becomes of them.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;

use crate::fixture::{Linked, acts, scratch, syscallset, trace, traced};

const BOTH: [Linked; 2] = [Linked::Dynamically, Linked::Statically];

/// The calls of the fixture's threads.
const OF_THREADS: [&str; 4] = ["getpgid", "getpriority", "getsid", "sched_getparam"];

/// What the command itself allows so that a program can start.
const LOADER: [&str; 8] = [
    "access",
    "close",
    "execve",
    "newfstatat",
    "openat",
    "pread64",
    "read",
    "readlink",
];

fn has(calls: &BTreeSet<&str>, some: &[&str]) -> bool {
    some.iter().all(|call| calls.contains(call))
}

#[test]
fn threads_are_seen() {
    for linked in BOTH {
        for options in [&[][..], &["--from", "main"]] {
            let traced = trace(options, &[acts(linked), "threads"]);
            assert!(traced.status.success());
            assert!(has(&traced.calls(), &OF_THREADS), "{:?}", traced.report);
        }
    }
}

#[test]
fn children_are_seen_and_what_they_execute() {
    for linked in BOTH {
        let traced = trace(&[], &[acts(linked), "forks"]);
        assert!(traced.status.success());
        let seen = ["clone", "vfork", "execve", "sysinfo", "times"];
        assert!(has(&traced.calls(), &seen), "{:?}", traced.report);
    }
}

/// With the string that a trace prints, the program runs; without any of its items that have a call of
/// their own it does not.
#[test]
fn the_string_is_enough_and_no_item_is_too_much() {
    for linked in BOTH {
        for act in ["threads", "forks", "copies"] {
            let traced = trace(&[], &[acts(linked), act]);
            let filter = traced.filter().to_owned();
            let run = |filter: &str| {
                let mut command = syscallset(&["run", filter, "--", acts(linked), act]);
                command.stdin(std::process::Stdio::null());
                command.output().expect("it starts").status
            };
            assert!(run(&filter).success(), "{filter}");
            let items: Vec<_> = filter.split(' ').collect();
            for left_out in 0..items.len() {
                // Sets may be there for calls that every filter allows, and `run` allows what the
                // loader does.
                if items[left_out].starts_with(['~', '@']) || LOADER.contains(&items[left_out]) {
                    continue;
                }
                let mut fewer = items.clone();
                fewer.remove(left_out);
                let status = run(&fewer.join(" "));
                assert!(!status.success(), "{filter} without {}", items[left_out]);
            }
        }
    }
}

#[test]
fn from_main_leaves_the_loader_out() {
    let whole = trace(&[], &[acts(Linked::Dynamically), "family"]);
    let main = trace(&["--from", "main"], &[acts(Linked::Dynamically), "family"]);
    assert!(whole.calls().contains("pread64"));
    assert_eq!(main.calls(), BTreeSet::from(["exit_group", "socket"]));
    assert_eq!(main.filter(), "socket");
}

#[test]
fn arguments_that_conditions_test_are_recorded() {
    let traced = trace(&["--from", "main"], &[acts(Linked::Dynamically), "family"]);
    let family = &traced.report["calls"]["socket"]["arguments"]["domain"];
    assert_eq!(*family, serde_json::json!({ "these": ["AF_UNIX"] }));
}

#[test]
fn every_item_says_what_needs_it() {
    let traced = trace(&["--generalise"], &["cat", "/etc/hostname"]);
    let items = traced.report["items"].as_array().unwrap();
    let basic = items.iter().find(|item| item["item"] == "@basic-io");
    let calls = basic.expect("`cat` reads and writes")["calls"].as_array();
    for call in ["read", "write"] {
        assert!(calls.unwrap().iter().any(|other| other == call));
    }
    assert!(
        traced
            .filter()
            .split(' ')
            .all(|item| !item.contains("openat")),
        "sets, not calls: {}",
        traced.filter()
    );
}

#[test]
fn what_a_program_refuses_itself_is_listed() {
    for linked in BOTH {
        let traced = trace(&["--from", "main"], &[acts(linked), "filtered"]);
        assert!(traced.status.success(), "{:?}", traced.report);
        assert_eq!(traced.refused(), [("sysinfo", "EPERM")]);
        let calls = traced.calls();
        assert!(calls.contains("getsid"));
        assert!(!calls.contains("getpgid"), "that was before the filter");
    }
}

#[test]
fn death_by_a_filter_is_listed_and_passed_on() {
    for linked in BOTH {
        let traced = trace(&["--from", "main"], &[acts(linked), "killed"]);
        assert_eq!(traced.status.signal(), Some(31));
        let refused = [("sysinfo", "EPERM"), ("times", "kill")];
        assert_eq!(traced.refused(), refused);
        let more = traced.report["with_refused"].as_str().unwrap();
        assert!(more.contains("sysinfo") && more.contains("times"), "{more}");
    }
}

#[test]
fn permissive_traces_go_on() {
    let acts = acts(Linked::Dynamically);
    let traced = trace(&["--from", "main", "--permissive"], &[acts, "killed"]);
    assert!(traced.status.success());
    assert_eq!(traced.refused(), [("sysinfo", "EPERM"), ("times", "kill")]);
    assert!(traced.calls().contains("times"), "it was let pass");
}

#[test]
fn programs_under_a_filter_are_traced() {
    for linked in BOTH {
        let outer = "@system-service @debug pidfd_getfd ~sysinfo:EPERM";
        let us = env!("CARGO_BIN_EXE_syscallset");
        let run = [
            "run",
            outer,
            "--",
            us,
            "trace",
            "--json",
            acts(linked),
            "forks",
        ];
        let traced = traced(&mut syscallset(&run));
        assert!(traced.status.success());
        assert_eq!(traced.refused(), [("sysinfo", "EPERM")]);
        assert!(has(&traced.calls(), &["vfork", "times"]));
    }
}

#[test]
fn runs_are_merged() {
    let file = scratch().join(format!("merged-{}.json", std::process::id()));
    let path = file.to_str().unwrap();
    let acts = acts(Linked::Dynamically);
    let merge = |act| trace(&["--from", "main", "--merge", path], &[acts, act]);
    merge("family");
    merge("times");
    let all = merge("threads");
    assert!(has(&all.calls(), &OF_THREADS));
    assert!(has(&all.calls(), &["socket", "times"]));
    assert_eq!(all.report["runs"].as_array().unwrap().len(), 3);
    let kept: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).unwrap()).expect("a report");
    assert_eq!(kept["filter"], all.report["filter"]);
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_file_that_is_no_report_is_left_alone() {
    let file = scratch().join(format!("other-{}.json", std::process::id()));
    std::fs::write(&file, "notes").unwrap();
    let path = file.to_str().unwrap();
    let mut command = syscallset(&["trace", "--merge", path, "true"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(125));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("--merge"), "{message}");
    assert_eq!(std::fs::read(&file).unwrap(), b"notes");
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn oci_profiles_allow_the_same() {
    let names = |options: &[&str]| {
        let mut command = syscallset(&["trace", "--oci", "-o", "-"]);
        command
            .args(options)
            .args(["--", acts(Linked::Statically), "family"]);
        let output = command.output().unwrap();
        assert!(output.status.success());
        let profile: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(profile["defaultAction"], "SCMP_ACT_ERRNO");
        let allowed = &profile["syscalls"][0];
        assert_eq!(allowed["action"], "SCMP_ACT_ALLOW");
        let names = allowed["names"].as_array().unwrap().clone();
        names
            .into_iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect::<BTreeSet<_>>()
    };
    let whole = names(&[]);
    assert!(whole.contains("socket") && whole.contains("execve"));
    let main = names(&["--from", "main"]);
    assert!(main.contains("socket") && !main.contains("execve"));
}

#[test]
fn conditions_on_the_flags_of_clone_can_be_written_as_they_are_listed() {
    for linked in BOTH {
        let command = [acts(linked), "forks"];
        let traced = trace(&[], &command);
        let flags = &traced.report["calls"]["clone"]["arguments"]["flags"]["these"];
        let flags: Vec<_> = flags.as_array().expect("fork clones").iter().collect();
        assert!(!flags.is_empty(), "{linked:?}");
        let mut items = vec!["@known ~clone".to_owned()];
        for flags in flags {
            let flags = flags.as_str().unwrap();
            // The signal that a child's end sends is a part of them.
            assert!(flags.contains("SIGCHLD"), "{flags}");
            items.push(format!("clone(flags={flags})"));
        }
        // Other ways to have a child have to be named.
        items.push("clone3 fork vfork".to_owned());
        let filter = items.join(" ");
        let run = syscallset(&["run", &filter, "--", command[0], command[1]]).status();
        assert!(run.unwrap().success(), "{filter}");
    }
}

#[test]
fn tight_strings_are_accepted() {
    for linked in BOTH {
        let traced = trace(&["--tight"], &[acts(linked), "family"]);
        // What executes a program has to put back a signal.
        let filter = format!("{} rt_sigaction", traced.filter());
        let run = syscallset(&["run", &filter, "--", acts(linked), "family"]).status();
        assert!(run.unwrap().success(), "{}", traced.filter());
    }
}
