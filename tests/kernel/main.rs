//! Programs under filters, judged by the kernel: each runs as a child process, in a debug and in a
//! release build, and ends by exit status or signal.
#![cfg(target_os = "linux")]

mod advice;
mod arguments;
mod attribute;
mod conditions;
mod errors;
mod exec;
mod faults;
mod foreign;
mod go;
mod load;
mod mains;
mod multiplexers;
mod numbers;
mod regressions;
mod report;
mod sample;
mod stack;
mod threads;
