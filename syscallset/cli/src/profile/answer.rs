//! From what a program can call to a filter string, and what there is to say about it.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use syscallset_profile::{From, Profile};

use super::limits::Limits;
use crate::cover::{Needs, Wish};
use crate::report::{Report, write_wrapped};
use crate::style::{DIM, HEADING, WARNING};

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
    #[serde(flatten)]
    needs: Needs,
    /// The calls that the kernel makes in the program's name.
    by_kernel: Vec<&'static str>,
    /// The calls that the string allows although the program cannot make them.
    extra: Vec<String>,
    /// How many functions and system call instructions can be reached.
    functions: usize,
    instructions: usize,
    /// What there is to say about the sets in the string.
    #[serde(skip)]
    about_sets: Option<String>,
    #[serde(flatten)]
    limits: Limits,
}

impl Answer {
    /// Finds the string for a program. With `indirect`, lists its calls through pointers, too.
    pub(crate) fn new(profile: &Profile, wish: Wish, indirect: bool) -> Self {
        let calls: BTreeSet<&'static str> = profile.calls().into_iter().collect();
        let (found, extra) = wish.cover(&calls);
        Self {
            about_sets: wish.about_sets(&found.to_string()),
            filter: found.to_string(),
            arch: wish.arch.name(),
            from: from_name(profile.from()),
            needs: Needs::new(&found, &calls),
            by_kernel: profile.by_kernel(),
            extra,
            functions: profile.functions(),
            instructions: profile.instructions(),
            limits: Limits::new(profile, indirect),
            calls: calls.into_iter().collect(),
        }
    }
}

impl Report for Answer {
    const NAME: &'static str = "profile";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{HEADING}\"{}\"{HEADING:#}", self.filter)?;
        self.needs.write(out)?;
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
        if let Some(about) = &self.about_sets {
            writeln!(out, "{DIM}note:{DIM:#} {about}")?;
        }
        self.limits.write(out)
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
