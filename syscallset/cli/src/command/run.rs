//! `syscallset run`: starts a program under a filter.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use syscallset_compiler::action::Action;
use syscallset_compiler::filter::Filter;
use syscallset_compiler::lowered::Decision;
use syscallset_compiler::policy::Policy;

use crate::failure::{FAILED, Failure};
use crate::jail::execution::Execution;
use crate::jail::lookup::find;
use crate::jail::start::{Loading, Stopped, start};
use crate::jail::starting::{Needs, add, needs};
use crate::jail::supervisor;
use crate::jail::unexecuted::unexecuted;
use crate::report::{Report, write_line};
use crate::source::{IN_QUOTES, Source, is_item, native_or, violation};
use crate::style::DIM;

/// Exit status where the command could not be put under the filter.
const NOT_RESTRICTED: u8 = 125;

/// The arguments.
#[derive(Debug, Args)]
#[command(
    override_usage = "syscallset run [OPTIONS] FILTER [--] COMMAND [ARGUMENT]...\n       \
        syscallset run [OPTIONS] --policy FILE [FILTER --] COMMAND [ARGUMENT]...",
    after_long_help = AFTER
)]
pub(crate) struct Run {
    /// Read a filter string from this file, `-` for standard input; FILTER, if given, goes on where it ends.
    #[arg(long, value_name = "FILE")]
    policy: Option<std::path::PathBuf>,

    /// What happens to refused calls that have no action of their own: `kill`, `kill-thread`, `trap`,
    /// `log`, the name of an error such as `EPERM`, `trace`, which asks a tracer (ENOSYS if there is none),
    /// or `report`, which says on standard error what was refused and kills the process.
    #[arg(long, value_name = "ACTION", default_value = "kill")]
    on_violation: String,

    /// Have the kernel log refused calls (`SECCOMP_FILTER_FLAG_LOG`).
    #[arg(long)]
    log: bool,

    /// Say what is allowed on top of FILTER so that COMMAND can start.
    #[arg(long, short)]
    verbose: bool,

    /// The filter string, and the command with its arguments.
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "FILTER_AND_COMMAND"
    )]
    words: Vec<OsString>,
}

const AFTER: &str = "\
The process puts itself under the filter and executes COMMAND, which keeps its process id. All that COMMAND \
starts stays under the filter, and nobody gains privileges by executing a file (PR_SET_NO_NEW_PRIVS).

On top of FILTER, what starting COMMAND inevitably takes is allowed: `execve`; if it is dynamically linked, \
what its loader does to map libraries (`access close fstat newfstatat openat pread64 read` and their kin); if \
it is not, `readlink`. An item of FILTER that refuses one of these is obeyed, \
and is an error if nothing else does instead.

The exit status is that of COMMAND. It is 125 if COMMAND could not be put under the filter, 126 if it could \
not be executed, 127 if there is no such command or not what executes it (the interpreter of its `#!` line, \
its loader), and 2 for arguments that make no sense. A process that is killed for a refused call dies of \
SIGSYS, which a shell shows as 159.

With `--on-violation report`, a second process tells about refused calls of COMMAND and all that it starts, \
and kills for them. It is no child of COMMAND and ends with the last process under the filter. A process that \
handles or blocks SIGSYS is killed by SIGKILL.

With `--json`, what `--verbose` and `--on-violation report` say are JSON objects, one a line.

Examples:
  syscallset run \"@system-service ~@network-io ~@privileged\" ls
  syscallset run --on-violation report \"@system-service ~@network-io\" curl ADDRESS
  syscallset run --policy FILE -- ls";

impl Run {
    pub(crate) fn run(self, json: bool) -> Result<u8, Failure> {
        // 1 is what commands end with.
        self.execute(json).map_err(|failure| {
            let instead = |status| {
                if status == FAILED {
                    NOT_RESTRICTED
                } else {
                    status
                }
            };
            failure.map_status(instead)
        })
    }

