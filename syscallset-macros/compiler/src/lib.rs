//! The filter language of the `syscallset` crate, and its compiler to seccomp BPF programs.
//!
//! Use it through `syscallset`; this crate is the part that the macros, the `syscallset` command and
//! the run-time functions share. Its interface may change with every release.
//!
//! A filter string goes through [`parse`], [`resolve`], [`lower`], [`assemble`] and [`verify`];
//! [`compile`] is the whole way.

pub mod action;
pub mod assemble;
pub mod compile;
mod conditions;
mod debug;
pub mod error;
pub mod filter;
mod graph;
pub mod insn;
pub mod interpret;
pub mod lower;
pub mod lowered;
mod multiplexer;
pub mod note;
pub mod parse;
pub mod plan;
pub mod policy;
pub mod render;
pub mod report;
pub mod resolve;
pub mod span;
mod suggest;
pub mod variants;
pub mod verify;

pub use syscallset_tables::Arch;
