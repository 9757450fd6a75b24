//! From what a program can call to a filter string, and what there is to say about it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;
use syscallset_profile::{From, Profile, Unknown};
use syscallset_tables::{Arch, set};

use super::chain::Spot;
use crate::cover::{Cover, Implicit, Options, Scope, cover, generalise};
use crate::output::{Report, write_wrapped};
use crate::style::{DIM, HEADING, WARNING};

/// What kind of string is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) arch: Arch,
    /// Sets rather than calls.
    pub(crate) general: bool,
    /// Without implicit calls that the program cannot make.
    pub(crate) tight: bool,
    /// How many harmless calls it may allow for the sake of fewer items.
    pub(crate) allow_extra: usize,
    /// Whether to list calls through pointers.
    pub(crate) indirect: bool,
}

/// The report.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    /// The filter string.
    pub(crate) filter: String,
    arch: &'static str,
    /// Where the analysis began: `main` or `the entry point`.
    from: &'static str,
    /// The calls that the program can make.
    calls: Vec<&'static str>,
    /// The items of the string and the calls that need them.
    items: Vec<Needed>,
    /// The calls that every filter allows.
    implicit: Vec<&'static str>,
    /// The calls that the kernel makes in the program's name.
    by_kernel: Vec<&'static str>,
    /// The calls that the string allows although the program cannot make them.
    extra: Vec<&'static str>,
    /// How many functions and system call instructions can be reached.
    functions: usize,
    instructions: usize,
    #[serde(flatten)]
    limits: Limits,
}

/// An item, and what it is needed for.
#[derive(Debug, Serialize)]
struct Needed {
    item: String,
    calls: Vec<&'static str>,
}

impl Answer {
    pub(crate) fn new(profile: &Profile, wish: Wish) -> Self {
        let calls: BTreeSet<&'static str> = profile.calls().into_iter().collect();
        let found = wish.cover(&calls);
        let mut needed: BTreeMap<usize, Vec<&'static str>> = BTreeMap::new();
        let mut implicit = Vec::new();
        let names = |item: &String, call: &str| {
            let name = item.trim_start_matches('~');
            name == call || set(name).is_some_and(|set| set.contains(call))
        };
        for call in &calls {
            match found.items.iter().rposition(|item| names(item, call)) {
                Some(item) => needed.entry(item).or_default().push(*call),
                None => implicit.push(*call),
            }
        }
        let items = found.items.iter().enumerate().map(|(index, item)| Needed {
            item: item.clone(),
            calls: needed.remove(&index).unwrap_or_default(),
        });
        let mut extra: BTreeSet<&'static str> = found.extra.iter().copied().collect();
        if wish.general {
            extra.extend(generalise(&calls));
        }
        extra.retain(|call| !calls.contains(call) && wish.arch.number(call).is_some());
        Self {
            filter: found.to_string(),
            arch: wish.arch.name(),
            from: from_name(profile.from()),
            items: items.collect(),
            implicit,
            by_kernel: profile.by_kernel(),
            extra: extra.into_iter().collect(),
            functions: profile.functions(),
            instructions: profile.instructions(),
            limits: Limits::new(profile, wish.indirect),
            calls: calls.into_iter().collect(),
        }
    }
}

impl Wish {
    fn cover(self, calls: &BTreeSet<&'static str>) -> Cover {
        let options = Options {
            scope: if self.general {
                Scope::Everywhere
            } else {
                Scope::Arch(self.arch)
            },
            implicit: if self.tight {
                Implicit::Go
            } else {
                Implicit::Stay
            },
            allow_extra: self.allow_extra,
        };
        if self.general {
            cover(generalise(calls), &options)
        } else {
            cover(calls.iter().copied(), &options)
        }
    }
}

/// Where an analysis began, in words.
pub(crate) fn from_name(from: From) -> &'static str {
    if from == From::Main {
        "main"
    } else {
        "the entry point"
    }
}

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

impl Report for Answer {
    const NAME: &'static str = "profile";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{HEADING}\"{}\"{HEADING:#}", self.filter)?;
        for Needed { item, calls } in &self.items {
            // A call by its own name needs itself.
            if calls.is_empty() || calls.len() == 1 && calls[0] == *item {
                continue;
            }
            writeln!(out, "\n{HEADING}{item}{HEADING:#}")?;
            write_wrapped(out, 4, calls)?;
        }
        if !self.implicit.is_empty() {
            writeln!(out, "\n{DIM}allowed by every filter{DIM:#}")?;
            write_wrapped(out, 4, &self.implicit)?;
        }
        if !self.extra.is_empty() {
            writeln!(out, "\n{WARNING}allowed, but cannot be called:{WARNING:#}")?;
            write_wrapped(out, 4, &self.extra)?;
        }
        writeln!(out)?;
        writeln!(
            out,
            "{DIM}note:{DIM:#} {} calls of {}, counted from {} on; {} system call instructions in {} functions",
            self.calls.len(),
            self.arch,
            self.from,
            self.instructions,
            self.functions
        )?;
        self.limits.write(out)
    }
}
