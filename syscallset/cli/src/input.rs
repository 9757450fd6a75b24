//! Input files. They may be anything, so that nothing is read without a limit.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Failure;

/// The largest input in bytes. Logs of `strace` get long.
pub(crate) const LARGEST: u64 = 256 << 20;

/// How messages call a file: `-` is standard input.
pub(crate) fn shown(path: &Path) -> String {
    if is_dash(path) {
        "standard input".to_owned()
    } else {
        format!("`{}`", path.display())
    }
}

/// Whether a path is `-`: standard input, or where something is written, standard output.
pub(crate) fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a file, or standard input for `-`.
///
/// # Errors
///
/// What the system says, and more than [`LARGEST`] bytes.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let outcome = if is_dash(path) {
        io::stdin().take(LARGEST + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
    };
    outcome.map_err(|error| Failure::failed(format!("cannot read {}: {error}", shown(path))))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Failure::failed(format!(
            "{} has more than {} MiB",
            shown(path),
            LARGEST >> 20
        )));
    }
    Ok(bytes)
}

/// Reads a text file, or standard input for `-`.
///
/// # Errors
///
/// As [`read`], and what is not UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?)
        .map_err(|_| Failure::failed(format!("{} is not UTF-8 text", shown(path))))
}
