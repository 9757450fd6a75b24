//! `syscallset simulate`: what a filter string, or a program, decides about single calls.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use syscallset_compiler::action::Action;
use syscallset_compiler::insn::Insn;
use syscallset_compiler::interpret::{Data, interpret};
use syscallset_compiler::resolve::action_name;
use syscallset_tables::Arch;

use crate::failure::Failure;
use crate::output::Output;
use crate::program;
use crate::program::machine::Machine;
use crate::report::Report;
use crate::simulate::call::{self, Call};
use crate::simulate::deciding::{Deciding, deciding, waiting};
use crate::simulate::missing::{self, Missing};
use crate::source::{FilterOptions, IN_QUOTES, is_item};
use crate::style::{BAD, DIM, GOOD};

const EXAMPLES: &str = "\
Examples:
  syscallset simulate \"@basic-io socket(domain=AF_UNIX)\" read \"socket(AF_INET)\"
  syscallset simulate --arch aarch64 \"@system-service\" 222
  syscallset simulate --program FILE openat";

/// The arguments.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES,
    override_usage = "syscallset simulate [OPTIONS] FILTER CALL[(ARGS)]...\n       \
    syscallset simulate [OPTIONS] --policy FILE CALL[(ARGS)]...\n       \
    syscallset simulate [OPTIONS] --program FILE CALL[(ARGS)]..."
)]
pub(crate) struct Simulate {
    #[command(flatten)]
    options: FilterOptions,

    /// Simulate the program in this file (`-` for standard input), an array of `struct sock_filter`, instead of a filter string's.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["policy", "on_violation"])]
    program: Option<PathBuf>,

    /// The filter string, unless `--policy` or `--program` is given, and calls: a name or number, and
    /// arguments by place or name, as in `openat(0, 0, 0x241)` or `socket(domain=1, type=2)`. Arguments that are
    /// not given count as 0; where others may be decided about otherwise, that is said. A pointer is a number, too.
    #[arg(
        required = true,
        value_name = "FILTER_AND_CALLS",
        allow_negative_numbers = true
    )]
    words: Vec<String>,
}

impl Simulate {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        let arch = self.options.arch()?;
        let mut words = &self.words[..];
        let mut filter = None;
        if self.program.is_none() && self.options.policy.is_none() {
            if let Some((first, rest)) = words.split_first() {
                filter = Some(first.as_str());
                words = rest;
            }
        }
        if words.is_empty() {
            return Err(Failure::usage("no call to simulate")
                .with_help("write calls behind the filter, as in `read` or `socket(domain=1)`"));
        }
        let of_filter = match filter {
            Some(filter) if !is_item(filter) => "the filter string comes first, then the calls",
            Some(_) => IN_QUOTES,
            None => "the filter comes from the file: write calls only",
        };
        let parse = |word: &String| {
            let call = call::parse(word, arch);
            call.map_err(|failure| {
                if is_item(word) {
                    failure.with_help(of_filter)
                } else {
                    failure
                }
            })
        };
        let calls: Result<Vec<_>, _> = words.iter().map(parse).collect();
        let calls = calls?;
        let verdicts: Result<Vec<_>, _> = if let Some(path) = &self.program {
            let program = program::read(path, arch)?;
            calls
                .iter()
                .map(|call| foreign_verdict(&program, call, arch))
                .collect()
        } else {
            self.verdicts(filter, &calls, arch)
        };
        output.report(&Simulation {
            arch: arch.name(),
            verdicts: verdicts?,
        })?;
        Ok(0)
    }

    fn verdicts(
        &self,
        filter: Option<&str>,
        calls: &[Call],
        arch: Arch,
    ) -> Result<Vec<Verdict>, Failure> {
        let source = self.options.source(filter)?;
        let filter = source.parse(arch)?;
        let violation = self.options.violation(arch)?;
        let steps = source.steps(&filter, arch, violation)?;
        let policy = steps.last().expect("there is one step more than items");
        let program = source.compile(policy.clone())?;
        calls
            .iter()
            .map(|call| {
                let data = Data {
                    nr: call.number,
                    arch: arch.audit_arch(),
                    instruction_pointer: 0,
                    args: call.args,
                };
                let outcome = interpret(&program.instructions, &data, arch.big_endian())
                    .map_err(|fault| Failure::failed(fault.to_string()))?;
                let decided_by = match deciding(&filter, &steps, call) {
                    Deciding::Item(index) => DecidedBy::Item {
                        item: filter.items[index].to_string(),
                    },
                    Deciding::Implicit(set) => DecidedBy::Implicit { set },
                    Deciding::Nothing => DecidedBy::NoItem {
                        conditional: call
                            .name
                            .is_some_and(|name| !policy.decision(name).rules.is_empty()),
                    },
                    Deciding::Unknown => DecidedBy::NoCall,
                };
                let action = Action::from_ret(outcome.ret);
                let missing = missing::missing(&program.instructions, call, action, arch);
                let items = waiting(&filter, &steps, call).into_iter();
                let items = items.map(|index| filter.items[index].to_string());
                let missing = missing.map(|missing| missing.by(items));
                let verdict = Verdict::new(call, action, outcome.executed, arch);
                Ok(verdict.decided_by(decided_by).missing(missing))
            })
            .collect()
    }
}

