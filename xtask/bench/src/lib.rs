//! Compares the programs of syscallset, and what they cost, with those of others.
#![allow(
    clippy::cast_precision_loss,
    reason = "all counts and times here are far below 2^53"
)]

pub mod candidates;
pub mod chart;
pub mod counts;
pub mod crates;
pub mod encoding;
pub mod lists;
pub mod measure;
pub mod peers;
pub mod report;
pub mod rounds;
pub mod run;
pub mod sample;
pub mod sys;
pub mod targets;
