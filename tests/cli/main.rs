//! The `syscallset` command, run as its users run it.

mod bpf;
mod command;
mod dump;
mod explain;
mod foreign;
mod run;
mod servers;
