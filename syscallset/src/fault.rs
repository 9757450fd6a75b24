//! What is wrong with a filter string that was given at run time.

use std::fmt;
use std::ops::Range;

use syscallset_compiler::error::Error as Inner;
use syscallset_compiler::render::{line_and_column, render};

/// All faults of a filter string, in the order of their places.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use syscallset::{Error, Filter};
///
/// let Err(Error::Filter(error)) = Filter::compile("@basic-io opnat ~@io-evnet") else { panic!() };
/// assert_eq!(error.faults().len(), 2);
/// eprintln!("{error}");
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FilterError {
    source: String,
    file: Option<String>,
    faults: Vec<Fault>,
}

/// One fault of a filter string.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use syscallset::{Error, Filter};
///
/// let Err(Error::Filter(error)) = Filter::compile("@basic-io opnat") else { panic!() };
/// let message = error.faults()[0].to_string();
/// assert!(message.starts_with("unknown system call `opnat`"));
/// assert!(message.contains("help: did you mean `openat`?"));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    span: Range<usize>,
    line: usize,
    column: usize,
    message: String,
}

impl FilterError {
    pub(crate) fn new(source: &str, file: Option<&str>, errors: &[Inner]) -> Self {
        let faults = errors
            .iter()
            .map(|error| Fault::new(source, error))
            .collect();
        Self {
            source: source.to_owned(),
            file: file.map(str::to_owned),
            faults,
        }
    }

    /// The string that is at fault.
    ///
    /// ```
    /// use syscallset::{Error, Filter};
    /// # #[cfg(target_os = "linux")] {
    /// let Err(Error::Filter(error)) = Filter::compile("opnat") else { panic!() };
    /// assert_eq!(error.filter(), "opnat");
    /// # }
    /// ```
    pub fn filter(&self) -> &str {
        &self.source
    }

    /// The file that holds the string, where it comes from one.
    ///
    /// ```
    /// use syscallset::{Error, Filter};
    /// # #[cfg(target_os = "linux")] {
    /// let Err(Error::Filter(error)) = Filter::from_file("/proc/version") else { panic!() };
    /// assert_eq!(error.file(), Some("/proc/version"));
    /// # }
    /// ```
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The faults, at least one.
    ///
    /// ```
    /// use syscallset::{Error, Filter};
    /// # #[cfg(target_os = "linux")] {
    /// let Err(Error::Filter(error)) = Filter::compile("opnat clsoe") else { panic!() };
    /// assert_eq!(error.faults().len(), 2);
    /// # }
    /// ```
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl Fault {
    fn new(source: &str, error: &Inner) -> Self {
        let (line, column) = line_and_column(source, error.span.start);
        Self {
            span: error.span.start..error.span.end,
            line,
            column,
            message: render(source, error),
        }
    }

    /// The place in the string, in bytes.
    ///
    /// ```
    /// use syscallset::{Error, Filter};
    /// # #[cfg(target_os = "linux")] {
    /// let Err(Error::Filter(error)) = Filter::compile("@basic-io opnat") else { panic!() };
    /// assert_eq!(&error.filter()[error.faults()[0].span()], "opnat");
    /// # }
    /// ```
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The line in the string, from 1.
    ///
    /// ```
    /// use syscallset::{Error, Filter};
    /// # #[cfg(target_os = "linux")] {
    /// let Err(Error::Filter(error)) = Filter::compile("@basic-io\nopnat") else { panic!() };
    /// assert_eq!(error.faults()[0].line(), 2);
    /// # }
    /// ```
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in the line, in characters from 1.
    ///
    /// ```
    /// use syscallset::{Error, Filter};
    /// # #[cfg(target_os = "linux")] {
    /// let Err(Error::Filter(error)) = Filter::compile("read opnat") else { panic!() };
    /// assert_eq!(error.faults()[0].column(), 6);
    /// # }
    /// ```
    pub fn column(&self) -> usize {
        self.column
    }
}

/// Prints the fault, the part of the string with the place marked, and the remedy.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Prints every fault, separated by empty lines; those of a file with file, line and column.
impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            if let Some(file) = &self.file {
                write!(f, "{file}:{}:{}: ", fault.line, fault.column)?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

/// The same text as `Display`: it is what `main` and `unwrap` print, and people have to know what to do.
impl fmt::Debug for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for FilterError {}
