//! What a filter string means on one architecture: a decision about every call it names.

use std::collections::BTreeMap;

use syscallset_tables::Arch;

use crate::action::Action;
use crate::lowered::Decision;

/// The sets that every filter begins with: what any process needs, and what Rust's standard library
/// needs to run and exit.
pub const IMPLICIT_SETS: [&str; 2] = ["@default", "@rust-runtime"];

/// What a filter string means on one architecture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The architecture.
    pub arch: Arch,
    /// What happens to calls that are refused without an action of their own.
    pub violation: Action,
    /// The calls that the filter names, directly or through sets, including those that the
    /// architecture lacks. Every other call is a violation.
    pub calls: BTreeMap<&'static str, Verdict>,
}

/// A decision about a call and where it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What is decided.
    pub decision: Decision,
    /// Index of the last item that names the call; `None` for the implicit sets.
    pub item: Option<usize>,
}

impl Policy {
    /// What is decided about a call that the architecture has.
    pub fn decision(&self, call: &str) -> Decision {
        self.calls
            .get(call)
            .map_or(Decision::constant(self.violation), |verdict| {
                verdict.decision.clone()
            })
    }

    /// Index of the last item that names a call; `None` for those that only the implicit sets name, or
    /// nothing does.
    pub fn last_item(&self, call: &str) -> Option<usize> {
        self.calls.get(call).and_then(|verdict| verdict.item)
    }

    /// Changes what is decided about a call. It stays the decision of the item that made it.
    pub(crate) fn amend(&mut self, call: &'static str, change: impl FnOnce(&mut Decision)) {
        let mut decision = self.decision(call);
        change(&mut decision);
        let item = self.last_item(call);
        self.calls.insert(call, Verdict { decision, item });
    }

    /// Whether the call is made whatever its arguments.
    pub fn allows(&self, call: &str) -> bool {
        let verdict = self.calls.get(call);
        verdict.is_some_and(|verdict| verdict.decision.is_allowed())
    }
}
