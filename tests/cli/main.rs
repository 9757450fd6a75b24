//! The `syscallset` command, run as its users run it.

mod bpf;
mod command;
mod containers;
mod dump;
mod exchange;
mod explain;
mod foreign;
mod run;
mod servers;
mod systemd;
mod traces;
