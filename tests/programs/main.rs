//! Programs of the survey (`xtask/survey/programs`), which restrict themselves as the README advises and end as their
//! heads say. `cargo xtask survey` traces all of them on this machine; here those that need nothing but a kernel, and no
//! newer Rust than the crate, run on every one.
#![cfg(target_os = "linux")]

use syscallset_tests::both::both;
use syscallset_tests::program::Program;

/// A test for each program, by the name of its source.
macro_rules! programs {
    ($($test:ident $name:literal)*) => {
        $(
            #[test]
            fn $test() {
                let source = concat!("../../xtask/survey/programs/src/bin/", $name, ".rs");
                let text = include_str!(concat!("../../xtask/survey/programs/src/bin/", $name, ".rs"));
                for program in both(concat!("survey-", $name)) {
                    run(program, source, text);
                }
            }
        )*
    };
}

programs! {
    abort "abort"
    abort_refused "abort-refused"
    compute "compute"
    empty "empty"
    environment "environment"
    exit_status "exit-status"
    files_read "files-read"
    files_write "files-write"
    hello "hello"
    main_error "main-error"
    net_all "net-all"
    panic "panic"
    panic_caught "panic-caught"
    parallelism "parallelism"
    pipe_lines "pipe-lines"
    stack_overflow "stack-overflow"
    stacked "stacked"
    system_service "system-service"
    tcp "tcp"
    terminal_query "terminal-query"
    thread_detached "thread-detached"
    thread_giving_back "thread-giving-back"
    threads "threads"
}

/// Runs a program, and compares its end with what the head of its source says (`xtask/src/survey/program.rs`).
fn run(mut program: Program, source: &str, text: &str) {
    let head: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("//@ "))
        .map(|line| line.split_once(": ").expect(source))
        .collect();
    for (key, value) in &head {
        program = match *key {
            "env" => {
                let (name, value) = value.split_once('=').expect(source);
                program.env(name, value)
            }
            "stdin" => program.input(format!("{value}\n").as_bytes()),
            _ => program,
        };
    }
    let mut ended = program.run();
    let mut status = Some(0);
    for (key, value) in head {
        match key {
            "exit" => status = Some(value.parse().expect(source)),
            "signal" => {
                let signal = match value {
                    "ABRT" => libc::SIGABRT,
                    "SEGV" => libc::SIGSEGV,
                    "SYS" => libc::SIGSYS,
                    other => panic!("{source}: signal {other}"),
                };
                ended = ended.dies_of(signal);
                status = None;
            }
            "stdout" => assert!(
                ended.stdout.contains(value),
                "{value:?} is missing: {ended}"
            ),
            "stderr" => ended = ended.complains(value),
            "env" | "stdin" | "runs" => (),
            other => panic!("{source}: `{other}` is not understood"),
        }
    }
    if let Some(status) = status {
        ended.exits(status);
    }
}
