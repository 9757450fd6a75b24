//! Whatever fails when a filter is loaded: a message, exit status 125, and the body never runs.

use std::io::Error;

use syscallset_tests::both::both;
use syscallset_tests::ended::Ended;
use syscallset_tests::program::Program;

/// Runs a program with an argument under an outer filter, in both builds, with root's rights and without.
fn under(outer: &str, name: &str, argument: &str) -> Vec<Ended> {
    let mut all = Vec::new();
    for unprivileged in [false, true] {
        for (program, inner) in both("outer").into_iter().zip(both(name)) {
            let program = program.arg(outer).arg(inner.to_string());
            let program = if argument.is_empty() {
                program
            } else {
                program.arg(argument)
            };
            all.push(if unprivileged {
                program.unprivileged().run()
            } else {
                program.run()
            });
        }
    }
    all
}

/// One line that names the filter's place, the call that failed and why; nothing of the body's.
#[track_caller]
fn assert_refused(ended: Ended, fixture: &str, call: &str, errno: i32) {
    let ended = ended.exits(125).prints("");
    let error = Error::from_raw_os_error(errno).to_string();
    let meaning = error.split(" (os error").next().unwrap_or_default();
    let start = "syscallset: cannot restrict this program at ";
    let end = format!(": {call}: {meaning}\n");
    let place = ended.stderr.strip_prefix(start);
    let place = place.and_then(|rest| rest.strip_suffix(&end));
    let (file, line) = place
        .and_then(|place| place.rsplit_once(':'))
        .unwrap_or_else(|| panic!("expected {start:?} and {end:?}\n{ended}"));
    assert!(file.ends_with(fixture), "{ended}");
    assert!(line.parse().is_ok_and(|line: u32| line > 0), "{ended}");
}

#[test]
fn errors_of_seccomp() {
    for (outer, errno) in [
        ("seccomp:EPERM", libc::EPERM),
        ("seccomp:EACCES", libc::EACCES),
        ("seccomp:EINVAL", libc::EINVAL),
        ("seccomp:ENOMEM", libc::ENOMEM),
        ("seccomp:E2BIG", libc::E2BIG),
        ("seccomp:EFAULT", libc::EFAULT),
    ] {
        for ended in under(outer, "io", "") {
            assert_refused(ended, "fixtures/io.rs", "seccomp(2)", errno);
        }
    }
}

/// The kernel's own: all filters of a thread together hold at most 32,768 instructions.
#[test]
fn too_many_filters() {
    for ended in under("memory", "io", "") {
        assert_refused(ended, "fixtures/io.rs", "seccomp(2)", libc::ENOMEM);
    }
}

/// Without its handler a filter that reports is not loaded.
#[test]
fn a_handler_that_cannot_be_set() {
    for ended in under("sigaction:EPERM", "reports", "main") {
        assert_refused(ended, "fixtures/reports.rs", "sigaction(2)", libc::EPERM);
    }
}

/// Nor is a second one, which needs the same handler.
#[test]
fn a_handler_that_could_not_be_set_before() {
    let error = std::io::Error::from_raw_os_error(libc::EPERM);
    let error = format!("Err(sigaction(SIGSYS) failed: {error})");
    for ended in under("sigaction:EPERM", "reports_handlers", "fails") {
        ended.exits(0).prints(&format!("fails\n{error} {error}\n"));
    }
}

/// Glibc's malloc is made ready for threads before a filter is loaded that lets it open no files. An
/// outer filter that refuses threads, and be it by death, does not keep the program from restricting
/// itself.
#[test]
fn threads_refused() {
    for outer in ["clone:EPERM", "clone:kill"] {
        for ended in under(outer, "gives_back", "") {
            ended.exits(0).prints("hello\n").complains_of_nothing();
        }
    }
    for ended in under("clone:kill", "gives_back", "threads") {
        ended.dies_of_sigsys().prints("");
    }
}

/// With an outer filter and without, threads free what they like.
#[test]
fn threads_allowed() {
    for ended in under("nothing", "gives_back", "threads") {
        ended.exits(0).prints("hello\n").complains_of_nothing();
    }
    for program in both("gives_back").map(|program: Program| program.arg("threads")) {
        program
            .run()
            .exits(0)
            .prints("hello\n")
            .complains_of_nothing();
    }
}
