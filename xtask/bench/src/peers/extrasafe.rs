//! The crate `extrasafe`: sets of rules in front of `seccompiler`, whose programs it loads.

use std::collections::BTreeSet;

use extrasafe::syscalls::Sysno;
use extrasafe::{RuleSet, SafetyContext};

struct Numbers(Vec<Sysno>);

impl RuleSet for Numbers {
    fn simple_rules(&self) -> Vec<Sysno> {
        self.0.clone()
    }

    fn name(&self) -> &'static str {
        "numbers"
    }
}

/// Brings all threads under a list, less the calls that are too new for the crate, and with those that
/// it adds to every list.
///
/// # Errors
///
/// Those of the crate, as text.
pub fn restrict(numbers: &BTreeSet<u32>) -> Result<(), String> {
    let known = numbers.iter().filter_map(|&nr| Sysno::new(nr as usize));
    SafetyContext::new()
        .enable(Numbers(known.collect()))
        .and_then(SafetyContext::apply_to_all_threads)
        .map_err(|error| error.to_string())
}
