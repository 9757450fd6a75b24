//! Every form of `main` that Rust allows, and what may stand around it.

use syscallset_tests::both::both;

#[test]
fn result() {
    for program in both("main_result") {
        program.run().exits(0).prints("7\n").complains_of_nothing();
    }
    for program in both("main_result") {
        let ended = program.arg("not a number").run().exits(1).prints("");
        ended.complains("Error: ParseIntError");
    }
}

#[test]
fn exit_code() {
    for program in both("main_exit_code") {
        program.run().exits(42).prints("hello\n");
    }
}

#[test]
fn impl_termination() {
    for program in both("main_termination") {
        program.run().exits(43).prints("hello\nscore 43\n");
    }
}

#[test]
fn never() {
    for program in both("main_never") {
        program.run().exits(44).prints("hello\n");
    }
}

#[test]
fn attributes_comments_and_visibility() {
    for program in both("main_attributes") {
        program.run().exits(0).prints("hello\n");
    }
}

#[test]
fn another_path_to_the_crate() {
    for program in both("main_reexport") {
        program.run().exits(0).prints("hello\n");
    }
}

#[test]
fn several_strings() {
    let expected = format!(
        "open: {}\ngetcwd: {}\nmetadata: true\ngetppid: true\n",
        libc::EACCES,
        libc::ENOENT
    );
    for program in both("main_strings") {
        program
            .run()
            .exits(0)
            .prints(&expected)
            .complains_of_nothing();
    }
}

#[test]
fn two_attributes() {
    let expected = format!("openat: Err(Some({}))\nsocket: true\n", libc::EXDEV);
    for program in both("twice") {
        program.run().exits(0).prints(&expected);
    }
    for program in both("twice") {
        let ended = program.arg("more").run().dies_of_sigsys();
        ended.prints(&expected);
    }
}
