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

/// The tests of the module of that name, which cannot be compiled there.
#[cfg(target_endian = "big")]
mod interop {
    macro_rules! skipped {
        ($($test:ident)*) => {
            $(
                #[test]
                fn $test() {
                    println!("skipped: seccompiler knows no big-endian machines");
                }
            )*
        };
    }

    skipped! {
        a_filter_is_a_program_of_seccompiler
        a_program_of_seccompiler_is_a_filter
        filters_of_both_are_stacked
        seccompiler_loads_our_filter
    }
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
