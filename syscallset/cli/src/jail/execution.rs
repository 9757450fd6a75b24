//! Executes a program with nothing but execve(2), since under a filter nothing else may be allowed.

use std::env;
use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;

use super::starting::SHELL;
use super::sys::{self, Pointers};

/// A program, its arguments and its environment.
pub(crate) struct Execution {
    path: CString,
    /// The name by which it is called, and its arguments.
    words: Vec<CString>,
    /// What execvp(3) executes where the kernel does not know the file's format; nothing if it is no text.
    shell: Option<Vec<CString>>,
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
            shell: (!is_elf(path)).then_some(shell),
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
            shell: self.shell.as_deref().map(Pointers::new),
            environment: Pointers::new(&self.environment),
        }
    }
}

/// An execution that is ready.
pub(crate) struct Prepared<'e> {
    execution: &'e Execution,
    words: Pointers<'e>,
    shell: Option<Pointers<'e>>,
    environment: Pointers<'e>,
}

impl Prepared<'_> {
    /// Executes the program. Returns only if that failed.
    pub(crate) fn execute(&self) -> io::Error {
        let error = sys::execute(&self.execution.path, &self.words, &self.environment);
        let shell = self.execution.shell.as_ref().zip(self.shell.as_ref());
        match shell {
            Some((words, pointers)) if error.raw_os_error() == Some(libc::ENOEXEC) => {
                sys::execute(&words[0], pointers, &self.environment)
            }
            _ => error,
        }
    }
}

/// Whether a file is machine code, of which a shell makes no sense.
pub(crate) fn is_elf(path: &Path) -> bool {
    let mut magic = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    read.is_ok() && &magic == b"\x7fELF"
}

fn text(word: &OsStr) -> io::Result<CString> {
    Ok(CString::new(word.as_bytes())?)
}
