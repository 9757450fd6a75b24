//! Loading fails closed: if the kernel, or an outer filter, refuses, the body never runs.

use std::io::Error;

use syscallset_tests::both::both;
use syscallset_tests::ended::Ended;

/// Runs a program under an outer filter, in both builds, with and without root's rights.
fn under(refused: &str, name: &str) -> Vec<Ended> {
    let mut all = Vec::new();
    for (outer, inner) in both("outer").into_iter().zip(both(name)) {
        all.push(outer.arg(refused).arg(inner.to_string()).run());
    }
    for (outer, inner) in both("outer").into_iter().zip(both(name)) {
        let outer = outer.arg(refused).arg(inner.to_string());
        all.push(outer.unprivileged().run());
    }
    all
}

#[track_caller]
fn assert_refused(refused: &str, reason: &str) {
    for ended in under(refused, "io") {
        let ended = ended.exits(125).prints("");
        let lines: Vec<&str> = ended.stderr.lines().collect();
        assert_eq!(lines.len(), 1, "{ended}");
        let ended = ended.complains("syscallset: ");
        let ended = ended.complains("\"@basic-io\"");
        ended.complains("fixtures/io.rs:").complains(reason);
    }
}

/// What the error of this number is called.
fn text(errno: i32) -> String {
    Error::from_raw_os_error(errno).to_string()
}

#[test]
fn an_outer_filter_that_allows_loading_does_no_harm() {
    for ended in under("nothing", "io") {
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
        assert_refused(&format!("seccomp:{name}"), &text(errno));
    }
}

#[test]
fn seccomp_unknown_to_the_kernel() {
    assert_refused("seccomp:ENOSYS", "this system has no seccomp filters");
}

#[test]
fn prctl_refused() {
    assert_refused("prctl:EPERM", &text(libc::EPERM));
    assert_refused("prctl:EINVAL", &text(libc::EINVAL));
}

#[test]
fn seccomp_deadly() {
    for ended in under("seccomp:kill", "io") {
        ended.dies_of_sigsys().prints("");
    }
}

#[test]
fn not_supported_where_seccomp_is_refused() {
    for refused in ["seccomp:EPERM", "seccomp:EINVAL", "seccomp:ENOSYS"] {
        for ended in under(refused, "seccomp_avail") {
            ended.exits(0).prints("false\n");
        }
    }
    for ended in under("nothing", "seccomp_avail") {
        ended.exits(0).prints("true\n");
    }
}
