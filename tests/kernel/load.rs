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
        for program in under(&format!("prctl:{name}"), "io") {
            assert_refused(program.run(), &text("prctl", errno));
        }
    }
}

/// Who has inherited that privileges are given up needs no prctl(2), and is restricted.
#[test]
fn prctl_refused_and_not_needed() {
    for program in under("prctl:EPERM", "io_faulty") {
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

#[test]
fn not_supported_where_seccomp_is_refused() {
    for refused in ["seccomp:EPERM", "seccomp:EINVAL", "seccomp:ENOSYS"] {
        for ended in by_anybody(refused, "seccomp_avail") {
            ended.exits(0).prints("false\n");
        }
    }
    for ended in by_anybody("nothing", "seccomp_avail") {
        ended.exits(0).prints("true\n");
    }
}
