//! What kind of string a program's calls are to become, and which item of it is there for which call.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;
use syscallset_compiler::policy::IMPLICIT_SETS;
use syscallset_tables::{Arch, set};

use super::{Cover, Implicit, Options, Scope, cover, generalise};
use crate::report::write_wrapped;
use crate::style::{DIM, HEADING};

/// What kind of string is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    /// The architecture of the program.
    pub(crate) arch: Arch,
    /// Sets rather than calls.
    pub(crate) general: bool,
    /// Without implicit calls that are not the program's.
    pub(crate) tight: bool,
    /// How many harmless calls it may allow for the sake of fewer items.
    pub(crate) allow_extra: usize,
}

impl Wish {
    /// The string for these calls, and the calls of the architecture that it allows beyond them.
    pub(crate) fn cover(self, calls: &BTreeSet<&str>) -> (Cover, Vec<String>) {
        let options = Options {
            // Another C library's calls may be those of other architectures, too.
            scope: if self.general {
                Scope::Everywhere
            } else {
                Scope::Arch(self.arch)
            },
            implicit: if self.tight {
                Implicit::Go
            } else {
                Implicit::Stay
            },
            allow_extra: self.allow_extra,
        };
        let wanted = if self.general {
            generalise(calls)
        } else {
            calls.clone()
        };
        let found = cover(wanted.iter().copied(), &options);
        let mut extra = wanted;
        extra.extend(found.extra.iter().copied());
        extra.retain(|call| !calls.contains(call) && self.arch.number(call).is_some());
        let extra = extra.into_iter().map(str::to_owned).collect();
        (found, extra)
    }

    /// Whether a string of sets would do as well. Whoever wants it tight wants the opposite.
    pub(crate) fn may_be_general(self) -> bool {
        !self.general && !self.tight
    }

    /// What there is to say about the sets in a string that was found for calls.
    pub(crate) fn about_sets(self, filter: &str) -> Option<String> {
        if self.general || !takes_back_from_sets(filter) {
            return None;
        }
        let advice = if self.may_be_general() {
            "; `--generalise` names sets for what they are about"
        } else {
            ""
        };
        Some(format!(
            "a set stands there for most of its calls, whatever its name says, and `~` takes the others back{advice}"
        ))
    }
}

/// Whether sets are named of which other items take back what no filter has from the start.
fn takes_back_from_sets(filter: &str) -> bool {
    let is_implicit = |call: &str| {
        let mut sets = IMPLICIT_SETS.iter().filter_map(|name| set(name));
        sets.any(|set| set.contains(call))
    };
    let mut items = filter.split(' ');
    let mut taken = items.clone().filter_map(|item| item.strip_prefix('~'));
    items.any(|item| item.starts_with('@') && !IMPLICIT_SETS.contains(&item))
        && taken.any(|name| {
            set(name).map_or_else(
                || !is_implicit(name),
                |set| {
                    let mut any = false;
                    set.for_each_call(&mut |call| any |= !is_implicit(call));
                    any
                },
            )
        })
}

/// What the items of a string are needed for.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Needs {
    /// The items of the string and the calls that need them.
    items: Vec<Needed>,
    /// The calls that every filter allows.
    implicit: Vec<String>,
}

/// An item, and what it is needed for.
#[derive(Clone, Debug, Serialize)]
struct Needed {
    item: String,
    calls: Vec<String>,
}

impl Needs {
    /// The items of a string, and which of these calls each decides about.
    pub(crate) fn new(found: &Cover, calls: &BTreeSet<&str>) -> Self {
        let mut needed: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        let mut implicit = Vec::new();
        for call in calls {
            match found.items.iter().rposition(|item| names(item, call)) {
                Some(item) => needed.entry(item).or_default().push((*call).to_owned()),
                None => implicit.push((*call).to_owned()),
            }
        }
        let items = found.items.iter().enumerate().map(|(index, item)| Needed {
            item: item.clone(),
            calls: needed.remove(&index).unwrap_or_default(),
        });
        Self {
            items: items.collect(),
            implicit,
        }
    }

    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for Needed { item, calls } in &self.items {
            // A call by its own name needs itself.
            if calls.is_empty() || calls.len() == 1 && calls[0] == *item {
                continue;
            }
            writeln!(out, "\n{HEADING}{item}{HEADING:#}")?;
            write_wrapped(out, 4, calls)?;
        }
        if !self.implicit.is_empty() {
            writeln!(out, "\n{DIM}allowed by every filter{DIM:#}")?;
            write_wrapped(out, 4, &self.implicit)?;
        }
        Ok(())
    }
}

/// Whether an item says something about a call.
fn names(item: &str, call: &str) -> bool {
    let name = item.trim_start_matches('~');
    name == call || set(name).is_some_and(|set| set.contains(call))
}
