//! `syscallset trace`: which calls a program makes, as a filter string.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, ValueEnum};
use syscallset_tables::Arch;

use super::Arguments;
use crate::cover::Wish;
use crate::exchange::export::oci_profile;
use crate::failure::{FAILED, Failure};
use crate::input::is_dash;
use crate::jail::lookup::find;
use crate::output::{Output, check_writable, write_notes};
use crate::report::write_report;
use crate::source::native_or;
use crate::trace::answer::Answer;
use crate::trace::cargo::OwnOption;
use crate::trace::record::Record;
use crate::trace::session::{Traced, trace};
use crate::trace::tracer::Options;
use crate::trace::{cargo, signals, union};

/// The arguments.
#[derive(Debug, Args)]
#[command(
    override_usage = "syscallset trace [OPTIONS] [--] COMMAND [ARGUMENT]...\n       \
        cargo syscallset trace [OPTIONS] [test|run|bench] [ARGUMENT OF CARGO]...",
    after_long_help = AFTER
)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "flags of a command line are bools"
)]
pub(crate) struct Trace {
    /// From where on calls count.
    #[arg(long, value_enum, value_name = "WHERE")]
    from: Option<From>,

    /// Keep to sets, so that another C library or version does not break the string: replaces calls by the
    /// sets that have them, without their dangerous members.
    #[arg(long, visible_alias = "generalize")]
    generalise: bool,

    /// Refuse also those calls of `@default` and `@rust-runtime` that were not made.
    #[arg(long, conflicts_with = "generalise")]
    tight: bool,

    /// Allow up to N harmless calls that were not made, if that makes the string shorter; lists them.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        conflicts_with = "generalise"
    )]
    allow_extra: usize,

    /// Take up what an earlier run has seen, and add what this one sees. Made if there is no such file.
    #[arg(long, value_name = "FILE")]
    merge: Option<PathBuf>,

    #[command(flatten)]
    refusals: Refusals,

    #[command(flatten)]
    printing: Printing,

    #[command(flatten)]
    caller: Caller,

    /// The command and its arguments.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "COMMAND"
    )]
    words: Vec<OsString>,
}

/// What to do about filters of the program's own.
#[derive(Debug, Args)]
struct Refusals {
    /// Let calls pass that the program's own filter would kill for, and list them. Without this, refused
    /// calls are listed too, but a program that dies of one makes no others.
    #[arg(long)]
    permissive: bool,

    /// Where a filter is in force already, do not look for calls that it refuses by an error: faster.
    #[arg(long)]
    no_refused: bool,
}

/// What to print, and where.
#[derive(Debug, Args)]
struct Printing {
    /// Print the filter string alone.
    #[arg(long, short, conflicts_with_all = ["json", "oci"])]
    quiet: bool,

    /// Print an OCI profile (`linux.seccomp`, `docker run --security-opt seccomp=FILE`) that says the same as
    /// the filter string. Without `--from main` it allows `execve`, by which a container starts.
    #[arg(long, conflicts_with = "json")]
    oci: bool,

    /// Write the report there instead of standard error; `-` is standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What this command says to itself and what cargo says.
#[derive(Debug, Args)]
struct Caller {
    /// Merge and report nothing.
    #[arg(long, hide = true, requires = "merge")]
    record_only: bool,

    /// Called by cargo.
    #[arg(long, hide = true)]
    cargo: bool,
}

/// From where on calls count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum From {
    /// The execution of the command: what `syscallset run` needs.
    Exec,
    /// The load of a filter by the program itself, or else the start of its `main`: what
    /// `#[syscallset::restrict]` needs.
    Main,
}

const AFTER: &str = "\
Runs COMMAND and everything that it starts, and prints the shortest filter string that allows what they \
called. Standard input, terminal, signals and exit status are those of COMMAND; the report goes to standard \
error. Waits until all that COMMAND has started has ended; a signal puts an end to that once COMMAND has.

No privileges are needed. Programs gain none either (PR_SET_NO_NEW_PRIVS), and a program that wants to \
be told of other programs' calls (SECCOMP_FILTER_FLAG_NEW_LISTENER) cannot be.

What a filter of the program's own refuses is listed, and so is what one refuses that is in force already. \
COMMAND may be under filters, have threads and children, and be linked statically.

As `cargo syscallset trace test` it traces the tests of a crate, as `cargo syscallset trace run` its \
program, both from `main` on; without a command, the tests.

The exit status is that of COMMAND; 125 if it could not be traced, 126 if it could not be executed, 127 if \
there is no such command or not what executes it, and 2 for arguments that make no sense.";

