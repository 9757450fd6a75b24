//! What a reviewer would ask about a filter, whether it is a string or a program.

use std::io;

use serde::Serialize;

use crate::style::WARNING;

/// A question to ask about a filter. It may have a good answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Warning {
    /// What it is about, for programs.
    pub(crate) code: &'static str,
    /// What is noteworthy.
    pub(crate) message: String,
    /// What to write if it was not meant.
    pub(crate) help: Option<String>,
}

/// Writes warnings for people, behind an empty line.
///
/// # Errors
///
/// Those of `out`.
pub(crate) fn write_warnings(out: &mut dyn io::Write, warnings: &[Warning]) -> io::Result<()> {
    if !warnings.is_empty() {
        writeln!(out)?;
    }
    for Warning { message, help, .. } in warnings {
        writeln!(out, "{WARNING}warning{WARNING:#}: {message}")?;
        if let Some(help) = help {
            writeln!(out, "  help: {help}")?;
        }
    }
    Ok(())
}
