//! Items that later ones undo: such a filter is weaker than it reads.
//!
//! The last item that matches a call decides, so that a narrow item follows a wide one: `@a ~@b c`. The
//! other way round, the wide item takes the narrow one back, and whoever reads `socket(domain=AF_UNIX)
//! @network-io` believes what is not so. What is a fault:
//!
//! * an item that refuses, if nothing of it is left and something of it is allowed again by an item
//!   that is about more;
//! * an item with conditions that refuses, if that is so for one form of its call;
//! * an item that allows under conditions, if in the end the call is allowed whatever its arguments.
//!
//! An item that is undone by one that is stricter makes no filter weaker, and is none.

use std::collections::BTreeMap;

use super::Resolver;
use crate::action::Action;
use crate::error::{Error, ErrorKind, Undoing, Undone};
use crate::lowered::Condition;
use crate::span::Span;
use crate::verify::deciding;
use crate::verify::values::Budget;

/// What is said about a call.
#[derive(Clone, Debug)]
pub(super) struct Sayings {
    /// What is decided before any item.
    base: Action,
    /// By the items, in their order.
    said: Vec<Said>,
}

/// What an item says about a call.
#[derive(Clone, Debug)]
struct Said {
    /// Index of the item.
    item: usize,
    /// Where it holds; everywhere if there are none.
    conditions: Vec<Condition>,
    action: Action,
    /// Whether something else was decided before.
    changes: bool,
}

/// What becomes of an item.
#[derive(Default)]
struct Fate {
    /// Something of it is in force.
    remains: bool,
    /// It is one that refuses.
    refuses: bool,
    /// Calls that are weaker in the end than it says, and the item that is to blame.
    undone: Vec<(&'static str, usize)>,
}

impl Resolver<'_, '_> {
    /// Remembers what an item says about a call, before it is decided.
    pub(super) fn say(
        &mut self,
        call: &'static str,
        item: usize,
        conditions: Vec<Condition>,
        action: Action,
        changes: bool,
    ) {
        let base = self.policy.decision(call).otherwise;
        let sayings = self.said.entry(call).or_insert(Sayings {
            base,
            said: Vec::new(),
        });
        sayings.said.push(Said {
            item,
            conditions,
            action,
            changes,
        });
    }

    /// Finds fault with items that later ones undo.
    pub(super) fn check_undone(&mut self) {
        // As much as the proof of the program may take: beyond that, there will be none.
        let mut budget = Budget::new();
        let mut fates: BTreeMap<usize, Fate> = BTreeMap::new();
        for (call, sayings) in &self.said {
            if judge(call, sayings, &mut fates, &mut budget).is_none() {
                let item = sayings
                    .said
                    .last()
                    .map(|said| &self.filter.items[said.item]);
                let span = item.map_or(Span::new(0, 0), |item| item.span);
                self.errors.push(Error::new(ErrorKind::TooComplex, span));
                return;
            }
        }
        for (index, mut fate) in fates {
            let item = &self.filter.items[index];
            if item.conditions.is_empty() {
                fate.undone.retain(|(_, by)| !self.is_within(*by, index));
                if fate.remains {
                    continue;
                }
            }
            let Some(&(_, by)) = fate.undone.first() else {
                continue;
            };
            let by = &self.filter.items[by];
            let how = if fate.refuses {
                Undoing::Refusal
            } else if !by.conditions.is_empty() {
                Undoing::Union
            } else {
                Undoing::Condition
            };
            let undone = Undone {
                calls: fate.undone.iter().map(|(call, _)| *call).collect(),
                item: item.to_string(),
                call: (!item.is_set()).then(|| item.name.to_owned()),
                by: by.to_string(),
                how,
            };
            self.fault(ErrorKind::Undone(Box::new(undone)), item.span);
        }
    }

    /// Whether an item names nothing but what another one names: it is the narrower one, and says itself
    /// what it takes back.
    fn is_within(&self, narrow: usize, wide: usize) -> bool {
        let [narrow, wide] = [narrow, wide].map(|index| &self.filter.items[index]);
        if narrow.name == wide.name {
            return true;
        }
        let Some(wide) = (self.sets)(wide.name) else {
            return false;
        };
        match (self.sets)(narrow.name) {
            None => wide.contains(narrow.name),
            Some(narrow) => {
                let mut within = true;
                narrow.for_each_call(&mut |call| within &= wide.contains(call));
                within
            }
        }
    }
}

/// Adds what becomes of all that was said about one call; `None` if the budget does not suffice to say.
fn judge(
    call: &'static str,
    sayings: &Sayings,
    fates: &mut BTreeMap<usize, Fate>,
    budget: &mut Budget,
) -> Option<()> {
    let Sayings { base, said } = sayings;
    let narrows = |said: &Said| said.action != Action::Allow || !said.conditions.is_empty();
    // In the order of precedence: the last item that matches decides.
    let order: Vec<&Said> = said.iter().rev().collect();
    let rules: Vec<&[Condition]> = order.iter().map(|said| &said.conditions[..]).collect();
    let action = |index: usize| order.get(index).map_or(*base, |said| said.action);
    let found = deciding(&[], &rules, budget)?;
    let always_allowed = found.iter().all(|index| action(*index) == Action::Allow);
    for (index, said) in order.iter().enumerate() {
        let fate = fates.entry(said.item).or_default();
        fate.remains |= said.changes && found.contains(&index);
        fate.refuses = said.action != Action::Allow;
        if !narrows(said) || index == 0 {
            continue;
        }
        let to_blame = if said.action == Action::Allow {
            let later = found.iter().filter(|other| **other < index);
            later.copied().max().filter(|_| always_allowed)
        } else if found.contains(&index) {
            None
        } else {
            let others = deciding(&said.conditions, &rules[..index], budget)?;
            let weaker = |other: &usize| action(*other) > said.action && action(*other).passes();
            others.into_iter().filter(weaker).max()
        };
        if let Some(other) = to_blame {
            fate.undone.push((call, order[other].item));
        }
    }
    Some(())
}
