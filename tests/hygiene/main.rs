//! What the macros do to the programs around them: whose names they use, which lints they trip over,
//! and when they load the filter if another attribute starts threads.
#![cfg(target_os = "linux")]

mod stranger;

use syscallset_tests::program::{Program, sibling};

fn program(name: &str) -> Program {
    Program::new(sibling(name))
}

/// That it compiles is the point; clippy looks at it together with the rest of the workspace.
#[test]
fn the_strictest_lints() {
    let ended = program("strict").run().exits(0).complains_of_nothing();
    ended.prints("hello Ok(Ok(())) @basic-io @basic-io\n");
}

#[test]
fn shadowed_names() {
    let ended = program("shadowed").run().exits(0).complains_of_nothing();
    ended.prints("hello\ntrue\n");
}

#[test]
fn no_prelude() {
    program("no_prelude").run().exits(0).prints("hello\n");
}

#[test]
fn another_macro_may_write_main() {
    program("from_a_macro")
        .run()
        .exits(0)
        .prints("hello\ntrue\n");
}

#[test]
fn an_attribute_may_change_the_return_type() {
    program("changed_return").run().exits(7).prints("hello\n");
}

const RUNTIMES: [&str; 10] = [
    "tokio_below",
    "tokio_above",
    "tokio_between",
    "tokio_between_above",
    "actix_below",
    "actix_above",
    "smol_below",
    "smol_above",
    "smol_executor_below",
    "smol_executor_above",
];

/// Whatever the order of the attributes, all threads of the runtime are restricted.
#[test]
fn runtimes_run_under_the_filter() {
    for name in RUNTIMES {
        let ended = program(name).run().exits(0).complains_of_nothing();
        ended.prints("all threads are restricted\n");
    }
}

/// The filter is loaded before the runtime is made: where loading fails and making a runtime kills,
/// it is loading that the program comes to.
#[test]
fn the_filter_is_loaded_before_the_runtime_starts() {
    let first = |name: &str| {
        let path = program(name).to_string();
        program("only_before_a_runtime").arg(path).run()
    };
    first("unrestricted").dies_of_sigsys().prints("");
    for name in RUNTIMES {
        first(name).exits(125).prints("").complains("syscallset: ");
    }
}
