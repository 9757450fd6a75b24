//! Where reports go: text for people or JSON for programs, on standard output.

use std::io::{self, Write};

use anstream::AutoStream;
use serde::Serialize;

use crate::failure::Failure;

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

/// Standard output.
pub(crate) struct Output {
    json: bool,
    stream: io::BufWriter<AutoStream<io::StdoutLock<'static>>>,
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

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let stdout = AutoStream::auto(io::stdout().lock());
        Self {
            json,
            stream: io::BufWriter::new(stdout),
        }
    }

    /// Prints a report in the form asked for.
    pub(crate) fn report<R: Report>(&mut self, report: &R) -> Result<(), Failure> {
        Ok(write_report(report, self.json, &mut self.stream)?)
    }

    /// Whether reports are printed as JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints the following reports as JSON, whatever the command line says.
    pub(crate) fn prefer_json(&mut self, json: bool) {
        self.json |= json;
    }

    /// Prints bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.stream.flush()?;
        // Past the stream, which would look for colours in them.
        let mut stdout = io::stdout();
        stdout.write_all(bytes)?;
        Ok(stdout.flush()?)
    }

    /// Writes what is buffered; a failure here is a failure of the command.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        Ok(self.stream.flush()?)
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

/// Says on standard error what the reader has to know besides the report.
pub(crate) fn write_notes(notes: &[String]) {
    let mut stderr = anstream::stderr().lock();
    let style = crate::style::DIM;
    for note in notes {
        // Talk: the report counts.
        let _ = writeln!(stderr, "{style}note{style:#}: {note}");
    }
}
