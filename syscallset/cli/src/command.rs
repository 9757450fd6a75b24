//! The subcommands.

mod diff;
mod dump;
mod explain;
mod export;
mod import;
mod inspect;
mod profile;
mod run;
mod sets;
mod simulate;
pub(crate) mod supervise;
mod trace;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::output::Output;

/// The heading of options that all subcommands have.
const COMMON: &str = "Common options";

const LANGUAGE: &str = "\
A filter string lists what a program may call: sets (`@basic-io`, see `syscallset sets`) and system calls \
(`openat`), separated by white space. It is read from left to right, and the last item that names a call \
decides: `~@network-io` refuses a set, `~openat:EPERM` refuses a call with an error, \
`socket(domain=AF_UNIX)` allows a call under a condition. Whatever is not named is refused, except for what \
every process needs (`@default` and `@rust-runtime`).

Examples:
  syscallset sets @network-io
  syscallset explain \"@system-service ~@network-io\"
  syscallset run \"@system-service ~@network-io\" ls
  syscallset trace -- ls";

/// System call filters in systemd's vocabulary: apply them, explain them, convert them.
#[derive(Debug, Parser)]
#[command(
    name = "syscallset",
    bin_name = "syscallset",
    version,
    propagate_version = true,
    after_long_help = LANGUAGE
)]
pub(crate) struct Arguments {
    /// Print one JSON object instead of text; errors, too, are objects then, on standard error.
    #[arg(long, global = true, help_heading = COMMON)]
    pub(crate) json: bool,

    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value_t, help_heading = COMMON)]
    pub(crate) color: crate::style::Color,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do. A variant per file in `command/`, in the order of `--help`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a program under a filter.
    Run(run::Run),
    /// List the sets, or what is in them.
    Sets(sets::Sets),
    /// Say what a filter string allows.
    Explain(explain::Explain),
    /// Say what one filter decides otherwise than another one.
    ///
    /// The two sides differ in the filter string, the architecture or the release of systemd's sets. The
    /// exit status is 0 if they decide alike, 1 if not, and 2 where that could not be told.
    Diff(diff::Diff),
    /// Print the program of a filter string, or one that somebody else made.
    Dump(dump::Dump),
    /// Say what a filter string, or a program, decides about single calls.
    ///
    /// Nothing is called. The exit status is 0 whatever is decided, about refused calls, too; the text, or `made`
    /// with `--json`, tells them apart.
    Simulate(simulate::Simulate),
    /// Say which calls a program makes, as a filter string.
    Trace(trace::Trace),
    /// Say which calls a program can make, from its code, as a filter string.
    Profile(profile::Profile),
    /// Write a filter string in the format of another.
    Export(export::Export),
    /// Find the shortest filter string that means the same as a file in the format of another.
    Import(import::Import),
    /// Say under which filters a built program puts itself.
    ///
    /// The exit status is 0 if today's tables give the same programs, 1 if not or if there is nothing to
    /// tell.
    Inspect(inspect::Inspect),
}

impl Command {
    /// Runs the subcommand; the value is the exit status.
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        match self {
            Self::Run(run) => run.run(output.is_json()),
            Self::Trace(trace) => trace.run(output),
            Self::Profile(profile) => profile.run(output),
            Self::Export(export) => export.run(output),
            Self::Inspect(inspect) => inspect.run(output),
            Self::Import(import) => import.run(output),
            Self::Sets(sets) => sets.run(output),
            Self::Dump(dump) => dump.run(output),
            Self::Simulate(simulate) => simulate.run(output),
            Self::Diff(diff) => diff.run(output),
            Self::Explain(explain) => explain.run(output),
        }
    }
}
