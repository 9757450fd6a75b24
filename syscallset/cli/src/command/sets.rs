//! `syscallset sets`: the sets, and what is in them.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use syscallset_compiler::policy::IMPLICIT_SETS;
use syscallset_tables::{Arch, LINUX_VERSION, Origin, Param, SETS, SYSTEMD_VERSION, Set};

use crate::explain::effect::homes;
use crate::failure::Failure;
use crate::output::Output;
use crate::report::{Report, write_wrapped};
use crate::source::{Source, native_or};
use crate::style::{DIM, HEADING};

const EXAMPLES: &str = "\
Examples:
  syscallset sets
  syscallset sets @network-io
  syscallset sets socket --arch aarch64";

/// The arguments.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Sets {
    /// Sets whose members to list; for a call, the sets that have it.
    #[arg(value_name = "@NAME")]
    names: Vec<String>,

    /// The architecture whose numbers to give; the one this command runs on if left out.
    #[arg(long, value_name = "ARCH", value_parser = crate::arch::parse)]
    arch: Option<Arch>,
}

impl Sets {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        let arch = native_or(self.arch)?;
        if self.names.is_empty() {
            output.report(&Overview {
                arch: arch.name(),
                systemd: SYSTEMD_VERSION,
                linux: LINUX_VERSION,
                sets: SETS.iter().map(|set| Summary::new(set, arch)).collect(),
            })?;
            return Ok(0);
        }
        let entries: Result<Vec<_>, _> =
            self.names.iter().map(|name| look_up(name, arch)).collect();
        output.report(&Contents {
            arch: arch.name(),
            entries: entries?,
        })?;
        Ok(0)
    }
}

fn look_up(name: &str, arch: Arch) -> Result<Entry, Failure> {
    if let Some(set) = syscallset_tables::set(name) {
        return Ok(Entry::Set(Details::new(set, arch)));
    }
    // A filter string of this one name has the same faults, and messages that say what was meant.
    let source = Source::argument(name);
    let filter = source.parse(arch)?;
    source.check_names(&filter, arch)?;
    match (&filter.items[..], syscallset_tables::call(name)) {
        ([_], Some(call)) => Ok(Entry::Call(CallDetails::new(call, arch))),
        _ => Err(
            Failure::usage(format!("`{name}` is not the name of a set or call")).with_help(
                "a set has an `@`, as in `@network-io`, and a call has none, as in `socket`",
            ),
        ),
    }
}

#[derive(Serialize)]
struct Overview {
    arch: &'static str,
    systemd: &'static str,
    linux: &'static str,
    sets: Vec<Summary>,
}

#[derive(Serialize)]
struct Summary {
    name: &'static str,
    description: &'static str,
    /// `systemd` or `syscallset`.
    origin: &'static str,
    /// Whether every filter begins with it.
    implicit: bool,
    /// The sets nested directly in it.
    sets: &'static [&'static str],
    /// How many calls of the architecture it has.
    calls: usize,
}

impl Summary {
    fn new(set: &'static Set, arch: Arch) -> Self {
        let members = arch.calls().iter().filter(|call| set.contains(call.name));
        Self {
            name: set.name,
            description: set.description,
            origin: match set.origin {
                Origin::Systemd => "systemd",
                Origin::Syscallset => "syscallset",
            },
            implicit: IMPLICIT_SETS.contains(&set.name),
            sets: set.sets,
            calls: members.count(),
        }
    }
}

#[derive(Serialize)]
struct Contents {
    arch: &'static str,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Entry {
    Set(Details),
    Call(CallDetails),
}

#[derive(Serialize)]
struct Details {
    #[serde(flatten)]
    summary: Summary,
    /// The calls of the set and of those nested in it.
    members: Vec<Member>,
    /// Its calls that this architecture does not have.
    elsewhere: Vec<&'static str>,
}

#[derive(Serialize)]
struct Member {
    call: &'static str,
    number: u32,
}

impl Details {
    fn new(set: &'static Set, arch: Arch) -> Self {
        let mut members = Vec::new();
        let mut elsewhere = Vec::new();
        let mut calls = Vec::new();
        set.for_each_call(&mut |call| calls.push(call));
        calls.sort_unstable();
        calls.dedup();
        for call in calls {
            match arch.number(call) {
                Some(number) => members.push(Member { call, number }),
                None => elsewhere.push(call),
            }
        }
        Self {
            summary: Summary::new(set, arch),
            members,
            elsewhere,
        }
    }
}

#[derive(Serialize)]
struct CallDetails {
    name: &'static str,
    /// Its number, if this architecture has it.
    number: Option<u32>,
    /// The parameters that the kernel takes here.
    parameters: Vec<&'static str>,
    /// The sets that have it, through nesting as well.
    sets: Vec<&'static str>,
    /// The architectures that have it.
    architectures: Vec<&'static str>,
}

impl CallDetails {
    fn new(call: &'static str, arch: Arch) -> Self {
        let parameters = syscallset_tables::params(arch, call);
        Self {
            name: call,
            number: arch.number(call),
            parameters: parameters
                .iter()
                .flat_map(|params| params.iter().map(Param::manual_name))
                .collect(),
            sets: SETS
                .iter()
                .filter(|set| set.contains(call))
                .map(|set| set.name)
                .collect(),
            architectures: homes(call),
        }
    }
}

impl Report for Overview {
    const NAME: &'static str = "sets";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{DIM}# calls on {}, Linux {}; {}{DIM:#}",
            self.arch, self.linux, self.systemd
        )?;
        let width = self.sets.iter().map(|set| set.name.len()).max();
        let width = width.unwrap_or(0);
        for set in &self.sets {
            let Summary {
                name,
                calls,
                description,
                ..
            } = set;
            write!(
                out,
                "{HEADING}{name:width$}{HEADING:#} {calls:4}  {description}"
            )?;
            if set.implicit {
                write!(out, " {DIM}(always){DIM:#}")?;
            }
            if !set.sets.is_empty() {
                write!(out, " {DIM}[{}]{DIM:#}", set.sets.join(" "))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

impl Report for Contents {
    const NAME: &'static str = "set-members";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for (index, entry) in self.entries.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            match entry {
                Entry::Set(set) => write_set(out, set)?,
                Entry::Call(call) => write_call(out, call, self.arch)?,
            }
        }
        Ok(())
    }
}

fn write_set(out: &mut dyn Write, set: &Details) -> io::Result<()> {
    let Summary {
        name, description, ..
    } = set.summary;
    writeln!(
        out,
        "{HEADING}{name}{HEADING:#}  {DIM}# {description}{DIM:#}"
    )?;
    for nested in set.summary.sets {
        writeln!(out, "    {nested}")?;
    }
    for Member { call, number } in &set.members {
        writeln!(out, "    {call:<28} {DIM}{number:>4}{DIM:#}")?;
    }
    if !set.elsewhere.is_empty() {
        writeln!(out, "  {DIM}on other architectures:{DIM:#}")?;
        write_wrapped(out, 4, &set.elsewhere)?;
    }
    Ok(())
}

fn write_call(out: &mut dyn Write, call: &CallDetails, arch: &str) -> io::Result<()> {
    let CallDetails {
        name, parameters, ..
    } = call;
    writeln!(out, "{HEADING}{name}{HEADING:#}({})", parameters.join(", "))?;
    match call.number {
        Some(number) => writeln!(out, "    number {number} on {arch}")?,
        None => writeln!(out, "    not on {arch}")?,
    }
    writeln!(out, "    in {}", call.sets.join(" "))?;
    writeln!(out, "    exists on")?;
    write_wrapped(out, 6, &call.architectures)
}
