//! Which item of a filter decides about a call.

use syscallset_compiler::filter::Filter;
use syscallset_compiler::policy::{IMPLICIT_SETS, Policy};
use syscallset_compiler::variants::variants;

use super::call::Call;

/// What decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deciding {
    /// An item of the filter, by its index.
    Item(usize),
    /// A set that every filter begins with.
    Implicit(&'static str),
    /// No item names the call, or none whose conditions hold.
    Nothing,
    /// No call of the tables has this number.
    Unknown,
}

/// The last item that matches the call. `steps` are the policies before, between and after the items.
pub(crate) fn deciding(filter: &Filter<'_>, steps: &[Policy], call: &Call) -> Deciding {
    let Some(name) = call.name else {
        return Deciding::Unknown;
    };
    for (index, item) in filter.items.iter().enumerate().rev() {
        let named = item.name == name
            || variants(item.name).contains(&name)
            || syscallset_tables::set(item.name).is_some_and(|set| set.contains(name));
        if !named {
            continue;
        }
        let [before, after] = [index, index + 1].map(|step| steps[step].decision(name));
        let holds = match after.rules.first() {
            _ if item.conditions.is_empty() => true,
            // A conditional item puts its rule in front of those before it.
            Some(rule) if after.rules.len() > before.rules.len() => rule
                .conditions
                .iter()
                .all(|condition| condition.holds(&call.args)),
            // Or refuses all of a call that takes its parameters in memory.
            _ => before != after,
        };
        if holds {
            return Deciding::Item(index);
        }
    }
    IMPLICIT_SETS
        .into_iter()
        .find(|set| syscallset_tables::set(set).is_some_and(|set| set.contains(name)))
        .map_or(Deciding::Nothing, Deciding::Implicit)
}