/// What a program of unknown origin decides about one call.
fn foreign_verdict(program: &[Insn], call: &Call, arch: Arch) -> Result<Verdict, Failure> {
    let calls = missing::calls(call, [true; 6], arch);
    let ends = calls.and_then(|calls| Machine::new(program).follow(calls).ok());
    // With every word known there is one way.
    let end = ends.and_then(|ends| ends.into_iter().next());
    let (end, ret) = end
        .and_then(|end| end.ret.map(|ret| (end, ret)))
        .ok_or_else(|| Failure::failed("the program could not be followed"))?;
    let action = Action::from_ret(ret);
    let missing = missing::missing(program, call, action, arch);
    Ok(Verdict::new(call, action, end.path.len(), arch).missing(missing))
}

#[derive(Serialize)]
struct Simulation {
    arch: &'static str,
    verdicts: Vec<Verdict>,
}

#[derive(Serialize)]
struct Verdict {
    call: Option<&'static str>,
    number: u32,
    arguments: [u64; 6],
    action: String,
    /// Whether the kernel makes the call.
    made: bool,
    /// Instructions executed. Where the kernel's cache answers (Linux 5.11), none is.
    executed: usize,
    /// What decides; `None` for a program.
    decided_by: Option<DecidedBy>,
    /// What arguments that were not given may change; `None` if nothing.
    missing: Option<Missing>,
}

/// What decides about a call.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum DecidedBy {
    /// An item of the filter.
    Item { item: String },
    /// A set that every filter begins with.
    Implicit { set: &'static str },
    /// No item names the call, or none whose conditions hold.
    NoItem {
        /// Whether one names it.
        #[serde(skip)]
        conditional: bool,
    },
    /// The tables have no call of this number.
    NoCall,
}

impl std::fmt::Display for DecidedBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Item { item } => write!(f, " by `{item}`"),
            Self::Implicit { set } => write!(f, " by {set}, which every filter begins with"),
            Self::NoItem { conditional: false } => f.write_str(", as no item allows it"),
            Self::NoItem { conditional: true } => {
                f.write_str(", as no item allows it with these arguments")
            }
            Self::NoCall => f.write_str(", as no call of the tables has the number"),
        }
    }
}

impl Verdict {
    fn new(call: &Call, action: Action, executed: usize, arch: Arch) -> Self {
        Self {
            call: call.name,
            number: call.number,
            arguments: call.args,
            action: action_name(action, arch).into_owned(),
            made: action.passes(),
            executed,
            decided_by: None,
            missing: None,
        }
    }

    fn decided_by(mut self, decided_by: DecidedBy) -> Self {
        self.decided_by = Some(decided_by);
        self
    }

    fn missing(mut self, missing: Option<Missing>) -> Self {
        self.missing = missing;
        self
    }
}

impl Report for Simulation {
    const NAME: &'static str = "simulate";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for verdict in &self.verdicts {
            let used = verdict
                .arguments
                .iter()
                .rposition(|argument| *argument != 0);
            let arguments: Vec<_> = verdict.arguments[..used.map_or(0, |last| last + 1)]
                .iter()
                .map(|argument| format!("{argument:#x}"))
                .collect();
            let name = verdict.call.unwrap_or("?");
            let style = if verdict.made { GOOD } else { BAD };
            write!(
                out,
                "{name}({}): {style}{}{style:#}",
                arguments.join(", "),
                verdict.action
            )?;
            if let Some(decided_by) = &verdict.decided_by {
                write!(out, "{decided_by}")?;
            }
            writeln!(
                out,
                " {DIM}(number {}, {} instructions){DIM:#}",
                verdict.number, verdict.executed
            )?;
            if let Some(missing) = &verdict.missing {
                writeln!(out, "  {missing}")?;
            }
        }
        Ok(())
    }
}
