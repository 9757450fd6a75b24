//! Items for calls that are refused in a way of their own.

use std::collections::BTreeSet;

use syscallset_compiler::action::Action;
use syscallset_compiler::resolve::action_name;
use syscallset_tables::{Arch, SETS, Set};

/// Items that give these calls, and no others of the architecture, the action: sets that fit, the largest
/// first, then single calls.
pub(super) fn items(calls: &[&'static str], action: Action, arch: Arch) -> Vec<String> {
    let word = action_name(action, arch);
    let wanted: BTreeSet<_> = calls.iter().copied().collect();
    let mut left = wanted.clone();
    let mut items = Vec::new();
    // What std needs is not taken away by the way.
    let runtime = syscallset_tables::set("@rust-runtime");
    let spares = |set: &Set| {
        runtime.is_none_or(|runtime| {
            set.name == runtime.name || !runtime.calls.iter().any(|call| set.contains(call))
        })
    };
    loop {
        let best = SETS
            .iter()
            .filter(|set| spares(set))
            .map(|set| (members(set, arch), set))
            .filter(|(members, _)| members.is_subset(&wanted))
            .map(|(members, set)| (members.intersection(&left).count(), members, set))
            .filter(|(gain, ..)| *gain > 1)
            // Of equally large ones the first by name.
            .max_by_key(|(gain, _, set)| (*gain, std::cmp::Reverse(set.name)));
        let Some((_, members, set)) = best else { break };
        items.push(format!("~{}:{word}", set.name));
        left.retain(|call| !members.contains(call));
    }
    items.extend(left.iter().map(|call| format!("~{call}:{word}")));
    items
}

/// The calls of the architecture that a set has.
fn members(set: &Set, arch: Arch) -> BTreeSet<&'static str> {
    let mut members = BTreeSet::new();
    set.for_each_call(&mut |call| {
        if let Some(number) = arch.number(call) {
            members.insert(arch.name_of(number).unwrap_or(call));
        }
    });
    members
}
