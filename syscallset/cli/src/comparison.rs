//! What one filter decides otherwise than another one.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use syscallset_compiler::lowered::Decision;
use syscallset_compiler::policy::Policy;

use crate::describe::DecisionText;
use crate::exchange::regions;
use crate::report::Report;
use crate::style::{BAD, DIM, GOOD, HEADING, WARNING};

/// A filter, and how it is read.
pub(crate) struct Side {
    /// The filter string.
    pub(crate) text: String,
    /// The file that the string comes from.
    pub(crate) file: Option<String>,
    /// The file that its sets come from.
    pub(crate) sets: Option<String>,
    /// What it means.
    pub(crate) policy: Policy,
}

/// Two filters, and where they differ.
#[derive(Serialize)]
pub(crate) struct Comparison {
    from: SideText,
    to: SideText,
    changes: Vec<Change>,
}

#[derive(Serialize)]
struct SideText {
    filter: String,
    /// The file that the string comes from.
    policy: Option<String>,
    arch: &'static str,
    /// The file that its sets come from.
    sets: Option<String>,
}

#[derive(Serialize)]
struct Change {
    call: &'static str,
    effect: Effect,
    /// What A decides; `None` if its architecture does not have the call.
    from: Option<DecisionText>,
    /// What B decides; `None` if its architecture does not have the call.
    to: Option<DecisionText>,
}

/// What becomes of a call from A to B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Effect {
    /// It is allowed and was not.
    Added,
    /// It is refused and was not.
    Removed,
    /// Something else.
    Changed,
}

impl Comparison {
    /// Compares what the two filters decide about each call.
    pub(crate) fn new(from: &Side, to: &Side) -> Self {
        let calls = |side: &Side| side.policy.arch.calls().iter().map(|call| call.name);
        let names: BTreeSet<_> = calls(from).chain(calls(to)).collect();
        let mut changes: Vec<_> = names
            .into_iter()
            .filter_map(|call| change(call, &from.policy, &to.policy))
            .collect();
        changes.sort_by_key(|change| (change.effect, change.call));
        let text = |side: &Side| SideText {
            filter: side.text.clone(),
            policy: side.file.clone(),
            arch: side.policy.arch.name(),
            sets: side.sets.clone(),
        };
        Self {
            from: text(from),
            to: text(to),
            changes,
        }
    }

    /// Whether the two decide alike.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

fn change(call: &'static str, from: &Policy, to: &Policy) -> Option<Change> {
    let decision = |policy: &Policy| policy.arch.number(call).map(|_| policy.decision(call));
    let (old, new) = (decision(from), decision(to));
    let text = |decision: &Option<_>, policy: &Policy| {
        decision
            .as_ref()
            .map(|decision| DecisionText::by_name(call, decision, policy.arch))
    };
    let (old_text, new_text) = (text(&old, from), text(&new, to));
    // The numbers of errors and constants, and widths, differ between architectures; what they mean does not.
    if old_text == new_text {
        return None;
    }
    let alike = |(old, new)| regions::alike(old, new) == Ok(true);
    if from.arch == to.arch && old.as_ref().zip(new.as_ref()).is_some_and(alike) {
        // The same in other words: `sig<5` and `sig<=4`.
        return None;
    }
    let refused = |decision: &Option<Decision>| decision.as_ref().is_none_or(Decision::is_refused);
    let allowed = |decision: &Option<Decision>| decision.as_ref().is_some_and(Decision::is_allowed);
    if refused(&old) && refused(&new) && (old.is_none() || new.is_none()) {
        // A call that one side does not have and the other one refuses is of no use on either.
        return None;
    }
    let effect = if allowed(&new) && !allowed(&old) {
        Effect::Added
    } else if refused(&new) && !refused(&old) {
        Effect::Removed
    } else {
        Effect::Changed
    };
    Some(Change {
        call,
        effect,
        from: old_text,
        to: new_text,
    })
}

impl Report for Comparison {
    const NAME: &'static str = "diff";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for (sign, side) in [('-', &self.from), ('+', &self.to)] {
            write!(
                out,
                "{HEADING}{sign}{sign}{sign} {}{HEADING:#}",
                side.policy.as_ref().unwrap_or(&side.filter)
            )?;
            write!(out, " {DIM}on {}{DIM:#}", side.arch)?;
            if let Some(sets) = &side.sets {
                write!(out, " {DIM}with the sets of {sets}{DIM:#}")?;
            }
            writeln!(out)?;
        }
        if self.changes.is_empty() {
            writeln!(out, "no difference")?;
        }
        for change in &self.changes {
            let (sign, style) = match change.effect {
                Effect::Added => ('+', GOOD),
                Effect::Removed => ('-', BAD),
                Effect::Changed => ('~', WARNING),
            };
            let text = |decision: &Option<DecisionText>| -> Cow<'_, str> {
                decision
                    .as_ref()
                    .map_or("does not exist".into(), |text| text.to_string().into())
            };
            writeln!(
                out,
                "{style}{sign}{}{style:#} {DIM}({} -> {}){DIM:#}",
                change.call,
                text(&change.from),
                text(&change.to)
            )?;
        }
        Ok(())
    }
}
