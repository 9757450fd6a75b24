//! Conditional items that change nothing, because earlier ones have decided the same.

use super::{Resolver, condition};
use crate::action::Action;
use crate::error::{ErrorKind, Undoing, Undone};
use crate::filter::Item;
use crate::lowered::{Condition, Decision};
use crate::verify::deciding;
use crate::verify::values::Budget;

impl Resolver<'_, '_> {
    /// Whether earlier items have decided about all calls that a conditional item could match as it does:
    /// `Some(true)` if they did so whatever the arguments. An item that allows also says that the call
    /// is not allowed otherwise, which is wrong if part of what it matches is allowed by no condition.
    pub(super) fn already_decided(
        &self,
        call: &'static str,
        item: &Item<'_>,
        action: Action,
    ) -> Option<bool> {
        let decision = self.policy.decision(call);
        if decision == Decision::constant(action) {
            return Some(true);
        }
        if action != Action::Allow || decision.otherwise != action {
            return None;
        }
        let given = condition::resolve(call, &item.conditions, self.policy.arch).ok()?;
        let rules = &decision.rules;
        let conditions: Vec<&[Condition]> = rules.iter().map(|rule| &rule.conditions[..]).collect();
        // What is too complex to be said is too complex to be proven.
        let found = deciding(&given, &conditions, &mut Budget::new())?;
        let allows = |index: &usize| rules.get(*index).is_none_or(|rule| rule.action == action);
        (found.contains(&rules.len()) && found.iter().all(allows)).then_some(false)
    }

    /// The fault of a conditional item that changes nothing. One that refuses in vain before the call is
    /// allowed at all was written too early, not for nothing.
    pub(super) fn needless(
        &self,
        call: &'static str,
        index: usize,
        action: Action,
        always: bool,
    ) -> ErrorKind {
        let items = &self.filter.items;
        let item = items[index].to_string();
        let refused = action != Action::Allow;
        let allows = |later: &&Item<'_>| {
            let set = || (self.sets)(later.name);
            later.conditions.is_empty()
                && later
                    .given
                    .map_or(!later.refused, |given| given == Action::Allow)
                && (later.name == call || set().is_some_and(|set| set.contains(call)))
        };
        match items[index + 1..].iter().find(allows).filter(|_| refused) {
            Some(by) => ErrorKind::Undone(Box::new(Undone {
                calls: vec![call],
                item,
                call: Some(call.to_owned()),
                by: by.to_string(),
                how: Undoing::Refusal,
            })),
            None => ErrorKind::NothingChanged {
                call,
                refused,
                always,
                item,
            },
        }
    }
}
