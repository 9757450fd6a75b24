//! What `#[restrict]` puts in front of the body of `main`.

use std::io::Write as _;

use crate::filter::Filter;

/// The exit status of a program that could not restrict itself.
const EXIT_STATUS: i32 = 125;

/// Brings all threads under the filter, or ends the process: the body of `main` never runs
/// unrestricted.
#[doc(hidden)]
pub fn restrict(filter: &Filter) {
    if let Err(error) = filter.load_before_main() {
        give_up(filter, &error);
    }
}

#[cold]
fn give_up(filter: &Filter, error: &crate::Error) -> ! {
    let (file, line) = filter.place();
    // A closed standard error must not keep the process from ending.
    let _ = writeln!(
        std::io::stderr(),
        "syscallset: cannot restrict this program to \"{filter}\" at {file}:{line}: {error}"
    );
    std::process::exit(EXIT_STATUS)
}
