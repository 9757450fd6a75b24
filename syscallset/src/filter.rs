//! A compiled filter.

use std::fmt;

use crate::action::Action;
use crate::error::Error;
use crate::instruction::{Instruction, run, seccomp_data};

/// A filter, compiled from a filter string by [`filter!`](crate::filter!).
///
/// ```
/// static WORKER: syscallset::Filter = syscallset::filter!("@basic-io @network-io");
/// assert_eq!(WORKER.source(), "@basic-io @network-io");
/// ```
#[derive(Clone)]
pub struct Filter {
    program: &'static [Instruction],
    source: &'static str,
    place: Place,
    audit_arch: u32,
    log: bool,
}

/// Where a filter is written, as [`file!`] and [`line!`] give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

impl Filter {
    /// What the macros expand to.
    #[doc(hidden)]
    pub const fn from_macro(
        program: &'static [Instruction],
        source: &'static str,
        (file, line): (&'static str, u32),
        audit_arch: u32,
        log: bool,
    ) -> Self {
        Self {
            program,
            source,
            place: Place { file, line },
            audit_arch,
            log,
        }
    }

    /// Puts the calling thread, and all threads and processes that it starts from now on, under the
    /// filter. There is no way back.
    ///
    /// Gives up gaining privileges by execve(2) first (`PR_SET_NO_NEW_PRIVS`, prctl(2)); a filter
    /// loaded later in the same process does without that call.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] where there are no seccomp filters, [`Error::NoNewPrivs`] and
    /// [`Error::Load`] where the kernel or an outer filter refuses. No part of the filter is in
    /// force then.
    #[must_use = "where loading failed, the thread is not restricted"]
    #[inline(never)]
    pub fn load(&self) -> Result<(), Error> {
        crate::load::load(self.program, crate::load::Threads::Calling, self.log)
    }

    /// Puts all threads of the process under the filter (`SECCOMP_FILTER_FLAG_TSYNC`, seccomp(2)),
    /// and all threads and processes that they start from now on.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), and [`Error::Thread`] where a thread has loaded a filter of its own
    /// before. The filter is in force in no thread then.
    #[must_use = "where loading failed, no thread is restricted"]
    pub fn load_all_threads(&self) -> Result<(), Error> {
        crate::load::load(self.program, crate::load::Threads::All, self.log)
    }

    /// The filter's verdict about the call number `nr` with these argument registers, as the
    /// kernel reaches it; calls are made through the architecture's own interface.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::{Action, Filter, filter};
    ///
    /// const QUIET: Filter = filter!("@default", on_violation = "EPERM");
    /// const _: () = assert!(matches!(QUIET.evaluate(libc::SYS_openat, [0; 6]), Action::Errno(1)));
    /// # }
    /// ```
    pub const fn evaluate(&self, nr: core::ffi::c_long, args: [u64; 6]) -> Action {
        run(self.program, &seccomp_data(nr, self.audit_arch, args))
    }

    /// The filter string.
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// The program.
    pub const fn instructions(&self) -> &'static [Instruction] {
        self.program
    }

    pub(crate) const fn place(&self) -> Place {
        self.place
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.source)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter")
            .field("source", &self.source)
            .field(
                "place",
                &format_args!("{}:{}", self.place.file, self.place.line),
            )
            .field("instructions", &self.program.len())
            .finish_non_exhaustive()
    }
}
