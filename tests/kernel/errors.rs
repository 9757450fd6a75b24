//! What happens to refused calls.

use std::fmt::Write as _;

use syscallset_tables::Arch;
use syscallset_tests::both::both;

/// Every error that the tables name for this architecture is returned, by its number.
#[test]
fn every_errno() {
    let arch = Arch::from_name(syscallset_tests::arch()).expect("a filter's architecture is known");
    let mut expected = String::new();
    for name in arch.errno_names() {
        let number = arch.errno(name).expect("a listed name has a number");
        let _ = writeln!(expected, "{name} {number} {number}");
    }
    for program in both("errnos") {
        program
            .run()
            .exits(0)
            .prints(&expected)
            .complains_of_nothing();
    }
}

#[test]
fn kill_ends_the_process() {
    for by in ["item", "violation"] {
        for program in both("violations") {
            let ended = program.arg("kill").arg(by).run();
            ended.dies_of_sigsys().prints("").complains_of_nothing();
        }
    }
}

#[test]
fn kill_thread_ends_one_thread() {
    assert_violation("kill-thread", "thread ended\n");
}

#[test]
fn trap_without_a_handler_ends_the_process() {
    for by in ["item", "violation"] {
        for program in both("violations") {
            let ended = program.arg("trap").arg(by).run();
            ended.dies_of_sigsys().prints("");
        }
    }
}

#[test]
fn log_makes_the_call() {
    assert_violation("log", "Ok(())\n");
}

#[test]
fn trace_without_a_tracer_fails() {
    assert_violation("trace", &format!("Err(Some({}))\n", libc::ENOSYS));
}

#[test]
fn notify_without_a_supervisor_fails() {
    assert_violation("notify", &format!("Err(Some({}))\n", libc::ENOSYS));
}

#[test]
fn errno_is_returned() {
    assert_violation("EXFULL", &format!("Err(Some({}))\n", libc::EXFULL));
}

/// The action of an item takes precedence over `on_violation`, which is another one there; without
/// one `on_violation` counts.
#[track_caller]
fn assert_violation(action: &str, expected: &str) {
    for by in ["item", "violation"] {
        for program in both("violations") {
            let ended = program.arg(action).arg(by).run();
            ended.exits(0).prints(expected).complains_of_nothing();
        }
    }
}