    fn execute(self, json: bool) -> Result<u8, Failure> {
        let (filter, command) = self.split()?;
        let arch = native_or(None)?;
        let mut source = Source::default();
        if let Some(path) = &self.policy {
            source.push_file(path)?;
        }
        if let Some(filter) = filter {
            let filter = filter
                .to_str()
                .ok_or_else(|| Failure::usage("the filter string is not UTF-8"))?;
            source.push(None, filter);
        }
        let report = self.on_violation == "report";
        let violation = if report {
            Action::Notify
        } else {
            violation(&self.on_violation, arch)?
        };
        let swapped = command
            .first()
            .and_then(|word| word.to_str())
            .is_some_and(is_item);
        let in_order = |failure: Failure| {
            if swapped {
                failure.with_help("the filter string comes first, then the command")
            } else {
                failure
            }
        };
        let parsed = source.parse(arch).map_err(in_order)?;
        let mut policy = source.resolve(&parsed, arch, violation).map_err(in_order)?;
        if !report && notifies(&policy) {
            return Err(Failure::usage(
                "the action `notify` has no listener under `run`: the calls would fail with ENOSYS",
            )
            .with_help("`--on-violation report` has one, which says what was refused and kills the process"));
        }

        let name = command.first().ok_or_else(|| {
            Failure::usage("no command to run").with_help(
                "write it behind the filter string, as in `syscallset run \"@system-service\" ls`",
            )
        })?;
        if name.as_encoded_bytes().starts_with(b"-") {
            let option = name.display();
            return Err(Failure::usage(format!("`{option}` is no command"))
                .with_help("options of `run` stand before the filter string, those of the command behind its name"));
        }
        let path = find(name, IN_QUOTES)?;
        let needs =
            needs(&path, arch).map_err(|message| Failure::with_status(message, NOT_RESTRICTED))?;
        let added = add(&mut policy, &needs.calls)
            .map_err(|refused| impossible(&parsed, &needs, &refused))?;
        if self.verbose {
            let start = Start::new(&policy, &needs, &added);
            let mut stderr = anstream::stderr().lock();
            // Talk: its loss must not keep the command from running.
            let _ = if json {
                write_line(&start, &mut stderr)
            } else {
                start.write_text(&mut stderr)
            };
        }
        let program = source.compile(policy)?.instructions;
        let supervisor = report
            .then(|| supervisor::spawn(&source.text, json))
            .transpose()
            .map_err(|error| not_restricted(format!("cannot start the supervisor: {error}")))?;
        let execution =
            Execution::new(&path, command).map_err(|error| not_restricted(error.to_string()))?;
        let loading = Loading {
            program,
            arch,
            log: self.log,
            supervisor,
            signals_wait: false,
        };
        Err(match start(execution, loading) {
            Stopped::Loading(reason) => not_restricted(format!("cannot load the filter: {reason}")),
            Stopped::Supervisor(error) => {
                not_restricted(format!("the supervisor did not start: {error}"))
            }
            Stopped::Execution(error) => unexecuted(&path, &error),
        })
    }

    /// The filter string and the command.
    fn split(&self) -> Result<(Option<&OsString>, &[OsString]), Failure> {
        let Some((first, rest)) = self.words.split_first() else {
            return Err(Failure::usage("no filter string"));
        };
        let separated = rest.first().is_some_and(|word| word == "--");
        if self.policy.is_none() || separated {
            if first.as_encoded_bytes().starts_with(b"-") {
                let option = first.to_string_lossy();
                return Err(Failure::usage(format!("unknown option `{option}`"))
                    .with_help("see `syscallset run --help`"));
            }
            return Ok((Some(first), &rest[usize::from(separated)..]));
        }
        let begins_item = first
            .as_encoded_bytes()
            .first()
            .is_some_and(|byte| b"@~".contains(byte));
        if begins_item {
            return Err(
                Failure::usage("a filter string behind `--policy` without `--`")
                    .with_help("write `--` between the filter string and the command"),
            );
        }
        Ok((None, &self.words))
    }
}

/// Whether some call has the action `notify`.
fn notifies(policy: &Policy) -> bool {
    let by_call = |decision: Decision| {
        let mut actions = decision.rules.iter().map(|rule| rule.action);
        decision.otherwise == Action::Notify || actions.any(|action| action == Action::Notify)
    };
    let mut calls = policy.arch.calls().iter();
    policy.violation == Action::Notify || calls.any(|call| by_call(policy.decision(call.name)))
}

fn not_restricted(message: String) -> Failure {
    Failure::with_status(message, NOT_RESTRICTED)
}

/// The filter itself keeps the command from starting.
fn impossible(filter: &Filter<'_>, needs: &Needs, refused: &[(usize, &str)]) -> Failure {
    let mut calls: Vec<_> = refused.iter().map(|(_, call)| *call).collect();
    calls.dedup();
    let mut items: Vec<_> = refused
        .iter()
        .map(|(item, _)| format!("`{}`", filter.items[*item]))
        .collect();
    items.dedup();
    let image = needs.image.display();
    not_restricted(format!(
        "`{image}` cannot start: {} refuses {}",
        items.join(" and "),
        calls.join(" ")
    ))
    .with_help(format!("allow it behind that, with `{}`", calls.join(" ")))
}

/// What the filter is in the end.
#[derive(Serialize)]
struct Start<'a> {
    /// How many calls are allowed whatever their arguments.
    allowed: usize,
    /// What the kernel executes: the program, or the interpreter of its `#!` line.
    image: String,
    /// The dynamic loader, if the image has one.
    loader: Option<&'a str>,
    /// What is allowed on top of the filter.
    added: &'a [&'static str],
}

impl<'a> Start<'a> {
    fn new(policy: &Policy, needs: &'a Needs, added: &'a [&'static str]) -> Self {
        let calls = policy.arch.calls().iter();
        let allowed = calls.filter(|call| policy.decision(call.name).is_allowed());
        Self {
            allowed: allowed.count(),
            image: needs.image.display().to_string(),
            loader: needs.loader.as_deref(),
            added,
        }
    }
}

impl Report for Start<'_> {
    const NAME: &'static str = "run";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            allowed,
            image,
            loader,
            added,
        } = self;
        writeln!(out, "{DIM}syscallset: {allowed} calls are allowed in all;")?;
        if added.is_empty() {
            write!(out, "  the filter allows all that starting {image} takes")?;
        } else {
            write!(out, "  on top of the filter, to execute {image}")?;
            if let Some(loader) = loader {
                write!(out, " and for its loader {loader}")?;
            }
            write!(out, ": {}", added.join(" "))?;
        }
        writeln!(out, "{DIM:#}")
    }
}
