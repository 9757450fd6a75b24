//! What `#[restrict]` puts in front of the body of `main`.
//!
//! All of it counts as the price of the attribute, so that it does without formatting.

use crate::filter::Filter;
use crate::load::{Failure, Status};
use crate::sys;

/// The exit status of a program that could not restrict itself.
const EXIT_STATUS: i32 = 125;

/// Brings all threads under the filter, or ends the process: the body of `main` never runs
/// unrestricted.
#[doc(hidden)]
#[inline(always)]
pub fn restrict(filter: &Filter) {
    let status = filter.load_before_main();
    if status != Status::LOADED {
        give_up(filter.failure(), status);
    }
}

#[cold]
#[inline(never)]
fn give_up(failure: &str, status: Status) -> ! {
    let (failed, number) = status.describe();
    let reason = match failed {
        Failure::Unsupported => c"this kernel has no seccomp filters: error",
        Failure::Load => c"seccomp(SECCOMP_SET_MODE_FILTER) failed with error",

        Failure::NoNewPrivs => c"prctl(PR_SET_NO_NEW_PRIVS) failed with error",
        Failure::Handler => c"sigaction(SIGSYS) failed with error",
        Failure::Thread => c"another thread has a filter of its own: error",
    };
    // A thread that cannot follow is not an error of the kernel's.
    let number = if failed == Failure::Thread {
        sys::EBUSY
    } else {
        number
    };
    sys::complain(failure, reason, number);
    sys::exit(EXIT_STATUS)
}
