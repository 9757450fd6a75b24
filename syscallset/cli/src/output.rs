//! Where reports go: standard output.

use std::io::{self, Write};

use anstream::AutoStream;

use crate::failure::Failure;
use crate::report::{Report, write_report};

/// Standard output.
pub(crate) struct Output {
    json: bool,
    stream: io::BufWriter<AutoStream<io::StdoutLock<'static>>>,
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

/// Says on standard error what the reader has to know besides the report.
pub(crate) fn write_notes(notes: &[String]) {
    let mut stderr = anstream::stderr().lock();
    let style = crate::style::DIM;
    for note in notes {
        // Talk: the report counts.
        let _ = writeln!(stderr, "{style}note{style:#}: {note}");
    }
}
