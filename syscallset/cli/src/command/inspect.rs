//! `syscallset inspect`: what a built program says about its filters.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use syscallset_compiler::compile::{compile_debug_filter, compile_filter, on_violation, parse_for};
use syscallset_compiler::note::{Note, digest};
use syscallset_compiler::render::render_all;
use syscallset_tables::{Arch, LINUX_VERSION, SYSTEMD_VERSION};

use crate::failure::{FAILED, Failure};
use crate::notes;
use crate::output::Output;
use crate::report::Report;
use crate::style::{BAD, DIM, GOOD, HEADING};

const EXAMPLES: &str = "\
Examples:
  syscallset inspect FILE
  syscallset inspect --json FILE";

/// The arguments.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Inspect {
    /// The program or library, for any architecture.
    binary: PathBuf,
}

impl Inspect {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        let place = self.binary.display().to_string();
        let notes = notes::read(&self.binary)?;
        if notes.is_empty() {
            return Err(
                Failure::failed(format!("`{place}` says nothing about filters")).with_help(
                    "it was built without `#[restrict]` and `filter!`, or with `note = false` or \
                 `--cfg syscallset_no_note`",
                ),
            );
        }
        let findings = Findings {
            binary: place,
            systemd: SYSTEMD_VERSION,
            linux: LINUX_VERSION,
            filters: notes.into_iter().map(Found::new).collect(),
        };
        output.report(&findings)?;
        let same = findings
            .filters
            .iter()
            .all(|found| found.today == Today::Same);
        Ok(if same { 0 } else { FAILED })
    }
}

#[derive(Serialize)]
struct Findings {
    binary: String,
    /// The systemd and the Linux of this command's tables.
    systemd: &'static str,
    linux: &'static str,
    filters: Vec<Found>,
}

/// A filter of the program.
#[derive(Serialize)]
struct Found {
    filter: String,
    arch: String,
    on_violation: String,
    log: bool,
    debug: bool,
    instructions: usize,
    /// The version of syscallset that made it, and of its tables.
    version: String,
    systemd: String,
    linux: String,
    #[serde(flatten)]
    today: Today,
}

/// What becomes of the filter string today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "today", rename_all = "kebab-case")]
enum Today {
    /// The same program.
    Same,
    /// Another program.
    Different { instructions_today: usize },
    /// None: the string has faults by today's tables.
    Faulty { fault: String },
}

impl Found {
    fn new(note: Note) -> Self {
        let today = recompile(&note);
        let Note {
            version,
            systemd,
            linux,
            arch,
            on_violation,
            log,
            debug,
            instructions,
            filter,
            ..
        } = note;
        Self {
            filter,
            arch,
            on_violation,
            log,
            debug,
            instructions,
            version,
            systemd,
            linux,
            today,
        }
    }
}

fn recompile(note: &Note) -> Today {
    let Some(arch) = Arch::from_name(&note.arch) else {
        let fault = format!("there are no tables for `{}`", note.arch);
        return Today::Faulty { fault };
    };
    let Ok(violation) = on_violation(&note.on_violation, arch) else {
        let fault = format!("there is no action `{}`", note.on_violation);
        return Today::Faulty { fault };
    };
    let compiled = parse_for(&note.filter, arch).and_then(|filter| {
        if note.debug {
            compile_debug_filter(&filter, arch, violation)
        } else {
            compile_filter(&filter, arch, violation)
        }
    });
    match compiled {
        Err(errors) => Today::Faulty {
            fault: render_all(&note.filter, &errors),
        },
        Ok(program) => {
            let program = program.instructions;
            if digest(&program) == note.digest && program.len() == note.instructions {
                Today::Same
            } else {
                Today::Different {
                    instructions_today: program.len(),
                }
            }
        }
    }
}

impl Report for Findings {
    const NAME: &'static str = "inspect";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for (index, found) in self.filters.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            let filter = if found.filter.is_empty() {
                "\"\""
            } else {
                &found.filter
            };
            writeln!(out, "{HEADING}{}{HEADING:#}", printable(filter))?;
            // That it is loaded before there are threads concerns nobody but the compiler.
            let on_violation = found.on_violation.trim_end_matches("-at-start");
            write!(
                out,
                "  {}, refused calls: {}",
                printable(&found.arch),
                printable(on_violation)
            )?;
            for (flag, word) in [(found.log, "logged"), (found.debug, "debug build")] {
                if flag {
                    write!(out, ", {word}")?;
                }
            }
            writeln!(out, "\n  {} instructions", found.instructions)?;
            writeln!(
                out,
                "  {DIM}by syscallset {}, {}, Linux {}{DIM:#}",
                printable(&found.version),
                printable(&found.systemd),
                printable(&found.linux)
            )?;
            self.write_today(out, &found.today)?;
        }
        Ok(())
    }
}

impl Findings {
    fn write_today(&self, out: &mut dyn Write, today: &Today) -> io::Result<()> {
        let tables = format!("{}, Linux {}", self.systemd, self.linux);
        match today {
            Today::Same => writeln!(out, "  {GOOD}the same program today{GOOD:#} ({tables})"),
            Today::Different { instructions_today } => writeln!(
                out,
                "  {BAD}another program today{BAD:#} ({tables}): {instructions_today} instructions"
            ),
            Today::Faulty { fault } => {
                writeln!(out, "  {BAD}no program today{BAD:#} ({tables}):")?;
                for line in fault.lines() {
                    writeln!(out, "    {}", printable(line))?;
                }
                Ok(())
            }
        }
    }
}

/// A file can say anything, and this goes to a terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
