//! Rows of `tests/regressions.md` that no other test of the kernel is about.

use std::os::unix::process::ExitStatusExt as _;

use syscallset_tests::both::both;

/// R33: a restricted program ends as it would without a filter, whatever its main is.
#[test]
fn r33_the_way_out() {
    for (name, status) in [("io", 0), ("main_exit_code", 42), ("restrict", 0)] {
        for program in both(name) {
            program.run().exits(status).complains_of_nothing();
        }
    }
}

/// R35: newer kernels do not ask filters about `uretprobe` and `uprobe`, which take it on themselves to
/// refuse whoever is not at a probe: by `SIGILL` or an error. Elsewhere the filter refuses them.
#[test]
fn r35_calls_that_are_exempt() {
    if !cfg!(target_arch = "x86_64") {
        println!("skipped: `uretprobe` and `uprobe` are calls of x86-64");
        return;
    }
    for number in [335, 336] {
        for program in both("numbers") {
            let ended = program.arg("little").arg(number.to_string()).run();
            match ended.status.signal() {
                Some(libc::SIGSYS) => println!("{number}: refused by the filter"),
                Some(libc::SIGILL) => println!("{number}: exempt, and refused by the kernel"),
                _ => assert!(ended.stdout.contains(": error "), "{ended}"),
            }
        }
    }
}
