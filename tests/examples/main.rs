//! Runs the examples of the crate as their first lines say.

#![cfg(target_os = "linux")]

mod http_server;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use syscallset_tests::both::both;
use syscallset_tests::program::{Program, sibling};

/// Builds the examples, once, beside what is tested; returns the path of one.
fn example(name: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "syscallset", "--examples"]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let directory = sibling("..")
            .canonicalize()
            .expect("the target directory exists");
        cargo.arg("--target-dir").arg(directory);
        assert!(
            cargo.status().expect("cargo runs").success(),
            "the examples do not build"
        );
    });
    sibling("examples").join(name)
}

#[test]
fn hello_says_hello_and_is_stopped_at_a_file() {
    Program::new(example("hello"))
        .run()
        .exits(0)
        .prints("hello restricted world\n");
    let stopped = Program::new(example("hello"))
        .arg("/etc/passwd")
        .run()
        .dies_of_sigsys();
    if cfg!(debug_assertions) {
        stopped
            .complains("`openat` (")
            .complains("is not allowed by \"@basic-io\" at ");
    }
}

#[test]
fn phases_give_up_more_and_more() {
    let said = "/etc/passwd has ";
    let ended = Program::new(example("phases"))
        .arg("/etc/passwd")
        .run()
        .exits(0);
    assert!(ended.stdout.starts_with(said), "{ended}");
    let again = Program::new(example("phases"))
        .arg("/etc/passwd")
        .arg("--again")
        .unprivileged();
    let ended = again.run().dies_of_sigsys();
    assert!(ended.stdout.starts_with(said), "{ended}");
    assert!(
        ended.stdout.ends_with("opening /etc/passwd again\n"),
        "{ended}"
    );
}

#[test]
fn worker_threads_come_and_go() {
    let expected = "/proc/self/status has words: true\nand can still be read: true\n";
    for _ in 0..20 {
        Program::new(example("worker_threads"))
            .run()
            .exits(0)
            .prints(expected);
    }
}

#[test]
fn a_child_process_is_restricted() {
    let ended = Program::new(example("child_process")).run().exits(0);
    assert!(ended.stdout.contains("id: exit status: 0"), "{ended}");
    // Opening a socket fails in the child, and only there.
    let connect = "exec 3<>/dev/tcp/127.0.0.1/9";
    let bash = Program::new(example("child_process"))
        .arg("bash")
        .arg("-c")
        .arg(connect);
    bash.run().exits(1).complains("Permission denied");
    // As without a filter, spawn fails if there is no such program.
    let missing = Program::new(example("child_process")).arg("/no/such/program");
    missing
        .run()
        .exits(1)
        .complains("No such file or directory");
}

#[test]
fn a_policy_file_is_compiled_in() {
    let expected = "restricted as examples/policy.filter says\n";
    Program::new(example("policy_file"))
        .run()
        .exits(0)
        .prints(expected);
}

/// As an unprivileged user, and as root; under a filter by which prctl(2) is deadly, or fails.
#[test]
fn phases_need_no_prctl() {
    let phases = example("phases");
    let phases = phases.to_str().expect("a path in UTF-8");
    for parent in both("children") {
        let program = parent.arg("no-prctl").arg(phases).arg("/etc/passwd");
        let ended = program.unprivileged().run().exits(0);
        assert!(ended.stdout.starts_with("/etc/passwd has "), "{ended}");
        assert!(ended.stdout.ends_with("exit status: 0\n"), "{ended}");
    }
    for unprivileged in [false, true] {
        for outer in both("outer") {
            let mut program = outer.arg("prctl:EPERM").arg(phases).arg("/etc/passwd");
            program = program.arg("--again");
            if unprivileged {
                program = program.unprivileged();
            }
            let ended = program.run().dies_of_sigsys();
            assert!(ended.stdout.starts_with("/etc/passwd has "), "{ended}");
        }
    }
}
