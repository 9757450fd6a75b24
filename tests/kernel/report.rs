//! Who is told what about a refused call: in debug builds, where nothing else is chosen, the process
//! reports it before it dies of the very same signal; in release builds the kernel ends it at once.

use syscallset_tests::both::both;
use syscallset_tests::ended::Ended;
use syscallset_tests::program::{Program, sibling};

/// This test's own build, which is a debug build here.
fn debug(name: &str) -> Program {
    Program::new(sibling(name))
}

fn release(name: &str) -> Ended {
    let [_, release] = both(name);
    release.run().complains_of_nothing()
}

#[test]
fn a_debug_build_names_call_filter_and_place() {
    let ended = debug("io_faulty").run().dies_of_sigsys();
    let number = libc::SYS_openat;
    let ended = ended.complains(&format!(
        "`openat` ({number}) is not allowed by \"@basic-io\""
    ));
    ended.complains("fixtures/io_faulty.rs:3");

    let ended = debug("io_event").arg("epoll").run().dies_of_sigsys();
    let ended = ended.complains("`epoll_ctl`");
    ended.complains("\"@basic-io ~@io-event\"");
}

/// The report needs `write`; without it the process dies all the same.
#[test]
fn a_debug_build_that_cannot_write_dies_in_silence() {
    for name in ["defaults_faulty", "restrict_too_much"] {
        debug(name).run().dies_of_sigsys().complains_of_nothing();
    }
}

#[test]
fn a_release_build_dies_in_silence() {
    for name in ["io_faulty", "defaults_faulty", "restrict_too_much"] {
        release(name).dies_of_sigsys();
    }
}
