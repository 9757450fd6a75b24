//! Nanoseconds for compiling each filter string of the arguments as often as the first one says, once
//! with each `on_violation` that a build without the option compiles: a line for each, medians.

use std::hint::black_box;
use std::time::Instant;

use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::{OnViolation, compile};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().and_then(|count| count.parse().ok()).expect("a count");
    for filter in arguments {
        let mut times: Vec<u128> = (0..count)
            .map(|_| {
                let start = Instant::now();
                for on_violation in [OnViolation::Action(Action::KillProcess), OnViolation::Report] {
                    black_box(compile(&filter, Arch::X86_64, on_violation).expect("a filter string"));
                }
                start.elapsed().as_nanos()
            })
            .collect();
        times.sort_unstable();
        println!("{}", times[count / 2]);
    }
}
