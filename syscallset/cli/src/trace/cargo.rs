//! Traces what cargo runs: not cargo, not the compiler, but the programs and tests that come of them.

use std::collections::BTreeSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Command;

use nix::sys::signal::Signal;
use syscallset_tables::Arch;

use super::record::{End, Record};
use super::session::Traced;
use super::union;
use crate::failure::{FAILED, Failure};

/// How to trace.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Whether calls count from `main` on.
    pub(crate) from_main: bool,
    /// Whether calls that a program's own filter refuses are let pass.
    pub(crate) permissive: bool,
    /// Whether not to look for calls that are refused by an error.
    pub(crate) no_refused: bool,
    /// The options of `trace` that cargo does not know, for whoever writes one behind cargo's command.
    pub(crate) own: Vec<OwnOption>,
}

/// An option of `trace`.
#[derive(Clone, Debug)]
pub(crate) struct OwnOption {
    /// As it is written, with its dashes.
    pub(crate) name: String,
    /// With the name of its value, if it has one.
    pub(crate) usage: String,
}

impl OwnOption {
    /// Those of the whole command's `trace` that cargo does not have as well.
    pub(crate) fn of(mut whole: clap::Command) -> Vec<Self> {
        const CARGOS: [&str; 4] = ["color", "help", "quiet", "version"];
        whole.build();
        let trace = whole.find_subcommand("trace").into_iter();
        let options = trace.flat_map(clap::Command::get_arguments);
        let own = options.filter(|option| {
            !option.is_hide_set()
                && option
                    .get_long()
                    .is_some_and(|long| !CARGOS.contains(&long))
        });
        own.flat_map(Self::names).collect()
    }

    /// An option under each of its names.
    fn names(option: &clap::Arg) -> Vec<Self> {
        let longs = option.get_long_and_visible_aliases().unwrap_or_default();
        let shorts = option.get_short().map(|short| format!("-{short}"));
        let values = option.get_action().takes_values();
        let value = option.get_value_names().filter(|_| values);
        let value = value.map_or_else(String::new, |names| format!(" {}", names.join(" ")));
        let names = longs.iter().map(|long| format!("--{long}")).chain(shorts);
        names
            .map(|name| Self {
                usage: format!("{name}{value}"),
                name,
            })
            .collect()
    }
}

/// The commands of cargo that run something.
const TRACED: [&str; 5] = ["bench", "r", "run", "t", "test"];

/// Whether a word is a command of cargo that runs something.
pub(crate) fn is_traced(word: &OsStr) -> bool {
    TRACED.iter().any(|traced| word == *traced)
}

/// Has cargo run this program in the place of each of its own (`target.TRIPLE.runner`), and unites what
/// was seen.
///
/// # Errors
///
/// Where cargo cannot be run, tells nothing of the machine it compiles for, or fails before it runs anything.
pub(crate) fn trace(
    words: Vec<OsString>,
    options: &Options,
    arch: Arch,
) -> Result<Traced, Failure> {
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        Failure::failed(format!("cannot {what}: {error}"))
    };
    let words = if words.is_empty() {
        vec!["test".into()]
    } else {
        words
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let ourselves = env::current_exe().map_err(|error| failed("find this program", &error))?;
    let scratch = Scratch::new().map_err(|error| failed("make a directory", &error))?;
    let file = scratch.0.join("seen.json");
    let mut runner: Vec<String> = vec![text(ourselves.as_os_str())?, "trace".to_owned()];
    if options.from_main {
        runner.extend(["--from".to_owned(), "main".to_owned()]);
    }
    runner.extend(options.permissive.then(|| "--permissive".to_owned()));
    runner.extend(options.no_refused.then(|| "--no-refused".to_owned()));
    runner.extend([
        "--record-only".to_owned(),
        "--merge".to_owned(),
        text(file.as_os_str())?,
        "--".to_owned(),
    ]);
    // Strings of JSON are strings of TOML.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let runner =
        serde_json::to_string(&runner).map_err(|error| failed("write down a command", &error))?;
    let mut command = Command::new(&cargo);
    for triple in triples(&cargo, &words)? {
        let setting = format!("target.{}.runner={runner}", quoted(&triple));
        command.arg("--config").arg(setting);
    }
    let status = command.args(&words).status();
    let status = status.map_err(|error| failed("run cargo", &error))?;
    let end = match status.signal() {
        Some(signal) => End::Signal(signal),
        None => End::Status(status.code().unwrap_or_default()),
    };
    let (record, notes) = if file.exists() {
        (union::read(&file)?, Vec::new())
    } else if end == End::Status(0) {
        let note = "cargo has run nothing that could be traced; where its configuration sets `build.target`, \
                    write the target as `--target`";
        (Record::new(arch), vec![note.to_owned()])
    } else {
        // "" would look like an answer.
        return Err(ran_nothing(end, &words, &options.own));
    };
    Ok(Traced { record, end, notes })
}

