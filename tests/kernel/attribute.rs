//! The attribute's options, and violations under it.

use syscallset_tests::both::both;

/// The example on the project's front page.
#[test]
fn basic_io_without_io_event() {
    for program in both("io_event") {
        program
            .run()
            .exits(0)
            .prints("hello\n")
            .complains_of_nothing();
    }
    for program in both("io_event") {
        let ended = program.arg("epoll").run();
        ended.dies_of_sigsys().prints("hello\n");
    }
}

#[test]
fn on_violation_errno() {
    for program in both("attribute_errno") {
        let expected = format!("Err(Some({}))\n", libc::ENOTSUP);
        program
            .run()
            .exits(0)
            .prints(&expected)
            .complains_of_nothing();
    }
}

#[test]
fn on_violation_log() {
    for program in both("attribute_log") {
        program
            .run()
            .exits(0)
            .prints("Ok(())\n")
            .complains_of_nothing();
    }
}

/// Without a handler, a trap is deadly.
#[test]
fn on_violation_trap() {
    for program in both("attribute_trap") {
        program.run().dies_of_sigsys().prints("");
    }
}

#[test]
fn on_violation_kill() {
    for program in both("attribute_kill") {
        let ended = program.run().dies_of_sigsys().prints("");
        // The kernel's own way to end a process: nothing of ours runs any more.
        ended.complains_of_nothing();
    }
}
