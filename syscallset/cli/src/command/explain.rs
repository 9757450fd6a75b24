//! `syscallset explain`: what a filter string allows.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use crate::failure::Failure;
use crate::grouping::{self, Group};
use crate::output::{Output, Report};
use crate::source::FilterArguments;
use crate::style::{DIM, HEADING};

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    filter: FilterArguments,
}

impl Explain {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        let source = self.filter.source()?;
        let filter = source.parse()?;
        let arch = self.filter.options.arch()?;
        let violation = self.filter.options.violation(arch)?;
        let policy = source.resolve(&filter, arch, violation)?;
        let allowed: Vec<_> = arch
            .calls()
            .iter()
            .map(|call| call.name)
            .filter(|call| policy.allows(call))
            .collect();
        output.report(&Explanation {
            filter: source.text.clone(),
            arch: arch.name(),
            allowed: grouping::group(allowed, arch)
                .into_iter()
                .map(Allowed::from)
                .collect(),
        })?;
        Ok(0)
    }
}

#[derive(Serialize)]
struct Explanation {
    filter: String,
    arch: &'static str,
    allowed: Vec<Allowed>,
}

#[derive(Serialize)]
struct Allowed {
    set: Option<&'static str>,
    of: usize,
    calls: Vec<&'static str>,
}

impl From<Group<'static>> for Allowed {
    fn from(group: Group<'static>) -> Self {
        Self {
            set: group.set.map(|set| set.name),
            of: group.of,
            calls: group.calls,
        }
    }
}

impl Report for Explanation {
    const NAME: &'static str = "explain";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let count: usize = self.allowed.iter().map(|group| group.calls.len()).sum();
        writeln!(out, "allows {count} calls on {}:", self.arch)?;
        for Allowed { set, of, calls } in &self.allowed {
            let name = set.unwrap_or("in no set");
            writeln!(
                out,
                "\n{HEADING}{name}{HEADING:#} {DIM}{} of {of}{DIM:#}\n    {}",
                calls.len(),
                calls.join(" "),
            )?;
        }
        Ok(())
    }
}
