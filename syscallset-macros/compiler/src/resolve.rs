//! From items to a policy: looks every name up in the tables, and applies the items from left to
//! right.

use std::collections::BTreeMap;

use syscallset_tables::{Arch, Set};

use crate::action::Action;
use crate::error::{Error, ErrorKind};
use crate::filter::{Filter, Item, ParsedAction, ParsedValue};
use crate::lowered::{Decision, Rule};
use crate::multiplexer;
use crate::policy::{IMPLICIT_SETS, Policy, Verdict};
use crate::span::Span;
use crate::variants::variants;
use crate::verify::deciding;
use crate::verify::values::Budget;
use undone::Sayings;

mod actions;
mod condition;
mod existence;
mod families;
mod forms;
mod meant;
mod names;
mod needless;
mod taken_over;
mod undone;

pub use actions::{action, action_name};
pub(crate) use families::unnamed;
pub use names::fits;

/// Resolves a filter for one architecture; calls that it refuses without an action of their own,
/// and calls that it does not name, get `violation`.
///
/// # Errors
///
/// Every name that no architecture has, every condition that cannot be checked, items that change
/// nothing, and a filter under which no process could exist.
///
/// # Panics
///
/// If the tables lack an implicit set, which a test of the tables rules out.
pub fn resolve(filter: &Filter<'_>, arch: Arch, violation: Action) -> Result<Policy, Vec<Error>> {
    resolve_in(filter, arch, violation, &syscallset_tables::set)
}

/// Where [`resolve_in`] looks sets up by name.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<&'static Set>;

/// Resolves a filter as [`resolve`], with the sets of another release of systemd.
///
/// Sets nested in those that `sets` gives are those of the tables: a set of another release has to list
/// all its calls itself.
///
/// # Errors
///
/// As [`resolve`].
///
/// # Panics
///
/// If `sets` lacks an implicit set.
pub fn resolve_in(
    filter: &Filter<'_>,
    arch: Arch,
    violation: Action,
    sets: Lookup<'_>,
) -> Result<Policy, Vec<Error>> {
    let mut resolver = Resolver::new(filter, arch, violation, sets);
    for index in 0..filter.items.len() {
        resolver.apply(index);
    }
    resolver.finish()
}

/// What a filter means after none, the first, the first two … of its items: what each of them
/// changes is the difference between two neighbours. The last policy is that of [`resolve`].
///
/// # Errors
///
/// As [`resolve`].
///
/// # Panics
///
/// As [`resolve`].
pub fn steps(
    filter: &Filter<'_>,
    arch: Arch,
    violation: Action,
) -> Result<Vec<Policy>, Vec<Error>> {
    let mut resolver = Resolver::new(filter, arch, violation, &syscallset_tables::set);
    let mut policies = Vec::with_capacity(filter.items.len() + 1);
    for index in 0..filter.items.len() {
        policies.push(resolver.complete());
        resolver.apply(index);
    }
    policies.push(resolver.finish()?);
    Ok(policies)
}

/// The number that a value stands for: its terms joined bit by bit, constants as the architecture
/// numbers them.
///
/// # Errors
///
/// A constant that is not known, or not on this architecture.
pub fn value(value: &ParsedValue<'_>, arch: Arch) -> Result<i128, Error> {
    condition::value(value, arch)
}

struct Resolver<'f, 's> {
    filter: &'f Filter<'s>,
    sets: Lookup<'f>,
    policy: Policy,
    /// What the items say about each call, in their order.
    said: BTreeMap<&'static str, Sayings>,
    errors: Vec<Error>,
}

impl<'f, 's> Resolver<'f, 's> {
    /// The implicit sets are decided, and no item yet.
    fn new(filter: &'f Filter<'s>, arch: Arch, violation: Action, sets: Lookup<'f>) -> Self {
        let mut resolver = Self {
            filter,
            sets,
            policy: Policy {
                arch,
                violation,
                calls: BTreeMap::new(),
            },
            said: BTreeMap::new(),
            errors: Vec::new(),
        };
        for name in IMPLICIT_SETS {
            let set = sets(name).expect("the tables hold the implicit sets");
            resolver.decide_set(set, Action::Allow, None);
        }
        resolver
    }

    fn finish(mut self) -> Result<Policy, Vec<Error>> {
        self.check_existence();
        self.check_undone();
        self.check_forms();
        self.policy = self.complete();
        if self.errors.is_empty() {
            Ok(self.policy)
        } else {
            Err(self.errors)
        }
    }

    /// The policy so far, with the calls that are decided by way of others.
    fn complete(&self) -> Policy {
        let mut policy = self.policy.clone();
        let written = |name: &str| self.filter.items.iter().any(|item| item.name == name);
        multiplexer::decide(&mut policy, written);
        policy
    }

