//! Executes a program with nothing but execve(2), since under a filter nothing else may be allowed.

use std::env;
use std::ffi::{CString, OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;

use super::starting::SHELL;
use super::sys::{self, Pointers};

/// A program, its arguments and its environment.
pub(crate) struct Execution {
    path: CString,
    /// The name by which it is called, and its arguments.
    words: Vec<CString>,
    /// What execvp(3) executes where the kernel does not know the file's format.
    shell: Vec<CString>,
    environment: Vec<CString>,
}

impl Execution {
    /// Of a file with these words, the name first, in the environment of this process.
    ///
    /// # Errors
    ///
    /// A NUL byte in a word.
    pub(crate) fn new(path: &Path, words: &[OsString]) -> io::Result<Self> {
        let file = text(path.as_os_str())?;
        let words: Result<Vec<_>, _> = words.iter().map(|word| text(word)).collect();
        let words = words?;
        let mut shell = vec![text(OsStr::new(SHELL))?, file.clone()];
        shell.extend(words.iter().skip(1).cloned());
        let variables = env::vars_os().map(|(name, value)| {
            let mut variable = name.into_vec();
            variable.push(b'=');
            variable.extend(value.into_vec());
            CString::new(variable)
        });
        Ok(Self {
            path: file,
            words,
            shell,
            environment: variables.collect::<Result<_, _>>()?,
        })
    }

    /// Does all that can be done before: what is left to do allocates nothing and makes one call.
    pub(crate) fn prepare(&self) -> Prepared<'_> {
        // Rust's runtime has the signal ignored, which programs inherit.
        sys::restore_sigpipe();
        Prepared {
            execution: self,
            words: Pointers::new(&self.words),
            shell: Pointers::new(&self.shell),
            environment: Pointers::new(&self.environment),
        }
    }
}

/// An execution that is ready.
pub(crate) struct Prepared<'e> {
    execution: &'e Execution,
    words: Pointers<'e>,
    shell: Pointers<'e>,
    environment: Pointers<'e>,
}

impl Prepared<'_> {
    /// Executes the program. Returns only if that failed.
    pub(crate) fn execute(&self) -> io::Error {
        let error = sys::execute(&self.execution.path, &self.words, &self.environment);
        if error.raw_os_error() != Some(libc::ENOEXEC) {
            return error;
        }
        sys::execute(&self.execution.shell[0], &self.shell, &self.environment)
    }
}

fn text(word: &OsStr) -> io::Result<CString> {
    Ok(CString::new(word.as_bytes())?)
}
