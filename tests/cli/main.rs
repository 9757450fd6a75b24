//! The `syscallset` command, run as its users run it.

mod audit;
mod bpf;
mod calls;
mod command;
mod containers;
mod diff;
mod dump;
mod exchange;
mod explain;
mod foreign;
mod formats;
mod hostile;
mod inspect;
mod json;
mod manners;
mod manuals;
mod mistakes;
mod reports;
mod run;
mod servers;
mod simulate;
mod systemd;
mod traces;
