//! `syscallset profile`: which calls a program can make.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use syscallset_compiler::action::Action;
use syscallset_profile::{Options, Profile as Analysis};

use crate::cover::Wish;
use crate::exchange::export::oci_profile;
use crate::failure::Failure;
use crate::output::Output;
use crate::profile::answer::Answer;
use crate::profile::chain::Explained;
use crate::profile::check::Check;
use crate::profile::embedded;
use crate::source::Source;

/// The arguments.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Profile {
    /// The program, an ELF file for x86-64 or aarch64.
    binary: PathBuf,

    /// From where on calls count.
    #[arg(long, value_enum, value_name = "WHERE", default_value_t)]
    from: From,

    /// A library that the program loads itself while it runs; all of its functions count as called. Repeatable.
    #[arg(long, value_name = "LIBRARY")]
    with: Vec<PathBuf>,

    /// The root directory of the system that the program is for.
    #[arg(long, value_name = "DIRECTORY")]
    root: Option<PathBuf>,

    /// Show one way to this call, instead of the string. Repeatable.
    #[arg(long, value_name = "CALL", conflicts_with = "check")]
    explain: Vec<String>,

    /// Compare what the program can call with its own filter, or that of `--filter`. The exit status is 1 if the
    /// filter refuses a call that the program can make.
    #[arg(long)]
    check: bool,

    /// The filter string to compare with; implies `--check`.
    #[arg(
        long,
        value_name = "FILTER",
        conflicts_with_all = [
            "explain", "everything", "generalise", "tight", "allow_extra", "indirect", "quiet", "oci",
        ]
    )]
    filter: Option<String>,

    #[command(flatten)]
    shape: Shape,

    /// Count everything in the program and its libraries, reachable or not.
    #[arg(long, conflicts_with_all = ["explain", "check"])]
    everything: bool,

    #[command(flatten)]
    printing: Printing,
}

/// What kind of string is wanted.
#[derive(Debug, Args)]
struct Shape {
    /// Keep to sets, so that another C library or version does not break the string: replaces calls by the sets
    /// that have them, without their dangerous members.
    #[arg(long, visible_alias = "generalize", conflicts_with_all = ["check", "explain"])]
    generalise: bool,

    /// Refuse also those calls of `@default` and `@rust-runtime` that the program cannot make.
    #[arg(long, conflicts_with_all = ["generalise", "check", "explain"])]
    tight: bool,

    /// Allow up to N harmless calls that the program cannot make, if that makes the string shorter; lists them.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        conflicts_with_all = ["generalise", "check", "explain"]
    )]
    allow_extra: usize,
}

/// What to print.
#[derive(Debug, Args)]
struct Printing {
    /// List every call through a pointer.
    #[arg(long, conflicts_with_all = ["quiet", "oci", "check", "explain"])]
    indirect: bool,

    /// Print the filter string alone.
    #[arg(long, short, conflicts_with_all = ["json", "oci", "check", "explain"])]
    quiet: bool,

    /// Print an OCI profile (`linux.seccomp`, `docker run --security-opt seccomp=FILE`) that says the same as
    /// the filter string. Counted from the entry point on, it allows `execve`, by which a container starts.
    #[arg(long, conflicts_with_all = ["json", "check", "explain"])]
    oci: bool,
}

/// From where on calls count.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum From {
    /// From `main` for programs of Rust and those that restrict themselves, else from the entry point.
    #[default]
    Auto,
    /// From `main` on, as a program needs it that restricts itself there.
    Main,
    /// From the entry point on, as `syscallset run` needs it.
    Entry,
}

const AFTER: &str = "\
A call counts if its instruction can be reached by calls, jumps and pointers from where the program starts; a call \
through a pointer may reach every function whose address is taken in what can be reached. The libraries that the \
program needs are followed, and those that it loads while it runs if their names are in it. What could not be \
followed is listed.";

impl Profile {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        let options = Options {
            from: match self.from {
                From::Auto => syscallset_profile::From::Auto,
                From::Main => syscallset_profile::From::Main,
                From::Entry => syscallset_profile::From::Entry,
            },
            with: self.with.clone(),
            root: self.root.clone(),
            everything: self.everything,
        };
        let analysis = Analysis::new(&self.binary, &options)
            .map_err(|error| Failure::failed(error.to_string()))?;
        let arch = analysis.arch();
        if !self.explain.is_empty() {
            let explained = Explained::new(&analysis, &self.explain)?;
            output.report(&explained)?;
            return Ok(explained.status());
        }
        if self.check || self.filter.is_some() {
            let source = match &self.filter {
                Some(filter) => Source::argument(filter),
                None => embedded::source(&self.binary)?,
            };
            let filter = source.parse(arch)?;
            let policy = source.resolve(&filter, arch, Action::KillProcess)?;
            let check = Check::new(&analysis, &source.text, &policy);
            output.report(&check)?;
            return Ok(check.status());
        }
        let wish = Wish {
            arch,
            general: self.shape.generalise,
            tight: self.shape.tight,
            allow_extra: self.shape.allow_extra,
        };
        let answer = Answer::new(&analysis, wish, self.printing.indirect);
        if self.printing.oci {
            let starts = analysis.from() == syscallset_profile::From::Entry;
            let document = oci_profile(&answer.filter, arch, starts)?;
            output.notes(&document.notes);
            output.bytes(document.text.as_bytes())?;
        } else if self.printing.quiet {
            output.bytes(format!("{}\n", answer.filter).as_bytes())?;
        } else {
            output.report(&answer)?;
        }
        Ok(0)
    }
}
