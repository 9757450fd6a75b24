//! Where reports go: standard output.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

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

    /// Says on standard error what the reader has to know besides the report; the JSON object has it in fields.
    pub(crate) fn notes(&self, notes: &[String]) {
        if !self.json {
            write_notes(notes);
        }
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

/// Finds out whether a file can be written, before work whose outcome would be lost. Neither makes nor changes it.
///
/// # Errors
///
/// What the system says about the file or, where there is none, about a new one in its directory.
pub(crate) fn check_writable(path: &Path) -> Result<(), Failure> {
    let outcome = match fs::metadata(path) {
        // To open and close a pipe would be its end.
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => return Ok(()),
        Ok(_) => OpenOptions::new().write(true).open(path).map(drop),
        Err(error) if error.kind() == io::ErrorKind::NotFound => check_new(path),
        Err(error) => Err(error),
    };
    outcome.map_err(|error| Failure::failed(format!("cannot write `{}`: {error}", path.display())))
}

/// Finds out whether a file can be made, by making another one beside it: others may be about to write to this one.
fn check_new(path: &Path) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new(""));
    if let Ok(target) = fs::read_link(path) {
        // It leads to nothing yet.
        return check_new(&directory.join(target));
    }
    let name = path.as_os_str().as_bytes();
    if [&b"/"[..], b"/.", b"/.."]
        .iter()
        .any(|end| name.ends_with(end))
    {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let beside = directory.join(format!(".syscallset-{}", std::process::id()));
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside)
    {
        Ok(_) => fs::remove_file(&beside),
        // Somebody else is about it, or was and came to an end.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
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
