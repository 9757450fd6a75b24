//! Puts a filter in force.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::instruction::Instruction;
use crate::sys;

/// Whether a thread of this process has given up gaining privileges by way of this module. Later
/// filters then need no prctl(2), which an earlier one may refuse.
static NO_NEW_PRIVS: AtomicBool = AtomicBool::new(false);

/// Which threads come under the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Threads {
    /// The calling thread and those that it starts later.
    Calling,
    /// All threads of the process.
    All,
}

/// Loads a program; all or nothing.
///
/// # Errors
///
/// As [`crate::Filter::load`]. In every case no part of the program is in force.
pub(crate) fn load(program: &[Instruction], threads: Threads, log: bool) -> Result<(), Error> {
    let mut flags = 0;
    if threads == Threads::All {
        flags |= sys::FLAG_TSYNC;
    }
    if log {
        flags |= sys::FLAG_LOG;
    }
    let earlier = NO_NEW_PRIVS.load(Ordering::Relaxed);
    if !earlier {
        give_up_privileges()?;
    }
    let mut outcome = sys::install(program, flags);
    if earlier && outcome == Err(sys::EACCES) {
        // It was another thread that had given them up.
        give_up_privileges()?;
        outcome = sys::install(program, flags);
    }
    match outcome {
        Ok(0) => Ok(()),
        // With TSYNC the kernel reports failure as a positive value.
        Ok(tid) => Err(Error::Thread(tid)),
        Err(sys::ENOSYS) => Err(Error::Unsupported),
        Err(errno) => Err(Error::Load(errno)),
    }
}

fn give_up_privileges() -> Result<(), Error> {
    sys::set_no_new_privs().map_err(Error::NoNewPrivs)?;
    NO_NEW_PRIVS.store(true, Ordering::Relaxed);
    Ok(())
}

/// Whether this system can load filters, and knows all the actions that this crate gives to calls.
///
/// Asks the kernel (`SECCOMP_GET_ACTION_AVAIL`, Linux 4.14) for `SECCOMP_RET_KILL_PROCESS`,
/// `SECCOMP_RET_ERRNO` and `SECCOMP_RET_ALLOW`; loads nothing. Under an outer filter that refuses
/// seccomp(2) with an error the answer is `false`.
pub fn is_supported() -> bool {
    [0x8000_0000, 0x0005_0000, 0x7fff_0000]
        .into_iter()
        .all(sys::action_available)
}
