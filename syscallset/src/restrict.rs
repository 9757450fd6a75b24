//! What `#[restrict]` puts in front of the body of `main`.
//!
//! All of it counts as the price of the attribute. It is inlined into the program that has the attribute,
//! which then links no object of this crate but for a flag, and it formats nothing itself.

use crate::filter::Filter;
use crate::sys;

/// The exit status of a program that could not restrict itself.
const EXIT_STATUS: i32 = 125;

/// Brings all threads under the filter, or ends the process: the body of `main` never runs
/// unrestricted.
#[doc(hidden)]
#[inline(always)]
pub fn restrict(filter: &Filter) {
    if let Err(refused) = filter.load_before_main() {
        sys::complain(filter.failure(), refused);
        sys::exit(EXIT_STATUS)
    }
}
