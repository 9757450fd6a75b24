//! What there is to say: text for people or JSON for programs.

use std::io::{self, Write};

use serde::Serialize;

/// The version of all JSON objects that the command prints. It grows when a field goes or changes
/// its meaning; new fields may appear at any time.
pub(crate) const JSON_VERSION: u32 = 1;

/// What a subcommand has to say.
pub(crate) trait Report: Serialize {
    /// The subcommand, as the field `report` of the JSON object names it.
    const NAME: &'static str;

    /// Writes the report for people. Styles are removed later where they are not wanted.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()>;
}

#[derive(Serialize)]
struct Envelope<'a, R> {
    version: u32,
    report: &'static str,
    #[serde(flatten)]
    body: &'a R,
}

impl<'a, R: Report> Envelope<'a, R> {
    fn new(body: &'a R) -> Self {
        Self {
            version: JSON_VERSION,
            report: R::NAME,
            body,
        }
    }
}

/// Writes a report in the form asked for.
///
/// # Errors
///
/// Those of `out`.
pub(crate) fn write_report<R: Report>(
    report: &R,
    json: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if !json {
        return report.write_text(out);
    }
    serde_json::to_writer_pretty(&mut *out, &Envelope::new(report))?;
    writeln!(out)
}

/// Writes a report as a JSON object on one line: on standard error, there may be several.
///
/// # Errors
///
/// Those of `out`.
pub(crate) fn write_line<R: Report>(report: &R, out: &mut dyn Write) -> io::Result<()> {
    // In one piece, as others may write there as well.
    let mut line = serde_json::to_vec(&Envelope::new(report))?;
    line.push(b'\n');
    out.write_all(&line)
}

/// Columns of a line of running text.
const WIDTH: usize = 100;

/// Writes words in lines of [`WIDTH`] columns that begin with `indent` spaces.
///
/// # Errors
///
/// Those of `out`.
pub(crate) fn write_wrapped(
    out: &mut dyn Write,
    indent: usize,
    words: impl IntoIterator<Item = impl AsRef<str>>,
) -> io::Result<()> {
    let mut column = 0;
    for word in words {
        let word = word.as_ref();
        if column == 0 {
            write!(out, "{:indent$}{word}", "")?;
            column = indent;
        } else if column + 1 + word.len() > WIDTH {
            write!(out, "\n{:indent$}{word}", "")?;
            column = indent;
        } else {
            write!(out, " {word}")?;
            column += 1;
        }
        column += word.len();
    }
    if column > 0 {
        writeln!(out)?;
    }
    Ok(())
}

/// Names in back-ticks, separated by commas.
pub(crate) fn quoted<N: std::fmt::Display>(names: &[N]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
