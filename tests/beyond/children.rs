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

#[test]
fn a_child_runs_under_its_filter() {
    start("plain", "true", &[], "exit status: 0\n");
    start("plain", "sh", &["-c", "exit 3"], "exit status: 3\n");
}

#[test]
fn what_the_filter_refuses_ends_the_child() {
    let status = "signal: 31 (SIGSYS) (core dumped)\n";
    let start = |unprivileged: bool| {
        let [program, _] = both("children");
        let program = program.arg("no-loader").arg("/bin/true");
        let program = if unprivileged {
            program.unprivileged()
        } else {
            program
        };
        program.run().exits(0).stdout
    };
    for unprivileged in [false, true] {
        let stdout = start(unprivileged);
        assert!(
            stdout == status || stdout == "signal: 31 (SIGSYS)\n",
            "{stdout}"
        );
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
    start("no-execve", "true", &[], expected);
}

#[test]
fn a_filter_that_would_hide_errors_fails_before_anything_is_started() {
    let expected = "refused: no child can be started under a filter that refuses `write`\n\
                    help: add `write` to the filter string\n";
    start("no-write", "true", &[], expected);
    start("little-write", "true", &[], expected);
}

/// A program that restricts itself, started under a filter by which prctl(2) is deadly.
#[test]
fn an_unprivileged_child_restricts_itself_without_prctl() {
    let io = sibling("io");
    for parent in both("children") {
        let program = parent
            .arg("no-prctl")
            .arg(io.to_str().expect("a path in UTF-8"));
        program
            .unprivileged()
            .run()
            .exits(0)
            .prints("hello\nexit status: 0\n");
    }
}
