//! Filters put together by a program.

mod actions;
mod compile;

use std::collections::HashMap;
use std::panic::Location;
use std::sync::{LazyLock, Mutex, PoisonError};

use syscallset_compiler::Arch;

use crate::action::Action;
use crate::error::Error;
use crate::fault::FilterError;
use crate::filter::Filter;
use crate::load::Options;

/// A filter under construction: filter strings, groups of calls with an action of their own, and
/// what happens to all other calls.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use syscallset::{Action, FilterBuilder};
///
/// let filter = FilterBuilder::new()
///     .filter("@system-service")
///     .group(Action::Errno(libc::EPERM as u16), "@network-io ptrace")
///     .on_violation(Action::Log)
///     .build()?;
/// assert_eq!(filter.evaluate(libc::SYS_socket, [0; 6]), Action::Errno(1));
/// # }
/// # Ok::<(), syscallset::Error>(())
/// ```
///
/// The strings and groups are read in the order in which they were added; the last item that
/// matches a call decides. All begin with `@default` and `@rust-runtime`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "a builder does nothing until `build`"]
pub struct FilterBuilder {
    /// All strings, each on lines of its own.
    source: String,
    /// Where a group begins in `source`, and its action; `None` for a filter string.
    parts: Vec<(usize, Option<Action>)>,
    on_violation: Option<Action>,
    options: Options,
    file: Option<String>,
}

impl FilterBuilder {
    /// A filter that allows `@default` and `@rust-runtime` alone.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::{Action, FilterBuilder};
    ///
    /// let nothing = FilterBuilder::new().build()?;
    /// assert_eq!(nothing.evaluate(libc::SYS_exit_group, [0; 6]), Action::Allow);
    /// assert_ne!(nothing.evaluate(libc::SYS_read, [0; 6]), Action::Allow);
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the items of a filter string.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::{Action, FilterBuilder};
    ///
    /// let descriptor = 7;   // known at run time only
    /// let filter = FilterBuilder::new().filter("close").filter(&format!("read(fd={descriptor})")).build()?;
    /// assert_eq!(filter.evaluate(libc::SYS_read, [7, 0, 0, 0, 0, 0]), Action::Allow);
    /// assert_ne!(filter.evaluate(libc::SYS_read, [8, 0, 0, 0, 0, 0]), Action::Allow);
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn filter(self, filter: &str) -> Self {
        self.push(None, filter)
    }

    /// Adds calls and sets, all of which get `action`. The items are written as in a filter string,
    /// with conditions where they apply, but without `~` and `:`.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::{Action, FilterBuilder};
    ///
    /// let filter = FilterBuilder::new()
    ///     .filter("@system-service")
    ///     .group(Action::Errno(libc::EACCES as u16), "@network-io")
    ///     .build()?;
    /// assert_eq!(filter.evaluate(libc::SYS_connect, [0; 6]), Action::Errno(13));
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn group(self, action: Action, items: &str) -> Self {
        self.push(Some(action), items)
    }

    fn push(mut self, action: Option<Action>, items: &str) -> Self {
        if !self.parts.is_empty() {
            self.source.push('\n');
        }
        self.parts.push((self.source.len(), action));
        self.source.push_str(items);
        self
    }

    /// Sets what happens to calls that are refused without an action of their own, and to those that
    /// nothing names. [`Action::Allow`] makes a list of refused calls: they come in groups, or with an
    /// action as in `~ptrace:EPERM`, while a bare `~ptrace` would refuse nothing and is an error. Calls
    /// that are newer than this crate fail with `ENOSYS` nevertheless.
    ///
    /// Without it, such a call kills the process; where this crate is built with debug assertions,
    /// the process reports the call first.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::{Action, FilterBuilder};
    ///
    /// let filter = FilterBuilder::new().on_violation(Action::Errno(libc::EPERM as u16)).build()?;
    /// assert_eq!(filter.evaluate(libc::SYS_openat, [0; 6]), Action::Errno(1));
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn on_violation(mut self, action: Action) -> Self {
        self.on_violation = Some(action);
        self
    }

    /// Sets whether the kernel logs what the filter refuses, as far as
    /// `/proc/sys/kernel/seccomp/actions_logged` says (`SECCOMP_FILTER_FLAG_LOG`, Linux 4.14). Not
    /// set, it does not.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::FilterBuilder;
    ///
    /// let filter = FilterBuilder::new().filter("@basic-io").log(true).build()?;
    /// filter.load()?;
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn log(mut self, log: bool) -> Self {
        self.options.log = log;
        self
    }

    /// Sets whether loading gives up gaining privileges by execve(2) first (`PR_SET_NO_NEW_PRIVS`,
    /// prctl(2)). Not set, it does. Without it, loading takes `CAP_SYS_ADMIN`, and a program that is
    /// executed under the filter may gain privileges while it misses calls that it counts on.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::FilterBuilder;
    ///
    /// let filter = FilterBuilder::new().filter("@system-service").no_new_privs(false).build()?;
    /// match filter.load() {
    ///     Ok(()) => println!("sudo still works"),
    ///     Err(error) => println!("this takes privileges: {error}"),
    /// }
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn no_new_privs(mut self, no_new_privs: bool) -> Self {
        self.options.no_new_privs = no_new_privs;
        self
    }

    /// Compiles the filter for the running architecture.
    ///
    /// The program is proven to do what the strings say before it is returned. It is kept until the
    /// process ends; building the same filter again in the same line takes no further memory.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::{Action, Error, FilterBuilder};
    ///
    /// let filter = FilterBuilder::new().filter("@basic-io").build()?;
    /// assert_eq!(filter.source(), "@basic-io");
    ///
    /// let error = FilterBuilder::new().group(Action::Log, "~openat").build().unwrap_err();
    /// assert!(matches!(error, Error::Filter(_)));
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Filter`] with all faults of the strings, among them error numbers other than 1 to 4095,
    /// `~` or `:` in a group, and a parenthesis that is closed in another string or group.
    /// [`Error::Unsupported`] on other systems than Linux.
    #[track_caller]
    pub fn build(self) -> Result<Filter, Error> {
        let place = Location::caller();
        let arch = native().ok_or(Error::Unsupported)?;
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (self, *place);
        if let Some(filter) = built.get(&key) {
            return Ok(*filter);
        }
        let filter = key
            .0
            .compile(arch, place)
            .map_err(|faults| FilterError::new(&key.0.source, key.0.file.as_deref(), &faults))?;
        built.insert(key, filter);
        Ok(filter)
    }

    /// Names the file that the string comes from, for messages.
    pub(crate) fn in_file(mut self, file: String) -> Self {
        self.file = Some(file);
        self
    }
}

/// Filters built so far, with the place that built them: their parts are kept for ever, and building
/// one in a loop must not use up memory.
static BUILT: LazyLock<Mutex<HashMap<(FilterBuilder, Location<'static>), Filter>>> =
    LazyLock::new(Mutex::default);

/// The running architecture, where it has a kernel with filters and tables here.
pub(crate) fn native() -> Option<Arch> {
    const NATIVE: &str = crate::filter!("", on_violation = "kill", note = false).arch();
    Arch::from_name(NATIVE)
}
