//! Puts a filter in force.

use std::cell::Cell;
use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

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

/// Whether the kernel would let this process load a filter without giving up gaining privileges:
/// [`UNKNOWN`], [`ORDINARY`] or [`PRIVILEGED`]. Asked before the first filter, and in children.
static PRIVILEGES: AtomicU8 = AtomicU8::new(UNKNOWN);

const UNKNOWN: u8 = 0;
const ORDINARY: u8 = 1;
const PRIVILEGED: u8 = 2;

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

    /// seccomp(2) succeeded at what cannot be.
    const PRETENDED: Self = Self(-0x4_0000);

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
            _ if self.0 == Self::PRETENDED.0 => (Failure::Pretended, sys::EPERM),
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
    Pretended,
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
            Failure::Pretended => Error::Pretended,
            Failure::Thread => Error::Thread(number),
        })
    }
}

/// Lets the next load of a thread that has not loaded any ask anew what it may do: in a user namespace that a
/// child has made for itself it has every capability, and the kernel does not ask for anything in return.
pub(crate) fn ask_again() {
    PRIVILEGES.store(UNKNOWN, Ordering::Relaxed);
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
    // An outer filter may answer in the kernel's place that all went well. A program that cannot be
    // read must be an error.
    if sys::install_nothing(flags) != -1 {
        return Status::PRETENDED;
    }
    let errno = sys::errno();
    if errno != sys::EACCES && errno != sys::EINVAL {
        return Status(-errno);
    }
    if options.no_new_privs {
        if !has_given_up_privileges(errno) && sys::set_no_new_privs() != 0 {
            let errno = sys::errno();
            // Root may have inherited that they are given up.
            if !sys::has_no_new_privs() {
                return Status(-(Status::NO_NEW_PRIVS | errno));
            }
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
    Status(status)
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
    if sys::install_nothing(flags) != -1 {
        sys::set_errno(sys::EPERM);
        return Err(c"an outer filter pretends to load filters");
    }
    // What else may be the matter here is so at the second try.
    let must = sys::errno() == sys::EACCES;
    // Of two attributes the second one comes under the filter of the first. Root has more likely not
    // given them up, and asking takes longer than prctl(2).
    let have = !must
        && (NO_NEW_PRIVS.load(Ordering::Relaxed)
            || (!sys::started_as_root() && sys::has_no_new_privs()));
    if !have && sys::set_no_new_privs() != 0 {
        let errno = sys::errno();
        if must || !sys::has_no_new_privs() {
            sys::set_errno(errno);
            return Err(c"prctl(2)");
        }
    }
    match sys::install(program, flags) {
        0 => {
            NO_NEW_PRIVS.store(true, Ordering::Relaxed);
            Ok(())
        }
        ..0 => Err(c"seccomp(2)"),
        1.. => {
            sys::set_errno(sys::EBUSY);
            Err(c"another thread has its own filter")
        }
    }
}

/// Whether the calling thread has given up gaining privileges, so that loading can do without
/// prctl(2), which a filter that is already in force may refuse, at the price of the process.
///
/// `errno` is the kernel's answer to a program that cannot be read. `EACCES` comes before anything
/// else where the thread has neither given them up nor has `CAP_SYS_ADMIN`; any other answer says
/// that it has given them up, unless it has that capability.
fn has_given_up_privileges(errno: i32) -> bool {
    if NO_NEW_PRIVS.load(Ordering::Relaxed) || NO_NEW_PRIVS_HERE.get() {
        return true;
    }
    if errno == sys::EACCES {
        PRIVILEGES.store(ORDINARY, Ordering::Relaxed);
        return false;
    }
    let mut privileges = PRIVILEGES.load(Ordering::Relaxed);
    if privileges == UNKNOWN {
        // Root is not asked after: the question takes longer than prctl(2).
        privileges = if sys::started_as_root() || sys::may_administer() {
            PRIVILEGED
        } else {
            ORDINARY
        };
        PRIVILEGES.store(privileges, Ordering::Relaxed);
    }
    privileges == ORDINARY
}

/// Whether this system can load filters, and knows all the actions that this crate gives to calls.
///
/// Asks the kernel (`SECCOMP_GET_ACTION_AVAIL`, Linux 4.14) for `SECCOMP_RET_KILL_PROCESS`,
/// `SECCOMP_RET_TRAP`, `SECCOMP_RET_ERRNO` and `SECCOMP_RET_ALLOW`; loads nothing. Under an outer
/// filter that refuses seccomp(2) with an error, or pretends that it succeeds, the answer is `false`.
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
        // No kernel knows this one: who says so is not the kernel.
        && !sys::action_available(0x1234_0000)
}
