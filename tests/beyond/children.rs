//! `CommandExt::restrict`.

use syscallset_tests::both::both;
use syscallset_tests::program::sibling;

/// Starts a child under one of the filters of the fixture, in both builds, as root and not.
fn start(filter: &str, program: &str, arguments: &[&str], expected: &str) {
    for unprivileged in [false, true] {
        for mut parent in both("children") {
            parent = parent.arg(filter).arg(program);
            parent = arguments
                .iter()
                .fold(parent, |parent, argument| parent.arg(*argument));
            if unprivileged {
                parent = parent.unprivileged();
            }
            parent.run().exits(0).prints(expected);
        }
    }
}

/// The path of another program under test, to be started as a child.
fn child(name: &str) -> String {
    sibling(name).to_str().expect("a path in UTF-8").to_owned()
}

#[test]
fn a_child_runs_under_its_filter() {
    start(
        "plain",
        &child("main_exit_code"),
        &[],
        "hello\nexit status: 42\n",
    );
    // One that asks for what the filter refuses, by an error.
    let expected = format!("Err(Some({}))\nexit status: 0\n", libc::ENOTSUP);
    start(
        "plain",
        &child("attribute_errno"),
        &["an argument"],
        &expected,
    );
}

#[test]
fn what_the_filter_refuses_ends_the_child() {
    // The child has no filter of its own, but looks for what it takes to have one.
    let status = [
        "signal: 31 (SIGSYS) (core dumped)\n",
        "signal: 31 (SIGSYS)\n",
    ];
    for unprivileged in [false, true] {
        for mut parent in both("children") {
            parent = parent.arg("no-loader").arg(child("seccomp_avail"));
            if unprivileged {
                parent = parent.unprivileged();
            }
            let stdout = parent.run().exits(0).stdout;
            assert!(status.contains(&stdout.as_str()), "{stdout}");
        }
    }
}

#[test]
fn a_program_that_cannot_be_executed_is_reported_to_the_parent() {
    let missing = "not started: No such file or directory (os error 2)\n";
    start("plain", "/no/such/program", &[], missing);
    let denied = "not started: Permission denied (os error 13)\n";
    start("plain", "/etc/passwd", &[], denied);
}

#[test]
fn a_filter_without_execve_fails_before_anything_is_started() {
    let expected = "refused: no child can be started under a filter that refuses `execve`\n\
                    help: add `execve` to the filter string\n";
    start("no-execve", &child("io"), &[], expected);
}

#[test]
fn a_filter_that_would_hide_errors_fails_before_anything_is_started() {
    let expected = "refused: no child can be started under a filter that refuses `write`\n\
                    help: add `write` to the filter string\n";
    start("no-write", &child("io"), &[], expected);
    start("little-write", &child("io"), &[], expected);
}

/// A program that restricts itself, started under a filter by which prctl(2) is deadly.
#[test]
fn an_unprivileged_child_restricts_itself_without_prctl() {
    for parent in both("children") {
        let program = parent.arg("no-prctl").arg(child("io"));
        program
            .unprivileged()
            .run()
            .exits(0)
            .prints("hello\nexit status: 0\n");
    }
}

/// In a user namespace the kernel would load the filter without that, whatever the parent has found out about
/// itself.
#[test]
fn a_child_in_a_user_namespace_gives_up_privileges() {
    for unprivileged in [false, true] {
        for mut parent in both("children") {
            parent = parent.arg("namespace").arg("grep");
            parent = parent.arg("NoNewPrivs").arg("/proc/self/status");
            if unprivileged {
                parent = parent.unprivileged();
            }
            let ended = parent.run().exits(0);
            if ended.stdout.starts_with("not started: ") {
                println!("skipped: no user namespaces here: {}", ended.stdout);
                return;
            }
            ended.prints("NoNewPrivs:\t1\nexit status: 0\n");
        }
    }
}
