//! The `syscallset` command, run as its users run it.

mod bpf;
mod command;
mod containers;
mod dump;
mod exchange;
mod explain;
mod foreign;
mod hostile;
mod inspect;
mod manners;
mod run;
mod servers;
mod systemd;
mod traces;