    fn apply(&mut self, index: usize) {
        let item = &self.filter.items[index];
        let action = self.item_action(item);
        if item.is_set() {
            match (self.sets)(item.name) {
                Some(_) if !item.conditions.is_empty() => {
                    self.fault(ErrorKind::ConditionOnSet, item.name_span);
                }
                Some(set) => self.decide_set(set, action, Some(index)),
                None => {
                    let suggestion = meant::set(item.name);
                    self.fault(ErrorKind::UnknownSet { suggestion }, item.name_span);
                }
            }
            return;
        }
        let Some(call) = syscallset_tables::call(item.name).filter(|call| meant::exists(call))
        else {
            let (suggestion, span) = meant::call(item, index);
            self.fault(ErrorKind::UnknownCall { suggestion }, span);
            return;
        };
        self.check_names(item, action);
        self.check_families(call, item);
        if item.conditions.is_empty() {
            self.decide(call, Decision::constant(action), Some(index));
        } else if self.is_in_memory(call, item) {
            // Its parameters cannot be seen: an item that refuses some of the calls refuses all.
            if action != Action::Allow {
                self.decide(call, Decision::constant(action), Some(index));
            }
        } else if let Err(errors) = condition::resolve(call, &item.conditions, self.policy.arch) {
            self.errors.extend(errors);
            return;
        } else if let Some(always) = self.already_decided(call, item, action) {
            self.fault(self.needless(call, index, action, always), item.span);
        } else {
            self.add_rule(call, call, action, index);
        }
        let arch = self.policy.arch;
        for variant in variants(call)
            .iter()
            .filter(|variant| arch.number(variant).is_some())
        {
            if item.conditions.is_empty() {
                self.decide(variant, Decision::constant(action), Some(index));
            } else if self.policy.decision(variant) != Decision::constant(action) {
                self.add_rule(call, variant, action, index);
            }
        }
    }

    /// Whether this architecture's oldest form of a call takes the parameters of a condition in
    /// memory, and has a newer one that does not: `mmap` and `mmap2`, `select` and `_newselect` of x86.
    fn is_in_memory(&self, call: &'static str, item: &Item<'_>) -> bool {
        let arch = self.policy.arch;
        let fits = |form| taken_over::resolve(call, form, &item.conditions, arch).is_ok();
        let newer = |variant: &&'static str| arch.number(variant).is_some() && fits(*variant);
        arch.number(call).is_some() && variants(call).iter().any(newer) && !fits(call)
    }

    fn item_action(&mut self, item: &Item<'_>) -> Action {
        if let Some(action) = item.given {
            return action;
        }
        match (&item.action, item.refused) {
            (None, false) => Action::Allow,
            (None, true) => self.policy.violation,
            (Some(ParsedAction { text, span }), _) => match action(text, self.policy.arch) {
                Ok(action) => action,
                Err(kind) => {
                    self.fault(kind, *span);
                    self.policy.violation
                }
            },
        }
    }

    fn decide_set(&mut self, set: &Set, action: Action, item: Option<usize>) {
        set.for_each_call(&mut |call| self.decide(call, Decision::constant(action), item));
    }

    fn decide(&mut self, call: &'static str, decision: Decision, item: Option<usize>) {
        if let Some(item) = item {
            // Where it changes nothing else, this set still says that a call is refused on purpose.
            let on_purpose = self.filter.items[item].name == existence::RUNTIME;
            let changes = on_purpose || self.policy.decision(call) != decision;
            self.say(call, item, Vec::new(), decision.otherwise, changes);
        }
        self.policy.calls.insert(call, Verdict { decision, item });
    }

    /// A conditional item goes before all that was decided: the last item that matches decides. It names
    /// `written`, and `call` is that or takes over from it.
    fn add_rule(
        &mut self,
        written: &'static str,
        call: &'static str,
        action: Action,
        index: usize,
    ) {
        let item = &self.filter.items[index];
        let arch = self.policy.arch;
        let conditions = match taken_over::resolve(written, call, &item.conditions, arch) {
            Ok(conditions) => conditions,
            Err(errors) => return self.errors.extend(errors),
        };
        if deciding(&conditions, &[], &mut Budget::new()).is_some_and(|calls| calls.is_empty()) {
            let span = conditions_span(item);
            return self.fault(ErrorKind::Contradiction, span);
        }
        self.say(call, index, conditions.clone(), action, true);
        let mut decision = self.policy.decision(call);
        decision.rules.insert(0, Rule { conditions, action });
        let item = Some(index);
        self.policy.calls.insert(call, Verdict { decision, item });
    }

    fn fault(&mut self, kind: ErrorKind, span: Span) {
        self.errors.push(Error::new(kind, span));
    }
}

/// From the first condition of an item to its last one.
fn conditions_span(item: &Item<'_>) -> Span {
    match &item.conditions[..] {
        [first, .., last] => Span::new(first.span.start, last.span.end),
        [only] => only.span,
        [] => item.span,
    }
}
