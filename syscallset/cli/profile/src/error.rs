//! Why a program could not be analysed.

use std::fmt;
use std::path::PathBuf;

/// Why a program could not be analysed, and where.
#[derive(Debug)]
pub struct Error {
    path: PathBuf,
    kind: ErrorKind,
}

/// The kinds of [`Error`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file cannot be read.
    Read(std::io::Error),
    /// The file is not an ELF file that this crate understands, or it contradicts itself.
    Malformed(&'static str),
    /// The file is of another architecture than x86-64 and aarch64.
    Architecture(u16),
    /// A library that the file needs was found nowhere.
    Library(String),
    /// No function `main` was found.
    Main,
    /// The analysis would take more than its budget.
    Budget(&'static str),
}

impl Error {
    pub(crate) fn new(path: impl Into<PathBuf>, kind: ErrorKind) -> Self {
        Self {
            path: path.into(),
            kind,
        }
    }

    /// What is wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            ErrorKind::Read(error) => write!(f, "cannot read `{path}`: {error}"),
            ErrorKind::Malformed(what) => write!(f, "`{path}` is not a usable ELF file: {what}"),
            ErrorKind::Architecture(machine) => write!(
                f,
                "`{path}` is for ELF machine {machine}; only x86-64 (62) and aarch64 (183) are analysed"
            ),
            ErrorKind::Library(name) => write!(
                f,
                "`{path}` needs the library `{name}`, which is in none of the directories where the dynamic \
                 linker looks; give the directory of another system with `--root`, or the file with `--with`"
            ),
            ErrorKind::Main => write!(
                f,
                "no function `main` was found in `{path}`; analyse from its entry point with `--from entry`"
            ),
            ErrorKind::Budget(what) => {
                write!(f, "`{path}` is too large or too tangled to analyse: {what}")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Read(error) => Some(error),
            _ => None,
        }
    }
}