/// Cargo has failed before it ran anything: it has said why, but for options that it cannot know.
fn ran_nothing(end: End, words: &[OsString], own: &[OwnOption]) -> Failure {
    /// Cargo's for a command line that it does not understand.
    const MISUSED: i32 = 1;
    let message = "cargo has run nothing that could be traced";
    match end {
        End::Status(MISUSED) => {
            let failure = Failure::with_status(message, FAILED);
            match misplaced(words, own) {
                Some(help) => failure.with_help(help),
                None => failure,
            }
        }
        End::Status(status) => {
            Failure::with_status(message, u8::try_from(status).unwrap_or(FAILED))
        }
        End::Signal(signal) => {
            let name = Signal::try_from(signal)
                .map_or_else(|_| signal.to_string(), |known| known.to_string());
            // As a shell has it.
            let status = u8::try_from(128 + signal).unwrap_or(FAILED);
            Failure::with_status(format!("{message}: it died of {name}"), status)
        }
    }
}

/// What to do if cargo has refused the command line for an option of `trace`. It may have refused another one, and
/// this one may be meant for the program.
fn misplaced(words: &[OsString], own: &[OwnOption]) -> Option<String> {
    let (command, rest) = words.split_first()?;
    let rest = rest.iter().take_while(|word| *word != "--");
    let option = rest.filter_map(|word| word.to_str()).find_map(|word| {
        let name = word.split('=').next().unwrap_or(word);
        own.iter().find(|option| option.name == name)
    })?;
    let command = command.display();
    Some(format!(
        "if `{}` was meant for `trace`, write it in front: `cargo syscallset trace {} {command}`; what the program \
         is to get comes behind `--`",
        option.name, option.usage
    ))
}

fn text(word: &OsStr) -> Result<String, Failure> {
    let text = word.to_str().map(str::to_owned);
    text.ok_or_else(|| Failure::failed(format!("`{}` is not UTF-8", word.display())))
}

/// What cargo may compile for: this machine, and whatever `--target` names. That of a program's own arguments, which
/// may be one of cargo's or not, does no harm.
fn triples(cargo: &OsStr, words: &[OsString]) -> Result<BTreeSet<String>, Failure> {
    let mut named = Vec::new();
    let words = words.iter().take_while(|word| *word != "--");
    let mut words = words.filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        if word == "--target" {
            named.extend(words.next().map(str::to_owned));
        } else {
            named.extend(word.strip_prefix("--target=").map(str::to_owned));
        }
    }
    if let Some(triple) = env::var_os("CARGO_BUILD_TARGET") {
        named.push(text(&triple)?);
    }
    let mut triples = BTreeSet::from([host(cargo)?]);
    triples.extend(
        named
            .iter()
            .filter_map(|name| triple(name))
            .map(str::to_owned),
    );
    Ok(triples)
}

/// The name under which cargo's configuration knows a target: the triple, or that of a file which describes it.
fn triple(target: &str) -> Option<&str> {
    let file = target
        .strip_suffix(".json")
        .map(|path| path.rsplit('/').next().unwrap_or(path));
    let name = file.unwrap_or(target);
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (!name.is_empty() && name.chars().all(fits)).then_some(name)
}

/// What cargo compiles for unless it is told otherwise.
fn host(cargo: &OsStr) -> Result<String, Failure> {
    let output = Command::new(cargo).arg("-vV").output();
    let output = output.map_err(|error| Failure::failed(format!("cannot run cargo: {error}")))?;
    let version = String::from_utf8_lossy(&output.stdout);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::failed("cargo does not say which machine this is"))
}

/// A directory that is removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> std::io::Result<Self> {
        let path = env::temp_dir().join(format!("syscallset-trace-{}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Left behind, it is only untidy.
        let _ = fs::remove_dir_all(&self.0);
    }
}
