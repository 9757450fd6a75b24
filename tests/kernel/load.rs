//! Loading fails closed: if the kernel, or an outer filter, refuses, the body never runs.

use std::io::Error;

use syscallset_tests::both::both;
use syscallset_tests::ended::Ended;
use syscallset_tests::program::{Program, is_root};

/// Runs a program under an outer filter, in both builds.
fn under(refused: &str, name: &str) -> Vec<Program> {
    let pairs = both("outer").into_iter().zip(both(name));
    pairs
        .map(|(outer, inner)| outer.arg(refused).arg(inner.to_string()))
        .collect()
}

/// As [`under`], with root's rights and without.
fn by_anybody(refused: &str, name: &str) -> Vec<Ended> {
    let mut all: Vec<Ended> = under(refused, name).into_iter().map(Program::run).collect();
    for program in under(refused, name) {
        all.push(program.unprivileged().run());
    }
    all
}

/// The program has told why it cannot restrict itself, and has done nothing else.
#[track_caller]
fn assert_refused(ended: Ended, reason: &str) {
    let ended = ended.exits(125).prints("");
    let lines: Vec<&str> = ended.stderr.lines().collect();
    assert_eq!(lines.len(), 1, "{ended}");
    let ended = ended.complains("syscallset: ");
    ended.complains("fixtures/io.rs:").complains(reason);
}

/// How a line ends about a call that fails with this error number.
fn text(call: &str, errno: i32) -> String {
    let error = Error::from_raw_os_error(errno).to_string();
    let meaning = error.split(" (os error").next().unwrap_or_default();
    format!(": {call}(2): {meaning}\n")
}

#[test]
fn an_outer_filter_that_allows_loading_does_no_harm() {
    for ended in by_anybody("nothing", "io") {
        ended.exits(0).prints("hello\n").complains_of_nothing();
    }
}

#[test]
fn seccomp_refused() {
    for (name, errno) in [
        ("EPERM", libc::EPERM),
        ("EACCES", libc::EACCES),
        ("EINVAL", libc::EINVAL),
        ("ESRCH", libc::ESRCH),
    ] {
        for ended in by_anybody(&format!("seccomp:{name}"), "io") {
            assert_refused(ended, &text("seccomp", errno));
        }
    }
}

#[test]
fn seccomp_unknown_to_the_kernel() {
    for ended in by_anybody("seccomp:ENOSYS", "io") {
        assert_refused(ended, &text("seccomp", libc::ENOSYS));
    }
}

/// Root could load a filter without giving up privileges, but must not.
#[test]
fn prctl_refused_to_root() {
    if !is_root() {
        println!("skipped: not root");
        return;
    }
    for (name, errno) in [("EPERM", libc::EPERM), ("EINVAL", libc::EINVAL)] {
        for (outer, inner) in both("outer").into_iter().zip(both("io")) {
            let outer = outer.arg(format!("prctl:{name}")).arg("root");
            assert_refused(outer.arg(inner.to_string()).run(), &text("prctl", errno));
        }
    }
}

/// Who has inherited that privileges are given up needs no prctl(2), and is restricted.
#[test]
fn prctl_refused_and_not_needed() {
    for ended in by_anybody("prctl:EPERM", "io_faulty") {
        ended.dies_of_sigsys().prints("opening\n");
    }
    for program in under("prctl:kill", "io_faulty") {
        let ended = program.unprivileged().run();
        ended.dies_of_sigsys().prints("opening\n");
    }
}

/// Who has not needs it.
#[test]
fn prctl_refused_and_needed() {
    if !is_root() {
        println!("skipped: not root");
        return;
    }
    for (outer, inner) in both("outer").into_iter().zip(both("io")) {
        let ended = outer
            .arg("prctl:EPERM")
            .arg("nobody")
            .arg(inner.to_string());
        assert_refused(ended.run(), &text("prctl", libc::EPERM));
    }
}

#[test]
fn seccomp_deadly() {
    for ended in by_anybody("seccomp:kill", "io") {
        ended.dies_of_sigsys().prints("");
    }
}

/// An outer filter that answers in the kernel's place that all went well is not believed.
#[test]
fn seccomp_pretended() {
    for ended in by_anybody("seccomp:pretend", "io") {
        assert_refused(
            ended,
            ": an outer filter pretends to load filters: Operation not permitted\n",
        );
    }
    let run = |name: &str, arguments: &[&str]| -> Vec<Ended> {
        let add = |program: Program| {
            let program = arguments
                .iter()
                .fold(program, |program, argument| program.arg(*argument));
            program.run()
        };
        under("seccomp:pretend", name)
            .into_iter()
            .map(add)
            .collect()
    };
    for ended in run("limits", &["to", "@basic-io"]) {
        ended.exits(0).prints(
            "supported: false\n\
             no filter was loaded: an outer filter answers seccomp(2) with a pretended success\n",
        );
    }
    for ended in run("children", &["plain", "true"]) {
        ended
            .exits(0)
            .prints("not started: Operation not permitted (os error 1)\n");
    }
}

/// The kernel then finds that privileges were not given up.
#[test]
fn prctl_pretended() {
    if !is_root() {
        println!("skipped: not root");
        return;
    }
    for (outer, inner) in both("outer").into_iter().zip(both("io")) {
        let ended = outer
            .arg("prctl:pretend")
            .arg("nobody")
            .arg(inner.to_string());
        assert_refused(ended.run(), &text("seccomp", libc::EACCES));
    }
}

/// `CAP_SYS_ADMIN` makes the kernel take filters from who has not given up privileges. They are
/// given up all the same, also by a user other than root.
#[test]
fn the_privileged_give_up_privileges() {
    if !is_root() {
        println!("skipped: not root");
        return;
    }
    let setpriv = "/usr/bin/setpriv";
    if !std::path::Path::new(setpriv).exists() {
        println!("skipped: no {setpriv}, of util-linux");
        return;
    }
    for threads in both("threads") {
        let mut program = Program::new(setpriv);
        for argument in [
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=+sys_admin",
            "--ambient-caps=+sys_admin",
        ] {
            program = program.arg(argument);
        }
        let ended = program.arg(threads.to_string()).arg("privileges").run();
        ended
            .exits(0)
            .prints("administrator: true\nNoNewPrivs: 1 1\n");
    }
    for program in both("threads") {
        let ended = program.arg("privileges").unprivileged().run();
        ended
            .exits(0)
            .prints("administrator: false\nNoNewPrivs: 1 1\n");
    }
    for program in both("threads") {
        let ended = program.arg("privileges").run();
        ended
            .exits(0)
            .prints("administrator: true\nNoNewPrivs: 1 1\n");
    }
}

#[test]
fn not_supported_where_seccomp_is_refused() {
    for refused in [
        "seccomp:EPERM",
        "seccomp:EINVAL",
        "seccomp:ENOSYS",
        "seccomp:pretend",
    ] {
        for ended in by_anybody(refused, "seccomp_avail") {
            ended.exits(0).prints("false\n");
        }
    }
    for ended in by_anybody("nothing", "seccomp_avail") {
        ended.exits(0).prints("true\n");
    }
}
