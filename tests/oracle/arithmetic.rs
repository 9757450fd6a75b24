//! What a filter string without conditions means, by plain set arithmetic over the tables: a second
//! reading of the language, as short as it can be.

use std::collections::BTreeMap;

use syscallset_compiler::variants::variants;
use syscallset_tables::{Arch, set};

/// The verdict about a call number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Made.
    Allowed,
    /// Refused with this error.
    Errno(u16),
    /// Refused without an action of its own.
    Violation,
    /// No call of the tables: `ENOSYS`.
    Unknown,
}

/// The verdicts about all call numbers of an architecture's table.
pub(crate) fn verdicts(source: &str, arch: Arch) -> BTreeMap<u32, Verdict> {
    // By number: 32-bit Arm has a call of two names.
    let mut named: BTreeMap<u32, Verdict> = BTreeMap::new();
    for word in ["@default", "@rust-runtime"]
        .into_iter()
        .chain(source.split_ascii_whitespace())
    {
        let (name, verdict) = match word.strip_prefix('~') {
            None => (word, Verdict::Allowed),
            Some(refused) => match refused.split_once(':') {
                None => (refused, Verdict::Violation),
                Some((name, errno)) => {
                    let number = arch.errno(errno).expect("tests name errors that exist");
                    (name, Verdict::Errno(number))
                }
            },
        };
        for number in members(name)
            .into_iter()
            .filter_map(|call| arch.number(call))
        {
            named.insert(number, verdict);
        }
    }
    let table = arch.calls().iter();
    table
        .map(|call| {
            let verdict = named.get(&call.number).copied();
            (call.number, verdict.unwrap_or(Verdict::Violation))
        })
        .collect()
}

/// The calls that a word names: a call brings those that took over from it.
fn members(name: &str) -> Vec<&str> {
    if !name.starts_with('@') {
        let mut calls = vec![name];
        calls.extend(variants(name));
        return calls;
    }
    let set = set(name).unwrap_or_else(|| panic!("tests name sets that exist, not {name}"));
    let mut calls = set.calls.to_vec();
    for nested in set.sets {
        calls.extend(members(nested));
    }
    calls
}
