//! Nanoseconds for compiling each filter string of the arguments, medians of as many times as the
//! first argument says: a line for each `on_violation` that a build without the option compiles.

use std::hint::black_box;
use std::time::Instant;

use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::{OnViolation, compile};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().and_then(|count| count.parse().ok()).expect("a count");
    let filters: Vec<String> = arguments.collect();
    for on_violation in [OnViolation::Action(Action::KillProcess), OnViolation::Report] {
        let times = filters.iter().map(|filter| {
            let mut times: Vec<u128> = (0..count)
                .map(|_| {
                    let start = Instant::now();
                    black_box(compile(filter, Arch::X86_64, on_violation).expect("a filter string"));
                    start.elapsed().as_nanos()
                })
                .collect();
            times.sort_unstable();
            times[count / 2].to_string()
        });
        println!("{}", times.collect::<Vec<_>>().join(" "));
    }
}
