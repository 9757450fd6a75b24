//! Finds a command as execvp(3) does, before the filter is in force.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::source::is_item;

/// Exit status where the command is there and cannot be executed, as in a shell.
pub(crate) const NOT_EXECUTABLE: u8 = 126;
/// Exit status where there is no such command, as in a shell.
pub(crate) const NOT_FOUND: u8 = 127;

/// Where execvp(3) looks if `PATH` is not set (`_CS_PATH` of confstr(3)).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The file of a command. `of_filter` is the remedy where an item of a filter string stands in its place.
///
/// # Errors
///
/// With status 127 if there is none, with 126 if it is not executable.
pub(crate) fn find(command: &OsStr, of_filter: &str) -> Result<PathBuf, Failure> {
    let name = command.to_string_lossy();
    let missing = || {
        let missing = Failure::with_status(format!("`{name}`: no such command"), NOT_FOUND);
        if is_item(&name) {
            missing.with_help(of_filter)
        } else {
            missing
        }
    };
    if command.is_empty() {
        return Err(missing());
    }
    if command.as_bytes().contains(&b'/') {
        let path = PathBuf::from(command);
        return match state(&path) {
            State::Executable => Ok(path),
            State::Missing => Err(missing()),
            State::Other(reason) => Err(refused(&path, reason)),
        };
    }
    let search = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
    let mut other = None;
    for directory in env::split_paths(&search) {
        // An empty entry is the working directory; execve(2) wants a path.
        let path = Path::new(".").join(directory).join(command);
        match state(&path) {
            State::Executable => return Ok(path),
            State::Missing => {}
            State::Other(reason) => {
                other.get_or_insert((path, reason));
            }
        }
    }
    Err(other.map_or_else(missing, |(path, reason)| refused(&path, reason)))
}

fn refused(path: &Path, reason: &str) -> Failure {
    Failure::with_status(
        format!("`{}` cannot be executed: {reason}", path.display()),
        NOT_EXECUTABLE,
    )
}

enum State {
    Executable,
    Missing,
    Other(&'static str),
}

fn state(path: &Path) -> State {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => State::Other("it is a directory"),
        // As execve(2) has it, which is not asked before the file was looked into.
        Ok(metadata) if !metadata.is_file() => State::Other("it is not a regular file"),
        // Whose permission it is, execve(2) knows better.
        Ok(metadata) if metadata.permissions().mode() & 0o111 != 0 => State::Executable,
        Ok(_) => State::Other("permission denied"),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            State::Other("permission denied")
        }
        Err(_) => State::Missing,
    }
}
