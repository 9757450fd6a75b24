//! Files that unite what several runs saw.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use syscallset_tables::Arch;

use super::record::Record;
use crate::failure::Failure;
use crate::input::LARGEST;

/// Adds a record to those of a file, and writes all of them back as `render` has it. Several processes
/// may do so at once.
///
/// # Errors
///
/// A file that cannot be read or written, that holds something else, or another architecture's record.
pub(crate) fn unite(
    path: &Path,
    record: Record,
    render: impl Fn(&Record) -> io::Result<Vec<u8>>,
) -> Result<Record, Failure> {
    let failed = |what: &str, error: &dyn fmt::Display| failed(what, path, error);
    let mut file = open(path).map_err(|error| failed("open", &error))?;
    let mut all = record;
    if let Some(mut earlier) = earlier(&file, path)? {
        earlier
            .merge(all)
            .map_err(|reason| failed("take up", &reason))?;
        all = earlier;
    }
    let bytes = render(&all).map_err(|error| failed("write", &error))?;
    overwrite(&mut file, &bytes).map_err(|error| failed("write", &error))?;
    Ok(all)
}

fn failed(what: &str, path: &Path, error: &dyn fmt::Display) -> Failure {
    Failure::failed(format!("cannot {what} `{}`: {error}", path.display()))
}

/// What a file has of earlier runs; none if it is empty.
fn earlier(file: &File, path: &Path) -> Result<Option<Record>, Failure> {
    let mut text = Vec::new();
    file.take(LARGEST)
        .read_to_end(&mut text)
        .map_err(|error| failed("read", path, &error))?;
    if text.trim_ascii().is_empty() {
        return Ok(None);
    }
    let record = serde_json::from_slice(&text).map_err(|error| {
        failed("take up", path, &error)
            .with_help("the file must be one that `--merge` or `--json` has made")
    })?;
    Ok(Some(record))
}

/// Finds out whether records of an architecture can be added to a file, if there is one.
///
/// # Errors
///
/// As [`unite`].
pub(crate) fn check(path: &Path, arch: Arch) -> Result<(), Failure> {
    // What is no file proper, a pipe among them, must be read once only.
    if !path.is_file() {
        return Ok(());
    }
    let file = open(path).map_err(|error| failed("open", path, &error))?;
    let Some(mut earlier) = earlier(&file, path)? else {
        return Ok(());
    };
    let nothing = Record::new(arch);
    earlier
        .merge(nothing)
        .map_err(|reason| failed("take up", path, &reason))
}

/// Reads such a file.
///
/// # Errors
///
/// As [`unite`].
pub(crate) fn read(path: &Path) -> Result<Record, Failure> {
    let text = crate::input::read(path)?;
    serde_json::from_slice(&text).map_err(|error| failed("take up", path, &error))
}

/// Opens a file that is this process's alone until it is closed.
fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    flock(&file, FlockOperation::LockExclusive)?;
    Ok(file)
}

fn overwrite(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(bytes)
}
