//! A program in the notations of others.

mod blocks;
mod text;

use std::io::{self, Write};

use clap::ValueEnum;
use serde::Serialize;
use syscallset_compiler::insn::Insn;
use syscallset_tables::Arch;

use crate::program::listing::{Line, list};
use crate::report::Report;

/// The value of `--format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// What the kernel's `bpf_asm` reads, with comments that name calls and actions.
    #[default]
    Asm,
    /// A C array of `struct sock_filter`.
    C,
    /// A Rust array of `libc::sock_filter`.
    Rust,
    /// The bytes that seccomp(2) takes, in the byte order of the architecture.
    Raw,
    /// The JSON object of `--json`.
    Json,
    /// A graph for Graphviz.
    Dot,
}

/// A program and where it comes from.
#[derive(Serialize)]
pub(crate) struct Dump {
    /// The filter string or the file.
    source: String,
    arch: &'static str,
    instructions: Vec<Line>,
    #[serde(skip)]
    program: Vec<Insn>,
    #[serde(skip)]
    format: Format,
}

impl Dump {
    pub(crate) fn new(source: String, program: Vec<Insn>, arch: Arch, format: Format) -> Self {
        Self {
            source,
            arch: arch.name(),
            instructions: list(&program, arch),
            program,
            format,
        }
    }
}

impl Report for Dump {
    const NAME: &'static str = "dump";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::C => text::write_c(self, out),
            Format::Rust => text::write_rust(self, out),
            Format::Dot => blocks::write_dot(self, out),
            // The bytes and the object do not come this way.
            Format::Asm | Format::Raw | Format::Json => text::write_asm(self, out),
        }
    }
}
