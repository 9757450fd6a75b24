//! How a call fares under a filter, as far as warnings are concerned.

use std::collections::BTreeMap;

use syscallset_compiler::action::Action;
use syscallset_compiler::policy::Policy;
use syscallset_tables::Arch;

use crate::program::decisions::{CallDecision, Decided, Numbers};

/// How a call fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It is made whatever its arguments.
    Allowed,
    /// It depends on its arguments, or nobody knows.
    Conditional,
    /// It is refused on purpose.
    Refused,
    /// It is refused with `ENOSYS`, which sends a C library to an older call.
    Fallback,
    /// It is not made because nothing allows it.
    NotListed,
}

/// How all calls of an architecture fare.
#[derive(Clone, Debug)]
pub(crate) struct Verdicts {
    /// The architecture.
    pub(crate) arch: Arch,
    /// Whether calls that are not allowed are made all the same.
    pub(crate) open: bool,
    states: BTreeMap<&'static str, State>,
    /// The arguments that a call's fate depends on, by index, and the bits of them.
    looked_at: BTreeMap<&'static str, Vec<(u8, u64)>>,
}

impl Verdicts {
    /// Under a filter string.
    pub(crate) fn of_policy(policy: &Policy) -> Self {
        let fallback = policy.arch.errno("ENOSYS").map(Action::Errno);
        let state = |call: &str| {
            let Some(verdict) = policy.calls.get(call) else {
                return State::NotListed;
            };
            let decision = &verdict.decision;
            if decision.is_allowed() {
                State::Allowed
            } else if !decision.rules.is_empty() {
                State::Conditional
            } else if Some(decision.otherwise) == fallback {
                State::Fallback
            } else {
                State::Refused
            }
        };
        Self {
            arch: policy.arch,
            open: policy.violation.passes(),
            states: policy
                .arch
                .calls()
                .iter()
                .map(|call| (call.name, state(call.name)))
                .collect(),
            looked_at: policy
                .calls
                .iter()
                .map(|(call, verdict)| {
                    let rules = verdict.decision.rules.iter();
                    let conditions = rules.flat_map(|rule| &rule.conditions);
                    (*call, conditions.map(|c| (c.arg, c.mask)).collect())
                })
                .collect(),
        }
    }

    /// Under a program of unknown origin. What it refuses is refused on purpose if it lets numbers of no
    /// call through.
    pub(crate) fn of_program(arch: Arch, calls: &[CallDecision], numbers: &[Numbers]) -> Self {
        let fallback = arch.errno("ENOSYS").map(Action::Errno);
        let permissive = numbers.iter().any(|numbers| numbers.lets_through);
        let state = |decided: &Decided| match decided {
            Decided::Always(action) if action.passes() => State::Allowed,
            Decided::Always(action) if Some(*action) == fallback => State::Fallback,
            Decided::Always(_) if permissive => State::Refused,
            Decided::Always(_) => State::NotListed,
            Decided::Depends(..) | Decided::Unclear => State::Conditional,
        };
        Self {
            arch,
            open: false,
            states: calls
                .iter()
                .map(|call| (call.call, state(&call.decided)))
                .collect(),
            looked_at: calls
                .iter()
                .map(|call| (call.call, call.looked_at.clone()))
                .collect(),
        }
    }

    /// How a call fares; `None` if the architecture does not have it.
    pub(crate) fn state(&self, call: &str) -> Option<State> {
        self.states.get(call).copied()
    }

    /// The arguments that a call's fate depends on, by index, and the bits of them.
    pub(crate) fn looked_at(&self, call: &str) -> &[(u8, u64)] {
        self.looked_at.get(call).map_or(&[], Vec::as_slice)
    }

    /// How many calls are allowed whatever their arguments, and how many there are.
    pub(crate) fn count(&self) -> (usize, usize) {
        let allowed = self
            .states
            .values()
            .filter(|state| **state == State::Allowed);
        (allowed.count(), self.states.len())
    }

    /// Those of the calls that are allowed whatever their arguments.
    pub(crate) fn open_among(&self, calls: &[&'static str]) -> Vec<&'static str> {
        self.among(calls, |state| state == State::Allowed)
    }

    /// Those of the calls that the architecture has and whose state is of a kind.
    pub(crate) fn among(
        &self,
        calls: &[&'static str],
        kind: impl Fn(State) -> bool,
    ) -> Vec<&'static str> {
        calls
            .iter()
            .copied()
            .filter(|call| self.state(call).is_some_and(&kind))
            .collect()
    }
}
