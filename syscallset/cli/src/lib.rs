//! The `syscallset` command: jail a program, explain a filter string, dump and simulate its program,
//! convert from and to other formats, inspect a binary.
//!
//! Every subcommand is one file of `command`: its arguments, and a function that computes a report
//! and hands it to `output::Output`, which prints it as text or as JSON. What a filter string means
//! is decided in `syscallset-compiler` alone.
#![allow(
    clippy::collapsible_match,
    clippy::map_entry,
    clippy::question_mark,
    clippy::single_match_else,
    reason = "the tracer spells its cases out, one for each stop of a thread"
)]
#![allow(
    clippy::struct_excessive_bools,
    reason = "flags of a command line are bools"
)]

mod arch;
mod command;
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
mod simulate;
mod snapshot;
mod source;
mod style;
mod trace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::command::Arguments;
use crate::output::Output;

/// Runs the command with these arguments, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output with status 0, the rest to standard error.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::USAGE));
        }
    };
    arguments.color.write_global();
    let mut output = Output::new(arguments.json);
    match arguments
        .command
        .run(&mut output)
        .and_then(|status| output.finish().map(|()| status))
    {
        Ok(status) => ExitCode::from(status),
        Err(failure) => failure.report(),
    }
}
