//! The nine programs of syscallset-go's own test suite, under their names. Two of them are compile
//! errors here: `ui/go_unknown_syscall.rs` and `ui/go_unknown_syscallset.rs`.

use syscallset_tests::both::both;

#[test]
fn defaults() {
    for program in both("defaults") {
        program.run().exits(0).prints("").complains_of_nothing();
    }
}

#[test]
fn defaults_faulty() {
    for program in both("defaults_faulty") {
        program.run().dies_of_sigsys().prints("");
    }
}

#[test]
fn io() {
    for program in both("io") {
        program
            .run()
            .exits(0)
            .prints("hello\n")
            .complains_of_nothing();
    }
}

#[test]
fn io_faulty() {
    for program in both("io_faulty") {
        program.run().dies_of_sigsys().prints("opening\n");
    }
}

#[test]
fn restrict() {
    for program in both("restrict") {
        program
            .run()
            .exits(0)
            .prints("hello\n")
            .complains_of_nothing();
    }
}

#[test]
fn restrict_too_much() {
    for program in both("restrict_too_much") {
        program.run().dies_of_sigsys().prints("");
    }
}

#[test]
fn seccomp_avail() {
    for program in both("seccomp_avail") {
        program.run().exits(0).prints("true\n");
    }
}

/// A call that only other architectures have is no fault: that is portability.
#[test]
fn unknown_syscall_of_another_architecture() {
    for program in both("foreign_syscall") {
        program
            .run()
            .exits(0)
            .prints("hello\n")
            .complains_of_nothing();
    }
}
