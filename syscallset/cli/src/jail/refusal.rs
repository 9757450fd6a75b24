//! What is said about a refused call.

use std::fmt;

use syscallset_compiler::report::smallest_set;
use syscallset_tables::{Arch, Kind, Place};

/// A refused call of a process that is not ours.
#[derive(Clone, Debug)]
pub(crate) struct Refusal<'a> {
    pub(crate) arch: Arch,
    pub(crate) number: u32,
    pub(crate) args: [u64; 6],
    /// Address behind the instruction that made the call.
    pub(crate) address: u64,
    /// The filter string.
    pub(crate) filter: &'a str,
    pub(crate) process: Process,
}

/// Who made the call, as far as `/proc` could tell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Process {
    pub(crate) id: i32,
    pub(crate) name: String,
    pub(crate) thread: i32,
    pub(crate) thread_name: String,
}

/// The report in three lines, as that of a program that restricts itself, with a line break at the end.
impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.arch.name_of(self.number).unwrap_or("?");
        write!(f, "syscallset: `{name}(")?;
        self.fmt_arguments(name, f)?;
        let filter: Vec<_> = self.filter.split_whitespace().collect();
        writeln!(
            f,
            ")` ({}) is not allowed by \"{}\"",
            self.number,
            filter.join(" ")
        )?;
        let Process {
            id,
            name: process,
            thread,
            thread_name,
        } = &self.process;
        write!(f, "            process `{process}` ({id})")?;
        if thread != id {
            write!(f, ", thread `{thread_name}` ({thread})")?;
        }
        writeln!(f, ", from {:#x}", self.address)?;
        match smallest_set(name, self.arch) {
            Some(set) => writeln!(
                f,
                "      help: it is in {}; or allow just this call with `{name}`",
                set.name
            ),
            None => writeln!(f, "      help: allow it with `{name}`"),
        }
    }
}

impl Refusal<'_> {
    /// `family=2, type=1, protocol=0`
    fn fmt_arguments(&self, call: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(params) = syscallset_tables::params(self.arch, call) else {
            return Ok(());
        };
        for (index, param) in params.iter().enumerate() {
            let value = match param.place {
                Place::Word(word) => self.args[usize::from(word)],
                Place::Pair { low, high } => {
                    self.args[usize::from(high)] << 32 | self.args[usize::from(low)]
                }
            };
            let value = value & u64::MAX >> (64 - param.kind.bits(self.arch));
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{}=", param.name)?;
            if param.kind == Kind::Pointer || value > 9 {
                write!(f, "{value:#x}")?;
            } else {
                write!(f, "{value}")?;
            }
        }
        Ok(())
    }
}
