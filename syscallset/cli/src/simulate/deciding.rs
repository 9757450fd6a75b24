//! Which item of a filter decides about a call.

use syscallset_compiler::filter::{Filter, Item};
use syscallset_compiler::lowered::Condition;
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

/// When an item decides about a call that it names.
enum When {
    Always,
    Never,
    /// Where all of these hold.
    If(Vec<Condition>),
}

/// The last item that matches the call. `steps` are the policies before, between and after the items.
pub(crate) fn deciding(filter: &Filter<'_>, steps: &[Policy], call: &Call) -> Deciding {
    let Some(name) = call.name else {
        return Deciding::Unknown;
    };
    for index in naming(filter, name) {
        let holds = match when(&filter.items[index], &steps[index..], name) {
            When::Always => true,
            When::Never => false,
            When::If(conditions) => conditions
                .iter()
                .all(|condition| condition.holds(&call.args)),
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

/// The items that decide by arguments of the call that are not given, in their order.
pub(crate) fn waiting(filter: &Filter<'_>, steps: &[Policy], call: &Call) -> Vec<usize> {
    let mut found = Vec::new();
    let given = |condition: &&Condition| call.given[usize::from(condition.arg)];
    for index in naming(filter, call.name.unwrap_or_default()) {
        match when(
            &filter.items[index],
            &steps[index..],
            call.name.unwrap_or_default(),
        ) {
            When::Always => break,
            When::Never => {}
            When::If(conditions) => {
                let mut known = conditions.iter().filter(given);
                if !known.all(|condition| condition.holds(&call.args)) {
                    continue;
                }
                if conditions.iter().all(|condition| given(&condition)) {
                    break;
                }
                found.push(index);
            }
        }
    }
    found.reverse();
    found
}

/// The items that name a call, the last one first.
fn naming<'f>(filter: &'f Filter<'_>, name: &'f str) -> impl Iterator<Item = usize> + 'f {
    let names = move |item: &Item<'_>| {
        item.name == name
            || variants(item.name).contains(&name)
            || syscallset_tables::set(item.name).is_some_and(|set| set.contains(name))
    };
    let items = filter.items.iter().enumerate().rev();
    items.filter_map(move |(index, item)| names(item).then_some(index))
}

/// When an item decides about the call; the `steps` begin with the policy before it.
fn when(item: &Item<'_>, steps: &[Policy], name: &str) -> When {
    if item.conditions.is_empty() {
        return When::Always;
    }
    let [before, after] = [0, 1].map(|step| steps[step].decision(name));
    match after.rules.first() {
        // A conditional item puts its rule in front of those before it.
        Some(rule) if after.rules.len() > before.rules.len() => When::If(rule.conditions.clone()),
        // Or refuses all of a call that takes its parameters in memory.
        _ if before != after => When::Always,
        _ => When::Never,
    }
}
