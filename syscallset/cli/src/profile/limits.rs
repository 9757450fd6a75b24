//! What an analysis could not see, and what a program may load.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;
use syscallset_profile::{Profile, Unknown};

use super::chain::Spot;
use crate::style::{DIM, WARNING};

/// What an analysis could not see.
#[derive(Debug, Serialize)]
pub(crate) struct Limits {
    files: Vec<File>,
    /// System calls whose number is not known: the program can make more calls than were found.
    unresolved: Vec<Unresolved>,
    /// Calls of `dlopen` and `dlsym` with names that are not known.
    loads: Vec<Load>,
    /// Libraries that are named in the program and were not found.
    absent: Vec<String>,
    /// How the C library makes up names of libraries that it loads.
    patterns: Vec<String>,
    /// How many calls through pointers each file has that can be reached.
    indirect: BTreeMap<String, usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    indirect_calls: Vec<Spot>,
}

#[derive(Debug, Serialize)]
struct File {
    path: PathBuf,
    /// Whether it is loaded only while the program runs.
    late: bool,
}

#[derive(Debug, Serialize)]
struct Unresolved {
    place: Spot,
    why: &'static str,
    instruction: Spot,
}

#[derive(Debug, Serialize)]
struct Load {
    function: &'static str,
    place: Spot,
}

impl Limits {
    pub(crate) fn new(profile: &Profile, list_indirect: bool) -> Self {
        let mut indirect: BTreeMap<String, usize> = BTreeMap::new();
        let mut indirect_calls = Vec::new();
        for place in profile.indirect_calls() {
            if list_indirect {
                indirect_calls.push(Spot::new(&place));
            }
            *indirect.entry(place.module).or_default() += 1;
        }
        let unresolved = profile
            .unresolved()
            .into_iter()
            .map(|unresolved| Unresolved {
                place: Spot::new(&unresolved.place),
                why: why(unresolved.why),
                instruction: Spot::new(&unresolved.instruction),
            });
        let loads = profile.loads().into_iter().map(|load| Load {
            function: load.function,
            place: Spot::new(&load.place),
        });
        Self {
            files: profile
                .modules()
                .map(|(path, late)| File {
                    path: path.to_path_buf(),
                    late,
                })
                .collect(),
            unresolved: unresolved.collect(),
            loads: loads.collect(),
            absent: profile.absent().to_vec(),
            patterns: profile.patterns(),
            indirect,
            indirect_calls,
        }
    }

    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for Unresolved {
            place,
            why,
            instruction,
        } in &self.unresolved
        {
            write!(out, "{WARNING}not known:{WARNING:#} the number at ")?;
            place.write(out)?;
            if place != instruction {
                write!(out, ", for the system call in ")?;
                instruction.write(out)?;
            }
            writeln!(out, ": {why}")?;
        }
        for Load { function, place } in &self.loads {
            write!(out, "{WARNING}not followed:{WARNING:#} {function} in ")?;
            place.write(out)?;
            writeln!(out)?;
        }
        for name in &self.absent {
            writeln!(
                out,
                "{DIM}note:{DIM:#} the name of `{name}` is in the program, but no such library was found"
            )?;
        }
        for pattern in &self.patterns {
            writeln!(
                out,
                "{DIM}note:{DIM:#} the C library may load `{pattern}`, as the system is configured; add what it is \
                 here by `--with`"
            )?;
        }
        for place in &self.indirect_calls {
            write!(out, "{DIM}through a pointer:{DIM:#} ")?;
            place.write(out)?;
            writeln!(out)?;
        }
        let late: Vec<_> = self.files.iter().filter(|file| file.late).collect();
        for file in &late {
            writeln!(
                out,
                "{DIM}note:{DIM:#} `{}` may be loaded while the program runs",
                file.path.display()
            )?;
        }
        let calls: usize = self.indirect.values().sum();
        writeln!(
            out,
            "{DIM}note:{DIM:#} {} files, {calls} calls through pointers, each taken for a call of every function \
             whose address is taken",
            self.files.len()
        )
    }
}

/// Why a number is not known, in words.
fn why(why: Unknown) -> &'static str {
    match why {
        Unknown::Computed => "it is computed",
        Unknown::AddressTaken => {
            "it is a parameter, and the function can be called through a pointer"
        }
        Unknown::Entered => "it is a parameter, and nothing calls the function",
        Unknown::TooLarge => "the function is too large to be followed",
        Unknown::ForeignAbi => "it is a call of the 32-bit ABI",
        _ => "it is not followed",
    }
}
