//! A compiled filter.

use std::ffi::CStr;
use std::fmt;

use crate::action::Action;
use crate::error::Error;
use crate::instruction::{Instruction, run, seccomp_data};
use crate::load::{self, Options, Status, Threads};
use crate::malloc::Preparation;
use crate::report::Report;
use crate::sys;

/// A filter, compiled from a filter string by [`filter!`](crate::filter!).
///
/// ```
/// static WORKER: syscallset::Filter = syscallset::filter!("@basic-io @network-io");
/// assert_eq!(WORKER.source(), "@basic-io @network-io");
/// ```
#[derive(Clone, Copy)]
#[must_use = "a filter restricts nothing until it is loaded"]
pub struct Filter {
    parts: Parts,
    options: Options,
    pub(crate) preparation: Preparation,
}

/// What the macros know of a filter.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    pub program: &'static [Instruction],
    pub source: &'static str,
    pub file: &'static str,
    pub line: u32,
    pub arch: &'static str,
    pub audit_arch: u32,
    pub log: bool,
    /// How a message begins that says that the filter could not be loaded.
    pub failure: &'static CStr,
    pub report: Option<&'static Report>,
}

impl Filter {
    /// What the macros expand to.
    #[doc(hidden)]
    #[inline]
    pub const fn from_parts(parts: Parts) -> Self {
        let options = Options {
            log: parts.log,
            no_new_privs: true,
        };
        let preparation = Preparation::of(parts.program, parts.audit_arch);
        Self {
            parts,
            options,
            preparation,
        }
    }

    /// Takes a program that this crate did not make.
    ///
    /// Nothing about the program is checked but what the kernel checks when it is loaded (bpf(2),
    /// seccomp(2)): it may allow what its author did not mean, such as calls of another
    /// architecture. [`evaluate`](Self::evaluate) takes it to be for the running architecture.
    ///
    /// ```
    /// use syscallset::{Action, Filter, Instruction};
    ///
    /// /// `ret ERRNO(1)`: refuses every call.
    /// static NOTHING: Filter = Filter::from_raw_unverified(&[Instruction::new(0x06, 0, 0, 0x0005_0001)]);
    /// assert_eq!(NOTHING.evaluate(0, [0; 6]), Action::Errno(1));
    /// ```
    #[track_caller]
    #[inline]
    pub const fn from_raw_unverified(program: &'static [Instruction]) -> Self {
        let native = crate::filter!("", on_violation = "kill", note = false);
        let place = std::panic::Location::caller();
        Self::from_parts(Parts {
            program,
            source: "(an unverified program)",
            file: place.file(),
            line: place.line(),
            ..native.parts
        })
    }

