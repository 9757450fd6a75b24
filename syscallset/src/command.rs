//! Filters for child processes.

use std::io;
use std::process::Command;

use crate::action::Action;
use crate::error::Error;
use crate::filter::Filter;
use crate::load::{self, Status, Threads};
use crate::sys;

/// Starts child processes under a filter.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use std::process::Command;
/// use syscallset::{CommandExt as _, Filter, filter};
///
/// static QUIET: Filter = filter!("@system-service ~@network-io");
/// let output = Command::new("echo").arg("hello").restrict(&QUIET)?.output()?;
/// assert_eq!(output.stdout, b"hello\n");
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait CommandExt {
    /// Puts the child under `filter`, between fork(2) and execve(2). The program that it executes,
    /// and all that that one starts, stay under it; this process does not come under it.
    ///
    /// The filter has to allow what the dynamic loader and the runtime of the new program need, above
    /// all `execve`; [`@rust-command`](crate::guide::sets) has it. Where the new program
    /// cannot be executed or the filter cannot be loaded, `spawn` returns the error, as without a
    /// filter.
    ///
    /// What the command is set to do with `uid`, `current_dir` and the like is done before; hooks of
    /// `pre_exec` that are added later, and filters of further calls of `restrict`, are under this
    /// filter. With `exec`, which starts no child, it is this thread that comes under the filter, also
    /// where the new program cannot be executed.
    ///
    /// ```
    /// use std::process::Command;
    /// use syscallset::{CommandExt as _, Filter, filter};
    ///
    /// static QUIET: Filter = filter!("@system-service ~@network-io");
    ///
    /// # #[cfg(target_os = "linux")] {
    /// let status = Command::new("true").restrict(&QUIET)?.status()?;
    /// assert!(status.success());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Child`] if the filter refuses execve(2), without which no program can be started, or
    /// write(2), with which the child reports that it could not be: the command is unchanged, and
    /// nothing was started. [`Error::Unsupported`] where there are no seccomp filters.
    fn restrict(&mut self, filter: &Filter) -> Result<&mut Self, Error>;
}

impl CommandExt for Command {
    #[inline]
    fn restrict(&mut self, filter: &Filter) -> Result<&mut Self, Error> {
        for (name, number) in sys::CHILD_CALLS {
            // The descriptor and the length by which the child tells of an error; a filter that
            // decides by them may refuse the ones that it happens to get.
            let refuses = |descriptor| {
                let verdict = filter.evaluate(*number, [descriptor, 1, 8, 0, 0, 0]);
                !matches!(verdict, Action::Allow | Action::Log)
            };
            if [0, 3, 4, 5, 10, 100, 1 << 16].into_iter().any(refuses) {
                return Err(Error::Child(name));
            }
        }
        let filter = *filter;
        sys::before_exec(self, move || {
            load::ask_again();
            // The handler that reports refused calls ends at execve(2): it is not installed.
            match load::load(filter.instructions(), Threads::Calling, filter.options()) {
                Status::LOADED => Ok(()),
                status => Err(io::Error::from_raw_os_error(status.describe().1)),
            }
        })
        .map(|()| self)
    }
}
