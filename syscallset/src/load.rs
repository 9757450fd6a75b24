//! Puts a filter in force.

use std::cell::Cell;
use std::ffi::CStr;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::instruction::Instruction;
use crate::sys;

/// Whether all threads of this process have given up gaining privileges by way of this module. Later
/// filters then need no prctl(2), which an earlier one may refuse.
static NO_NEW_PRIVS: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The same of this thread.
    static NO_NEW_PRIVS_HERE: Cell<bool> = const { Cell::new(false) };
}

/// How to load a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Options {
    /// Let the kernel log what the filter refuses (`SECCOMP_FILTER_FLAG_LOG`).
    pub(crate) log: bool,
    /// Give up gaining privileges first (`PR_SET_NO_NEW_PRIVS`). Without it the kernel asks for
    /// `CAP_SYS_ADMIN`.
    pub(crate) no_new_privs: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            log: false,
            no_new_privs: true,
        }
    }
}

/// Which threads come under the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threads {
    /// The calling thread and those that it starts later.
    Calling,
    /// All threads of the process.
    All,
}

/// How loading went, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(i32);

impl Status {
    /// The filter is in force.
    pub(crate) const LOADED: Self = Self(0);

    /// Error numbers of other calls than seccomp(2) are kept apart by these; they are at most 4095.
    const NO_NEW_PRIVS: i32 = 0x1_0000;
    const HANDLER: i32 = 0x2_0000;

    /// The error number that sigaction(2) returned, or 0.
    pub(crate) const fn of_handler(errno: i32) -> Self {
        Self(if errno == 0 {
            0
        } else {
            -(Self::HANDLER | errno)
        })
    }

    /// What failed, and the number that says why.
    pub(crate) const fn describe(self) -> (Failure, i32) {
        let value = -self.0;
        match value {
            ..0 => (Failure::Thread, self.0),
            sys::ENOSYS => (Failure::Unsupported, value),
            _ if value & Self::NO_NEW_PRIVS != 0 => (Failure::NoNewPrivs, value & 0xffff),
            _ if value & Self::HANDLER != 0 => (Failure::Handler, value & 0xffff),
            _ => (Failure::Load, value),
        }
    }
}

/// What may fail; see the variants of [`Error`] of the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Unsupported,
    NoNewPrivs,
    Handler,
    Load,
    Thread,
}

impl From<Status> for Result<(), Error> {
    fn from(status: Status) -> Self {
        if status == Status::LOADED {
            return Ok(());
        }
        let (failure, number) = status.describe();
        Err(match failure {
            Failure::Unsupported => Error::Unsupported,
            Failure::NoNewPrivs => Error::NoNewPrivs(number),
            Failure::Handler => Error::Handler(number),
            Failure::Load => Error::Load(number),
            Failure::Thread => Error::Thread(number),
        })
    }
}

/// Loads a program; all or nothing. Async-signal-safe: it allocates nothing and takes no lock.
#[inline]
pub(crate) fn load(program: &[Instruction], threads: Threads, options: Options) -> Status {
    let mut flags = 0;
    if threads == Threads::All {
        flags |= sys::FLAG_TSYNC;
    }
    if options.log {
        flags |= sys::FLAG_LOG;
    }
    let mut give_up = options.no_new_privs && !may_have_given_up_privileges();
    loop {
        if give_up {
            if sys::set_no_new_privs() != 0 {
                return Status(-(Status::NO_NEW_PRIVS | sys::errno()));
            }
            NO_NEW_PRIVS_HERE.set(true);
        }
        // With TSYNC the kernel reports failure as a positive value.
        let status = match sys::install(program, flags) {
            ..0 => -sys::errno(),
            // Thread ids fit pid_t.
            thread => i32::try_from(thread).unwrap_or(i32::MAX),
        };
        if status == 0 && threads == Threads::All && NO_NEW_PRIVS_HERE.get() {
            // The kernel makes the other threads give them up as well.
            NO_NEW_PRIVS.store(true, Ordering::Relaxed);
        }
        if give_up || !options.no_new_privs || status != -sys::EACCES {
            return Status(status);
        }
        // Neither given up nor privileged: the kernel has not looked at the program yet.
        give_up = true;
    }
}

/// [`load`] into all threads, in front of `main`: in as few instructions as possible, and in the program
/// itself.
///
/// # Errors
///
/// What refused, with the error number in `errno`.
#[inline]
pub(crate) fn load_before_main(
    program: &'static [Instruction],
    options: Options,
) -> Result<(), &'static CStr> {
    let flags = sys::FLAG_TSYNC | if options.log { sys::FLAG_LOG } else { 0 };
    let mut give_up = sys::started_as_root();
    loop {
        if give_up && sys::set_no_new_privs() != 0 {
            return Err(c"prctl(2)");
        }
        let status = sys::install(program, flags);
        if status == 0 {
            // Only in a process that was started as root is the flag of any consequence, and that one has
            // given them up above.
            NO_NEW_PRIVS.store(true, Ordering::Relaxed);
            return Ok(());
        }
        if status > 0 {
            sys::set_errno(sys::EBUSY);
            return Err(c"another thread has its own filter");
        }
        if give_up || sys::errno() != sys::EACCES {
            return Err(c"seccomp(2)");
        }
        // The black box keeps the optimizer from writing the loop out, which would double its size.
        give_up = black_box(true);
    }
}

/// Whether it is worth while to try without prctl(2), which a filter that is already in force may
/// refuse, at the price of the process.
///
/// That is so when this module has given up privileges before, and in any process that was started
/// without root's: it may have inherited a filter, and the kernel tells by `EACCES` whether it has to
/// call prctl(2). A process started as root always calls it, because to root the kernel does not
/// tell.
#[inline]
fn may_have_given_up_privileges() -> bool {
    NO_NEW_PRIVS.load(Ordering::Relaxed) || NO_NEW_PRIVS_HERE.get() || !sys::started_as_root()
}

/// Whether this system can load filters, and knows all the actions that this crate gives to calls.
///
/// Asks the kernel (`SECCOMP_GET_ACTION_AVAIL`, Linux 4.14) for `SECCOMP_RET_KILL_PROCESS`,
/// `SECCOMP_RET_TRAP`, `SECCOMP_RET_ERRNO` and `SECCOMP_RET_ALLOW`; loads nothing. Under an outer
/// filter that refuses seccomp(2) with an error the answer is `false`.
///
/// ```
/// if !syscallset::is_supported() {
///     eprintln!("warning: no system call filter on this system");
/// }
/// ```
#[inline]
pub fn is_supported() -> bool {
    [0x8000_0000, 0x0003_0000, 0x0005_0000, 0x7fff_0000]
        .into_iter()
        .all(sys::action_available)
}
