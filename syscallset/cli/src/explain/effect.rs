//! What each item of a filter changes.

use serde::Serialize;
use syscallset_compiler::filter::{Filter, Item};
use syscallset_compiler::policy::{IMPLICIT_SETS, Policy};
use syscallset_tables::Arch;

use crate::describe::DecisionText;

/// What an item changes on one architecture.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Effect {
    /// The item as it is understood.
    pub(crate) item: String,
    /// Where it stands in the filter string, in bytes; `None` for the implicit sets.
    pub(crate) span: Option<(usize, usize)>,
    /// Calls that are allowed from here on and were not before.
    pub(crate) adds: Vec<&'static str>,
    /// Calls that are refused from here on and were not before.
    pub(crate) removes: Vec<&'static str>,
    /// Calls about which something else changes: conditions, or how they are refused.
    pub(crate) changes: Vec<DecisionText>,
    /// Calls of the item that only other architectures have.
    pub(crate) elsewhere: Vec<&'static str>,
    /// Why the item changes nothing, if so.
    pub(crate) nothing: Option<Nothing>,
}

/// Why an item changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Nothing {
    /// All its calls were allowed before.
    AlreadyAllowed,
    /// None of its calls was allowed before.
    AlreadyRefused,
    /// Its calls exist on other architectures only.
    OtherArchitectures,
}

/// The effects of the implicit sets and of all items, in this order. `steps` are the policies before,
/// between and after the items.
pub(crate) fn effects(filter: &Filter<'_>, steps: &[Policy]) -> Vec<Effect> {
    let Some(first) = steps.first() else {
        return Vec::new();
    };
    let nothing = Policy {
        calls: std::collections::BTreeMap::new(),
        ..first.clone()
    };
    let implicit = change(IMPLICIT_SETS.join(" "), &nothing, first);
    let mut effects = vec![implicit];
    for (index, item) in filter.items.iter().enumerate() {
        let mut effect = change(item.to_string(), &steps[index], &steps[index + 1]);
        effect.span = Some((item.span.start, item.span.end));
        complete(&mut effect, item, steps[index].arch);
        effects.push(effect);
    }
    effects
}

fn change(item: String, before: &Policy, after: &Policy) -> Effect {
    let mut effect = Effect {
        item,
        span: None,
        adds: Vec::new(),
        removes: Vec::new(),
        changes: Vec::new(),
        elsewhere: Vec::new(),
        nothing: None,
    };
    for call in after.arch.calls() {
        let (old, new) = (before.decision(call.name), after.decision(call.name));
        if old == new {
            continue;
        }
        if new.is_allowed() && !old.is_allowed() {
            effect.adds.push(call.name);
        } else if new.is_refused() && !old.is_refused() {
            effect.removes.push(call.name);
        } else {
            let text = DecisionText::new(call.name, &new, after.arch);
            effect.changes.push(text);
        }
    }
    effect
}

fn complete(effect: &mut Effect, item: &Item<'_>, arch: Arch) {
    let mut here = false;
    for call in calls(item) {
        if arch.number(call).is_some() {
            here = true;
        } else if !effect.elsewhere.contains(&call) {
            effect.elsewhere.push(call);
        }
    }
    let idle = effect.adds.is_empty() && effect.removes.is_empty() && effect.changes.is_empty();
    effect.nothing = idle.then_some(match (here, item.refused) {
        (false, _) => Nothing::OtherArchitectures,
        (true, false) => Nothing::AlreadyAllowed,
        (true, true) => Nothing::AlreadyRefused,
    });
}

/// The calls that an item names, those of other architectures included.
fn calls(item: &Item<'_>) -> Vec<&'static str> {
    let mut calls = Vec::new();
    if let Some(set) = syscallset_tables::set(item.name) {
        set.for_each_call(&mut |call| calls.push(call));
    }
    calls.extend(syscallset_tables::call(item.name));
    calls
}

/// The architectures that have a call, by name.
pub(crate) fn homes(call: &str) -> Vec<&'static str> {
    Arch::ALL
        .iter()
        .filter(|arch| arch.number(call).is_some())
        .map(|arch| arch.name())
        .collect()
}
