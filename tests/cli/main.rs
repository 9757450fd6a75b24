//! The `syscallset` command, run as its users run it.

mod command;
mod run;
mod servers;
