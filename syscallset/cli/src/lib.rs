//! The `syscallset` command: jail a program, explain a filter string, dump and simulate its program,
//! convert from and to other formats, inspect a binary.
//!
//! Every subcommand is one file of `command`: its arguments, and a function that computes a report
//! (`report::Report`) and hands it to `output::Output`, which prints it as text or as JSON. What a filter string means
//! is decided in `syscallset-compiler` alone.

mod arch;
mod command;
mod comparison;
mod cover;
mod describe;
mod diagnostic;
mod dump;
mod exchange;
mod explain;
mod failure;
mod grouping;
mod input;
mod jail;
mod notes;
mod output;
mod profile;
mod program;
mod report;
mod simulate;
mod snapshot;
mod source;
mod spelling;
mod style;
#[allow(
    clippy::collapsible_match,
    clippy::map_entry,
    clippy::question_mark,
    clippy::single_match_else,
    reason = "the tracer spells its cases out, one for each stop of a thread"
)]
mod trace;
mod warning;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::PossibleValue;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser as _};

use crate::command::Arguments;
use crate::command::supervise::Supervise;
use crate::failure::Failure;
use crate::jail::supervisor;
use crate::output::Output;
use crate::source::{IN_QUOTES, is_item};

/// Runs the command with these arguments, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    if arguments
        .get(1)
        .is_some_and(|word| word == supervisor::NAME)
    {
        let outcome = Supervise::parse_from(&arguments[1..]).run();
        return outcome.map_or_else(|failure| failure.report(false), ExitCode::from);
    }
    let arguments =
        match Arguments::try_parse_from(&arguments).map_err(|error| with_hint(error, &arguments)) {
            Ok(parsed) => parsed,
            Err(error) if error.use_stderr() && arguments.iter().any(|word| word == "--json") => {
                return usage(&error).report(true);
            }
            Err(error) => {
                // Help and version go to standard output with status 0, the rest to standard error.
                let _ = error.print();
                return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::USAGE));
            }
        };
    arguments.color.write_global();
    let json = arguments.json;
    let mut output = Output::new(json);
    match arguments
        .command
        .run(&mut output)
        .and_then(|status| output.finish().map(|()| status))
    {
        Ok(status) => ExitCode::from(status),
        Err(failure) => failure.report(json),
    }
}

/// What is wrong with the arguments, as a sentence, and the tips that go with it.
fn usage(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let lines = || text.lines().map(str::trim);
    let mut first = lines().take_while(|line| !line.is_empty());
    let headline = first.next().unwrap_or_default();
    let mut message = headline.trim_start_matches("error: ").to_owned();
    // What is missing, or in the way, or possible, stands in lines of its own.
    let more: Vec<_> = first.collect();
    if !more.is_empty() {
        message = format!("{message} {}", more.join(", "));
    }
    let tips: Vec<_> = lines()
        .filter_map(|line| line.strip_prefix("tip: "))
        .collect();
    let failure = Failure::usage(message);
    if tips.is_empty() {
        failure
    } else {
        failure.with_help(tips.join("; "))
    }
}

/// Says what to do about a filter string that the shell has split, and what a missing option may be.
fn with_hint(mut error: clap::Error, arguments: &[OsString]) -> clap::Error {
    let hint = match error.kind() {
        ErrorKind::UnknownArgument => {
            bare_value(&error, arguments).or_else(|| surplus_item(&error))
        }
        ErrorKind::MissingRequiredArgument => missing_values(&error),
        ErrorKind::InvalidSubcommand => lone_filter(&error),
        _ => None,
    };
    if let Some(hint) = hint {
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![hint.into()]),
        );
    }
    error
}

/// A value without the option that it belongs to, which is missing: `export systemd FILTER`.
fn bare_value(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    // Of an option that is not known, clap says what it may be.
    if error
        .get(ContextKind::InvalidArg)?
        .to_string()
        .starts_with('-')
    {
        return None;
    }
    let mut whole = Arguments::command();
    whole.build();
    let mut words = arguments.iter().filter_map(|word| word.to_str()).skip(1);
    let command = words.find_map(|word| whole.find_subcommand(word))?;
    let words: Vec<_> = words.collect();
    let bare = positional(command, &words);
    let required = command.get_opts().filter(|option| option.is_required_set());
    required
        .filter_map(|option| Some((option, format!("--{}", option.get_long()?))))
        .filter(|(_, flag)| !words.iter().any(|word| word.starts_with(flag)))
        .find_map(|(option, flag)| {
            let values = option.get_possible_values();
            let is_value = |word: &&&str| values.iter().any(|value| value.matches(word, true));
            let value = bare.iter().find(is_value)?;
            Some(format!("write `{flag} {}`", value.to_lowercase()))
        })
}

/// The words that are neither options nor their values.
fn positional<'w>(command: &clap::Command, words: &[&'w str]) -> Vec<&'w str> {
    let takes_value = |word: &str| {
        command.get_arguments().any(|option| {
            let named = option.get_long().zip(word.strip_prefix("--"));
            named.is_some_and(|(long, name)| long == name) && option.get_action().takes_values()
        })
    };
    let mut found = Vec::new();
    let mut is_value = false;
    for word in words {
        if !is_value && !word.starts_with('-') {
            found.push(*word);
        }
        is_value = takes_value(word);
    }
    found
}

fn surplus_item(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let usage = error.get(ContextKind::Usage)?.to_string();
    // `diff` has two filter strings under other names.
    let takes_filter = usage.contains("FILTER") || usage.contains("<A>");
    (is_item(word) && takes_filter).then(|| IN_QUOTES.to_owned())
}

/// A filter string where a subcommand should be.
fn lone_filter(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    let told = format!("`syscallset explain {word:?}` says what a filter string allows");
    is_item(word).then_some(told)
}

/// The values of the first option that is missing, if there are but some.
fn missing_values(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let mut whole = Arguments::command();
    whole.build();
    let mut options = whole.get_subcommands().flat_map(clap::Command::get_opts);
    let option = options.find(|option| missing.contains(&option.to_string()))?;
    let values = option.get_possible_values();
    let names: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
    (!names.is_empty()).then(|| format!("`{option}` is one of: {}", names.join(", ")))
}

/// The command line, for manuals and completions.
#[doc(hidden)]
pub fn command() -> clap::Command {
    Arguments::command()
}
