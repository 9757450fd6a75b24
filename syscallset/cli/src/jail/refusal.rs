//! What is said about a refused call.

use std::fmt;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use syscallset_compiler::report::{advised_set, request};
use syscallset_tables::{Arch, Kind, Param, Place};

use crate::report::Report;

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
#[derive(Clone, Debug, Default, Serialize)]
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
        let asked = request(name).map(Place::Word);
        let mut arguments = self.arguments(name).into_iter();
        if let Some((param, value)) = arguments.find(|(param, _)| Some(param.place) == asked) {
            return writeln!(
                f,
                "      help: the arguments decide: allow these with `{name}({}={value:#x})`, or all with `{name}`",
                param.name
            );
        }
        match advised_set(name, self.arch) {
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
        for (index, (param, value)) in self.arguments(call).into_iter().enumerate() {
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

    /// The parameters of the call and what the kernel reads of them.
    fn arguments(&self, call: &str) -> Vec<(Param, u64)> {
        let Some(params) = syscallset_tables::params(self.arch, call) else {
            return Vec::new();
        };
        let value = |param: &Param| {
            let value = match param.place {
                Place::Word(word) => self.args[usize::from(word)],
                Place::Pair { low, high } => {
                    self.args[usize::from(high)] << 32 | self.args[usize::from(low)]
                }
            };
            value & u64::MAX >> (64 - param.kind.bits(self.arch))
        };
        params.iter().map(|param| (*param, value(param))).collect()
    }
}

/// A refused call as a JSON object.
#[derive(Serialize)]
struct Refused<'a> {
    /// `null` for a number that the tables do not have.
    call: Option<&'static str>,
    number: u32,
    arguments: Vec<Argument>,
    /// Address behind the instruction that made the call.
    address: u64,
    filter: &'a str,
    process: &'a Process,
    /// The smallest set that has the call.
    set: Option<&'static str>,
}

#[derive(Serialize)]
struct Argument {
    name: &'static str,
    value: u64,
}

impl<'a> From<&'a Refusal<'a>> for Refused<'a> {
    fn from(refusal: &'a Refusal<'a>) -> Self {
        let call = refusal.arch.name_of(refusal.number);
        let arguments = refusal.arguments(call.unwrap_or_default()).into_iter();
        Self {
            call,
            number: refusal.number,
            arguments: arguments
                .map(|(param, value)| Argument {
                    name: param.name,
                    value,
                })
                .collect(),
            address: refusal.address,
            filter: refusal.filter,
            process: &refusal.process,
            set: call
                .and_then(|call| advised_set(call, refusal.arch))
                .map(|set| set.name),
        }
    }
}

impl Serialize for Refusal<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Refused::from(self).serialize(serializer)
    }
}

impl Report for Refusal<'_> {
    const NAME: &'static str = "refused";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        // In one piece, as others write there as well.
        out.write_all(self.to_string().as_bytes())
    }
}
