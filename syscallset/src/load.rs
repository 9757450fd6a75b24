//! Puts a filter in force.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::instruction::Instruction;
use crate::sys;

/// Whether a thread of this process has given up gaining privileges by way of this module. Later
/// filters then need no prctl(2), which an earlier one may refuse.
static NO_NEW_PRIVS: AtomicBool = AtomicBool::new(false);

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

/// Loads a program; all or nothing. Async-signal-safe: it allocates nothing and takes no lock.
///
/// # Errors
///
/// As [`crate::Filter::load`]. In every case no part of the program is in force.
pub(crate) fn load(
    program: &[Instruction],
    threads: Threads,
    options: Options,
) -> Result<(), Error> {
    let mut flags = 0;
    if threads == Threads::All {
        flags |= sys::FLAG_TSYNC;
    }
    if options.log {
        flags |= sys::FLAG_LOG;
    }
    let outcome = if !options.no_new_privs {
        sys::install(program, flags)
    } else if may_have_given_up_privileges() {
        match sys::install(program, flags) {
            // Neither given up nor privileged: the kernel has not looked at the program yet.
            Err(sys::EACCES) => {
                give_up_privileges()?;
                sys::install(program, flags)
            }
            outcome => outcome,
        }
    } else {
        give_up_privileges()?;
        sys::install(program, flags)
    };
    match outcome {
        Ok(0) => Ok(()),
        // With TSYNC the kernel reports failure as a positive value.
        Ok(tid) => Err(Error::Thread(tid)),
        Err(sys::ENOSYS) => Err(Error::Unsupported),
        Err(errno) => Err(Error::Load(errno)),
    }
}

/// Whether it is worth while to try without prctl(2), which a filter that is already in force may
/// refuse, at the price of the process.
///
/// That is so when this module has given up privileges before, and in any process that was started
/// without root's: it may have inherited a filter, and the kernel tells by `EACCES` whether it has to
/// call prctl(2). A process started as root always calls it, because to root the kernel does not
/// tell.
fn may_have_given_up_privileges() -> bool {
    NO_NEW_PRIVS.load(Ordering::Relaxed) || !sys::started_as_root()
}

fn give_up_privileges() -> Result<(), Error> {
    sys::set_no_new_privs().map_err(Error::NoNewPrivs)?;
    NO_NEW_PRIVS.store(true, Ordering::Relaxed);
    Ok(())
}

/// Whether this system can load filters, and knows all the actions that this crate gives to calls.
///
/// Asks the kernel (`SECCOMP_GET_ACTION_AVAIL`, Linux 4.14) for `SECCOMP_RET_KILL_PROCESS`,
/// `SECCOMP_RET_TRAP`, `SECCOMP_RET_ERRNO` and `SECCOMP_RET_ALLOW`; loads nothing. Under an outer
/// filter that refuses seccomp(2) with an error the answer is `false`.
pub fn is_supported() -> bool {
    [0x8000_0000, 0x0003_0000, 0x0005_0000, 0x7fff_0000]
        .into_iter()
        .all(sys::action_available)
}