    #[cfg(feature = "runtime")]
    pub(crate) const fn with_options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Puts the calling thread, and all threads and processes that it starts from now on, under the
    /// filter. There is no way back.
    ///
    /// Gives up gaining privileges by execve(2) first (`PR_SET_NO_NEW_PRIVS`, prctl(2)), also where
    /// the kernel does not ask for it. Where they were given up before, it does without that call, so
    /// that a filter that is already in force may refuse it. Only a process started as root cannot
    /// tell that its parent has given them up, and makes that call at its first load: the filter that
    /// it was started under has to allow `prctl(option=PR_SET_NO_NEW_PRIVS)`, or to refuse it by an
    /// error. So it is with root's threads that were started by one under a filter that only that one
    /// has loaded.
    ///
    /// An outer filter that answers seccomp(2) with a pretended success is found out by a question that
    /// must fail ([`Error::Pretended`]). A tracer or a supervisor (`SECCOMP_RET_USER_NOTIF`) that
    /// looks at what the call is about, and then pretends, is not.
    ///
    /// Under a filter that allows threads and kills for openat(2), glibc's malloc would open a file in
    /// some thread some time. It is made to do so first, by a thread that lives for a moment.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::{Filter, filter};
    ///
    /// static WORKER: Filter = filter!("@basic-io", on_violation = "EPERM");
    ///
    /// std::thread::spawn(|| {
    ///     WORKER.load()?;
    ///     assert!(std::fs::File::open("/proc/version").is_err());
    ///     Ok::<(), syscallset::Error>(())
    /// })
    /// .join()
    /// .unwrap()?;
    /// // The other threads have kept their files.
    /// assert!(std::fs::File::open("/proc/version").is_ok());
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] where there are no seccomp filters, [`Error::NoNewPrivs`],
    /// [`Error::Handler`] and [`Error::Load`] where the kernel or an outer filter refuses,
    /// [`Error::Pretended`] where one pretends. No part of the filter is in force then.
    #[inline]
    pub fn load(&self) -> Result<(), Error> {
        self.preparation.before_thread();
        self.load_into(Threads::Calling).into()
    }

    /// Puts all threads of the process under the filter (`SECCOMP_FILTER_FLAG_TSYNC`, seccomp(2)),
    /// and all threads and processes that they start from now on.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// use syscallset::{Filter, filter};
    ///
    /// static SERVE: Filter = filter!("@basic-io @network-io", on_violation = "EPERM");
    ///
    /// SERVE.load_all_threads()?;
    /// assert!(std::fs::File::open("/proc/version").is_err());
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), and [`Error::Thread`] where a thread has loaded a filter of its own
    /// before. The filter is in force in no thread then.
    #[inline]
    pub fn load_all_threads(&self) -> Result<(), Error> {
        self.preparation.before_all_threads();
        self.load_into(Threads::All).into()
    }

    /// [`load_all_threads`](Self::load_all_threads) at the start of `main`, when there is but one
    /// thread. Inlined, so that a constant filter leaves nothing behind but its program.
    ///
    /// # Errors
    ///
    /// What refused, with the error number in `errno`.
    #[inline(always)]
    pub(crate) fn load_before_main(&self) -> Result<(), &'static CStr> {
        self.preparation.before_main();
        if let Some(report) = self.parts.report {
            let errno = (report.register)(report);
            if errno != 0 {
                sys::set_errno(errno);
                return Err(c"sigaction(2)");
            }
        }
        load::load_before_main(self.parts.program, self.options)
    }

    #[inline]
    fn load_into(&self, threads: Threads) -> Status {
        if let Some(report) = self.parts.report {
            let status = Status::of_handler((report.register)(report));
            if status != Status::LOADED {
                return status;
            }
        }
        load::load(self.parts.program, threads, self.options)
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
    #[inline]
    pub const fn evaluate(&self, nr: core::ffi::c_long, args: [u64; 6]) -> Action {
        run(
            self.instructions(),
            &seccomp_data(nr, self.parts.audit_arch, args),
        )
    }

    /// The filter string.
    ///
    /// ```
    /// use syscallset::{Filter, filter};
    ///
    /// static WORKER: Filter = filter!("@basic-io", "~preadv2");
    /// assert_eq!(WORKER.source(), "@basic-io\n~preadv2");
    /// ```
    pub const fn source(&self) -> &'static str {
        self.parts.source
    }

    /// The program.
    ///
    /// ```
    /// use syscallset::{Filter, filter};
    ///
    /// const WORKER: Filter = filter!("@basic-io");
    /// # #[cfg(target_os = "linux")]
    /// const _: () = assert!(WORKER.instructions().len() < 100);
    /// ```
    pub const fn instructions(&self) -> &'static [Instruction] {
        self.parts.program
    }

    /// The architecture that the program is for, by Rust's name; `none` on other systems than Linux,
    /// where there is no program.
    ///
    /// ```
    /// use syscallset::{Filter, filter};
    ///
    /// static WORKER: Filter = filter!("@basic-io");
    /// # #[cfg(all(target_os = "linux", target_arch = "x86_64", target_pointer_width = "64"))]
    /// assert_eq!(WORKER.arch(), "x86_64");
    /// ```
    pub const fn arch(&self) -> &'static str {
        self.parts.arch
    }

    /// How a message begins that says that the filter could not be loaded.
    #[inline(always)]
    pub(crate) const fn failure(&self) -> &'static CStr {
        self.parts.failure
    }

    /// How to load it.
    pub(crate) const fn options(&self) -> Options {
        self.options
    }
}

/// Prints the filter string.
impl fmt::Display for Filter {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.source())
    }
}

impl fmt::Debug for Filter {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter")
            .field("source", &self.source())
            .field(
                "place",
                &format_args!("{}:{}", self.parts.file, self.parts.line),
            )
            .field("arch", &self.arch())
            .field("instructions", &self.instructions().len())
            .finish_non_exhaustive()
    }
}