/// The exit status where there is none of the command's.
fn not_traced(status: u8) -> u8 {
    const NOT_TRACED: u8 = 125;
    if status == FAILED { NOT_TRACED } else { status }
}

impl Trace {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        self.trace(output)
            .map_err(|failure| failure.map_status(not_traced))
    }

    fn trace(mut self, output: &mut Output) -> Result<u8, Failure> {
        let arch = native_or(None)?;
        let wish = Wish {
            arch,
            general: self.generalise,
            tight: self.tight,
            allow_extra: self.allow_extra,
        };
        let cargo =
            self.caller.cargo && self.words.first().is_none_or(|word| cargo::is_traced(word));
        if self.words.is_empty() && !cargo {
            return Err(Failure::usage("a command is missing")
                .with_help("write it behind the options, as in `syscallset trace ls`"));
        }
        if self.caller.cargo && !cargo {
            find(&self.words[0], "").map_err(|failure| {
                failure.with_help("of cargo's commands, `run`, `test` and `bench` are traced")
            })?;
        }
        self.check_files(arch)?;
        let json = output.is_json();
        let from_main = self.from.map_or(cargo, |from| from == From::Main);
        let traced = if cargo {
            let options = cargo::Options {
                from_main,
                permissive: self.refusals.permissive,
                no_refused: self.refusals.no_refused,
                own: OwnOption::of(Arguments::command()),
            };
            cargo::trace(std::mem::take(&mut self.words), &options, arch)?
        } else {
            let options = Options {
                arch,
                from_main,
                permissive: self.refusals.permissive,
                look_for_refused: !self.refusals.no_refused,
            };
            trace(std::mem::take(&mut self.words), options)?
        };
        let Traced { record, end, notes } = traced;
        let merge = |path| union::unite(path, record.clone(), |record| render_record(record, wish));
        let (all, unmerged) = match self.merge.as_deref().map(merge) {
            None => (record, None),
            Some(Ok(all)) => (all, None),
            // The run is not repeated for the sake of a file: what it alone came to is said then.
            Some(Err(failure)) => (record, Some(failure)),
        };
        if !self.caller.record_only {
            if let Err(failure) = self.print(&Answer::new(all, wish, notes), json, wish) {
                return Err(match unmerged {
                    None => failure,
                    Some(other) => other.with(failure),
                });
            }
        }
        unmerged.map_or_else(|| Ok(signals::end_like(end)), Err)
    }

    /// Finds out what would be in the way of the report, before the command runs for nothing.
    fn check_files(&self, arch: Arch) -> Result<(), Failure> {
        if let Some(path) = &self.merge {
            if is_dash(path) {
                return Err(Failure::usage(
                    "`--merge` reads its file and writes it, which `-` does not allow",
                )
                .with_help("name a file"));
            }
            if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
                return Err(Failure::usage(format!(
                    "`--merge` reads its file and writes it, and `{}` is no regular file",
                    path.display()
                ))
                .with_help("name a file"));
            }
            check_writable(path)?;
            // Those that cargo runs find the file as others leave it.
            if !self.caller.record_only {
                union::check(path, arch)?;
            }
        }
        match self.printing.output.as_deref() {
            Some(path) if !is_dash(path) => check_writable(path),
            _ => Ok(()),
        }
    }

    fn print(&self, answer: &Answer, json: bool, wish: Wish) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        if self.printing.oci {
            let document = oci_profile(&answer.filter, wish.arch, answer.begins_at_exec())?;
            write_notes(&document.notes);
            bytes.extend(document.text.as_bytes());
        } else if self.printing.quiet {
            writeln!(bytes, "{}", answer.filter)?;
        } else {
            write_report(answer, json, &mut bytes)?;
        }
        match self.printing.output.as_deref() {
            None => write_styled(&bytes, anstream::stderr()),
            Some(path) if is_dash(path) => write_styled(&bytes, anstream::stdout()),
            Some(path) => fs::write(path, anstream::adapter::strip_bytes(&bytes).into_vec())
                // Better there than nowhere.
                .inspect_err(|_| _ = write_styled(&bytes, anstream::stderr())),
        }
        .map_err(|error| match &self.printing.output {
            Some(path) => Failure::failed(format!("cannot write `{}`: {error}", path.display())),
            None => Failure::failed(format!("cannot write to standard error: {error}")),
        })
    }
}

fn write_styled(bytes: &[u8], mut stream: impl io::Write) -> io::Result<()> {
    stream.write_all(bytes)?;
    stream.flush()
}

/// What a merged file holds: the report of all runs, of which the next one reads the record.
fn render_record(record: &Record, wish: Wish) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_report(
        &Answer::new(record.clone(), wish, Vec::new()),
        true,
        &mut bytes,
    )?;
    Ok(bytes)
}
