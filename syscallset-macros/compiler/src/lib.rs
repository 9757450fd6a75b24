//! The filter language of the `syscallset` crate, and its compiler to seccomp BPF programs.

pub mod action;
pub mod insn;
pub mod lowered;
