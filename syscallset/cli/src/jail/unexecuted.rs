//! Why execve(2) failed. Of a program that is there it says that there is no such file, if what executes the
//! program is missing.

use std::io;
use std::path::{Path, PathBuf};

use super::execution::is_elf;
use super::lookup::{NOT_EXECUTABLE, NOT_FOUND};
use super::starting::{images, loader_of};
use crate::failure::Failure;

/// What to say of a program that could not be executed, and the status that a shell has for it.
pub(crate) fn unexecuted(path: &Path, error: &io::Error) -> Failure {
    let status = match error.kind() {
        io::ErrorKind::NotFound => NOT_FOUND,
        _ => NOT_EXECUTABLE,
    };
    let missing = (status == NOT_FOUND).then(|| missing(path)).flatten();
    let shown = path.display();
    let Some((missing, role)) = missing else {
        let failure =
            Failure::with_status(format!("`{shown}` cannot be executed: {error}"), status);
        if error.raw_os_error() == Some(libc::ENOEXEC) && is_elf(path) {
            return failure.with_help("it is a program for another machine, or damaged");
        }
        return failure;
    };
    let missing = missing.to_string_lossy();
    let failure = Failure::with_status(
        format!(
            "`{shown}` cannot be executed: there is no `{}`, {role}",
            missing.escape_debug()
        ),
        status,
    );
    if missing.ends_with('\r') {
        return failure
            .with_help("end the lines with a line feed alone, without a carriage return");
    }
    failure
}

/// What a program that is there needs and is not, and what it is to the program.
fn missing(path: &Path) -> Option<(PathBuf, &'static str)> {
    let mut last = path.to_owned();
    for image in images(path) {
        if !image.exists() {
            return (image != path).then_some((image, "the interpreter of its `#!` line"));
        }
        last = image;
    }
    let loader = PathBuf::from(loader_of(&last)?);
    (!loader.exists()).then_some((loader, "its dynamic loader"))
}
