//! How a call fares under a filter, as far as warnings are concerned.

use std::collections::BTreeMap;

use syscallset_compiler::action::Action;
use syscallset_compiler::assemble::assemble;
use syscallset_compiler::insn::Insn;
use syscallset_compiler::interpret::{Data, interpret};
use syscallset_compiler::lower::lower;
use syscallset_compiler::policy::{Policy, Verdict};
use syscallset_tables::Arch;

use crate::program::decisions::{CallDecision, Decided, Numbers, decide};

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

/// Argument registers.
type Arguments = [u64; 6];

/// Whether a call with these arguments is made.
type Makes<'v> = dyn Fn(&str, &Arguments) -> bool + 'v;

/// How all calls of an architecture fare.
pub(crate) struct Verdicts<'v> {
    /// The architecture.
    pub(crate) arch: Arch,
    /// Whether calls that are not allowed are made all the same.
    pub(crate) open: bool,
    states: BTreeMap<&'static str, State>,
    /// Arguments of calls whose fate depends on them: some for each way to fare.
    samples: BTreeMap<&'static str, Vec<Arguments>>,
    /// Whether a call with these arguments is made.
    makes: Box<Makes<'v>>,
}

impl<'v> Verdicts<'v> {
    /// Under a filter string.
    pub(crate) fn of_policy(policy: &'v Policy) -> Self {
        let fallback = policy.arch.errno("ENOSYS").map(Action::Errno);
        let state = |call: &str| {
            let Some(verdict) = policy.calls.get(call) else {
                return State::NotListed;
            };
            let decision = &verdict.decision;
            if decision.is_allowed() {
                State::Allowed
            } else if !decision.is_refused() {
                State::Conditional
            } else if Some(decision.otherwise) == fallback && decision.rules.is_empty() {
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
            samples: samples(policy),
            makes: Box::new(|call, args| policy.decision(call).evaluate(args).passes()),
        }
    }

    /// Under a program of unknown origin. What it refuses is refused on purpose if it lets numbers of no
    /// call through.
    pub(crate) fn of_program(
        arch: Arch,
        program: &'v [Insn],
        calls: &[CallDecision],
        numbers: &[Numbers],
    ) -> Self {
        let fallback = arch.errno("ENOSYS").map(Action::Errno);
        let permissive = numbers.iter().any(|numbers| numbers.lets_through);
        let state = |decided: &Decided| match decided {
            Decided::Always(action) if action.passes() => State::Allowed,
            Decided::Always(action) if Some(*action) == fallback => State::Fallback,
            Decided::Always(_) if permissive => State::Refused,
            Decided::Always(_) => State::NotListed,
            Decided::Depends(cases, otherwise) => {
                let actions = cases.iter().map(|case| case.action);
                if actions.chain([*otherwise]).any(Action::passes) {
                    State::Conditional
                } else {
                    State::Refused
                }
            }
            Decided::Unclear => State::Conditional,
        };
        let makes = move |call: &str, args: &Arguments| {
            let data = arch.number(call).map(|nr| Data {
                nr,
                arch: arch.audit_arch(),
                instruction_pointer: 0,
                args: *args,
            });
            let outcome = data.and_then(|data| interpret(program, &data, arch.big_endian()).ok());
            outcome.is_some_and(|outcome| Action::from_ret(outcome.ret).passes())
        };
        Self {
            arch,
            open: false,
            states: calls
                .iter()
                .map(|call| (call.call, state(&call.decided)))
                .collect(),
            samples: calls
                .iter()
                .map(|call| (call.call, call.samples.clone()))
                .collect(),
            makes: Box::new(makes),
        }
    }

    /// How a call fares; `None` if the architecture does not have it.
    pub(crate) fn state(&self, call: &str) -> Option<State> {
        self.states.get(call).copied()
    }

    /// Whether a call with these arguments is made.
    pub(crate) fn makes(&self, call: &str, args: &Arguments) -> bool {
        (self.makes)(call, args)
    }

    /// Whether these bits of an argument keep a call from being made that is made without them, all else equal.
    pub(crate) fn takes(&self, call: &str, word: u8, bits: u64) -> bool {
        let mut samples = self.samples.get(call).into_iter().flatten();
        samples.any(|sample| {
            let (mut without, mut with) = (*sample, *sample);
            without[usize::from(word)] &= !bits;
            with[usize::from(word)] |= bits;
            self.makes(call, &without) && !self.makes(call, &with)
        })
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

/// Arguments that lead to each end of a filter's program, for calls that have several.
fn samples(policy: &Policy) -> BTreeMap<&'static str, Vec<Arguments>> {
    let is_constant = |verdict: &Verdict| verdict.decision.rules.is_empty();
    if policy.calls.values().all(is_constant) {
        return BTreeMap::new();
    }
    let Ok(program) = assemble(&lower(policy)) else {
        // Too long: it is no filter either.
        return BTreeMap::new();
    };
    let calls = decide(&program, policy.arch).into_iter();
    calls.map(|call| (call.call, call.samples)).collect()
}
