//! Filter strings that are known only at run time.

use std::path::Path;
use std::str::FromStr;

use syscallset_compiler::error::Error as Fault;
use syscallset_compiler::resolve;
use syscallset_compiler::span::Span;

use crate::action::Action;
use crate::builder::{FilterBuilder, native};
use crate::error::Error;
use crate::fault::FilterError;
use crate::filter::Filter;

impl Filter {
    /// Compiles a filter string for the running architecture, to the same program as
    /// [`filter!`](crate::filter!).
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::Filter;
    ///
    /// let error = Filter::compile("@basic-io ~@io-evnet").unwrap_err();
    /// assert!(error.to_string().contains("did you mean `@io-event`?"));
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`FilterBuilder::build`].
    #[track_caller]
    pub fn compile(filter: &str) -> Result<Self, Error> {
        FilterBuilder::new().filter(filter).build()
    }

    /// Compiles the filter string that a file holds; comments run from `#` to the end of the line.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::Filter;
    ///
    /// let path = std::env::temp_dir().join("syscallset-example.filter");
    /// std::fs::write(&path, "@basic-io   # read and write what is open\n@file-system\n")?;
    /// let filter = Filter::from_file(&path)?;
    /// assert!(filter.source().contains("@file-system"));
    /// # std::fs::remove_file(&path)?;
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`FilterBuilder::build`], with file, line and column; [`Error::File`] if the file cannot be
    /// read or is not UTF-8.
    #[track_caller]
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let filter = std::fs::read_to_string(path).map_err(|error| Error::File {
            file: name.clone(),
            reason: error.to_string(),
        })?;
        // A byte order mark is no part of the text.
        let filter = filter.trim_start_matches('\u{feff}');
        FilterBuilder::new().filter(filter).in_file(name).build()
    }
}

/// The words of `on_violation` (see [`filter!`](crate::filter!)) but `report`, and `allow`: for actions that
/// a configuration names.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use syscallset::Action;
///
/// assert_eq!("kill-thread".parse(), Ok(Action::KillThread));
/// assert_eq!("EPERM".parse(), Ok(Action::Errno(1)));
/// let error = "EPREM".parse::<Action>().unwrap_err();
/// assert!(error.to_string().contains("did you mean `EPERM`?"));
/// # }
/// ```
///
/// # Errors
///
/// [`Error::Filter`] for any other word, [`Error::Unsupported`] on other systems than Linux.
impl FromStr for Action {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        if word == "allow" {
            return Ok(Self::Allow);
        }
        let arch = native().ok_or(Error::Unsupported)?;
        let action = resolve::action(word, arch);
        let action = action.map_err(|kind| {
            let fault = Fault::new(kind, Span::new(0, word.len()));
            FilterError::new(word, None, &[fault])
        })?;
        Ok(Self::from_ret(action.to_ret()))
    }
}

/// Restricts all threads of the process to the calls that a filter string allows; any other call
/// kills the process, without a report even in debug builds: `Filter::compile(…)?.load_all_threads()` makes one
/// there. Calls that are newer than this crate fail with `ENOSYS`, so that a C library falls
/// back to an older one.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// let network = std::env::args().any(|argument| argument == "--online");
/// let network = if network { "@network-io" } else { "~@network-io" };
/// syscallset::limit_to(&format!("@system-service {network}"))?;
/// # }
/// # Ok::<(), syscallset::Error>(())
/// ```
///
/// # Errors
///
/// As [`FilterBuilder::build`] and [`Filter::load_all_threads`].
#[track_caller]
pub fn limit_to(filter: &str) -> Result<(), Error> {
    let builder = FilterBuilder::new()
        .filter(filter)
        .on_violation(Action::KillProcess);
    builder.build()?.load_all_threads()
}

/// Makes the kernel log the calls of all threads that a filter string does not allow, and lets them
/// through: to learn what a program needs (`SECCOMP_RET_LOG`; the log is that of auditd or dmesg).
///
/// Calls that are newer than this crate fail with `ENOSYS`, those of another architecture kill the
/// process, as under [`limit_to`].
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// syscallset::limit_and_log("@basic-io")?;
/// // Logged, and made.
/// assert!(std::fs::File::open("/proc/version").is_ok());
/// # }
/// # Ok::<(), syscallset::Error>(())
/// ```
///
/// # Errors
///
/// As [`limit_to`].
#[track_caller]
pub fn limit_and_log(filter: &str) -> Result<(), Error> {
    let builder = FilterBuilder::new()
        .filter(filter)
        .on_violation(Action::Log);
    builder.build()?.load_all_threads()
}
