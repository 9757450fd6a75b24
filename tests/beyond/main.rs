//! Beyond `main`: filters that threads, children and programs load by themselves, and strings that
//! are known only at run time.
#![cfg(target_os = "linux")]

mod children;
mod evaluate;
#[cfg(target_endian = "little")]
mod interop;
mod limits;
mod other_systems;
mod strings;

use syscallset_tests::both::both;

#[cfg(target_endian = "big")]
#[test]
fn interop() {
    println!("skipped: seccompiler knows no big-endian machines");
}

#[test]
fn sixteen_busy_threads_follow() {
    for program in both("busy") {
        program
            .run()
            .exits(0)
            .prints("all 16 are restricted\n")
            .complains_of_nothing();
    }
    for program in both("busy") {
        program
            .unprivileged()
            .run()
            .exits(0)
            .prints("all 16 are restricted\n");
    }
}
