//! What to write about a call that a filter refuses.

use syscallset_tables::{Arch, Origin, SETS, Set};

use crate::filter::{Filter, Item};
use crate::lowered::Decision;
use crate::multiplexer::is_multiplexer;
use crate::policy::Policy;
use crate::variants::variants;

/// What to write about a refused call, so that it compiles and the call is made.
#[derive(Clone, Copy, Debug)]
pub enum Remedy {
    /// Nothing names the call: add the set, which is about what it does, or the call.
    Set(&'static Set),
    /// Nothing names the call, and each set that has it allows far more than that: add the call.
    Call,
    /// The call is allowed under conditions: add others, or let the call stand in their place.
    Conditions,
    /// The same, but that refusals with an error stand against the call as a whole: add conditions.
    OtherConditions,
    /// The filter's item of this index refuses it: the call goes behind a set, or in the place of a call; an item with
    /// conditions is to be left out or narrowed.
    Item(usize),
    /// Several items decide by the arguments: which one did depends on these.
    Several,
}

/// What there is to write about a filter's refusals.
#[derive(Debug)]
pub struct Advice<'f> {
    filter: &'f Filter<'f>,
    policy: &'f Policy,
    /// The sets that may be advised, in the order in which to name them.
    sets: Vec<&'static Set>,
}

impl<'f> Advice<'f> {
    /// About a filter; `policy` is what it means.
    pub fn new(filter: &'f Filter<'f>, policy: &'f Policy) -> Self {
        let mut sets = by_size(policy.arch);
        // What items refuse, or allow in part, is not to be undone by the way.
        let narrowing = filter.items.iter();
        for item in narrowing.filter(|item| item.refused || !item.conditions.is_empty()) {
            sets.retain(|set| !meets(item, set));
        }
        Self {
            filter,
            policy,
            sets,
        }
    }

    /// What to write about a call that the filter may refuse.
    pub fn remedy(&self, call: &str) -> Remedy {
        let Self { filter, policy, .. } = self;
        let Decision { rules, otherwise } = policy.decision(call);
        let item = policy.last_item(call);
        let names = |index: &usize| {
            let item = &filter.items[*index];
            item.name == call || item.is_set()
        };
        if is_multiplexer(call) && (!rules.is_empty() || !item.iter().all(names)) {
            // The items on the calls that it stands for decide.
            return Remedy::Several;
        }
        let refusing = rules.iter().filter(|rule| rule.action == policy.violation);
        match refusing.count() {
            0 if rules.is_empty() => {}
            0 if rules.iter().all(|rule| rule.action.passes()) => return Remedy::Conditions,
            0 => return Remedy::OtherConditions,
            1 if otherwise.passes() => return self.conditional(call),
            _ => return Remedy::Several,
        }
        match item {
            Some(item) if filter.items[item].refused => Remedy::Item(item),
            Some(_) => Remedy::Several,
            None => self.set(call).map_or(Remedy::Call, Remedy::Set),
        }
    }

    /// The one item that refuses the call under conditions.
    fn conditional(&self, call: &str) -> Remedy {
        let items = self.filter.items.iter().enumerate();
        let mut refusing = items.filter(|(_, item)| {
            let names = item.name == call || variants(item.name).contains(&call);
            names && item.refused && item.action.is_none() && !item.conditions.is_empty()
        });
        match (refusing.next(), refusing.next()) {
            (Some((index, _)), None) => Remedy::Item(index),
            _ => Remedy::Several,
        }
    }

    /// The smallest set that is about what the call does; none where each set that has it allows far more than that.
    fn set(&self, call: &str) -> Option<&'static Set> {
        // A set that has it has it for one request, which may not be the one refused.
        if request(call).is_some() {
            return None;
        }
        self.sets.iter().copied().find(|set| set.contains(call))
    }
}

/// Whether an item names a call of a set.
fn meets(item: &Item<'_>, set: &Set) -> bool {
    let Some(named) = syscallset_tables::set(item.name) else {
        return set.contains(item.name);
    };
    let mut meets = false;
    named.for_each_call(&mut |call| meets |= set.contains(call));
    meets
}

/// The arguments that decide whether a call is refused, by index: those of the conditions on it or, where it has none,
/// what says which request it is.
pub fn deciding(call: &str, decision: &Decision) -> Vec<u8> {
    let conditions = || decision.rules.iter().flat_map(|rule| &rule.conditions);
    let looked_at = |argument: &u8| conditions().any(|condition| condition.arg == *argument);
    let mut arguments: Vec<u8> = (0..6).filter(looked_at).collect();
    if arguments.is_empty() {
        arguments.extend(request(call));
    }
    arguments
}

/// The argument that says which of hundreds of requests a call is, so that little is said by its name.
fn request(call: &str) -> Option<u8> {
    (call == "ioctl").then_some(1)
}

/// The sets that may be advised in the order in which to name them: by rank, then the smallest first.
fn by_size(arch: Arch) -> Vec<&'static Set> {
    let mut sets: Vec<(u8, usize, &'static Set)> = Vec::new();
    for set in SETS {
        let (Some(rank), size) = (rank(set), size(set, arch)) else {
            continue;
        };
        // Of equally large sets the first by name, as the tables have them.
        let place = sets.partition_point(|other| (other.0, other.1) <= (rank, size));
        sets.insert(place, (rank, size, set));
    }
    sets.into_iter().map(|(_, _, set)| set).collect()
}

/// Which sets to name first. Systemd's are about what a program does, ours about what of the standard
/// library it uses; but systemd's sets for processes and for what connects them are wide (`pipe2` is in one with
/// `process_vm_writev`), and what Rust programs need of them has sets of its own.
fn rank(set: &Set) -> Option<u8> {
    match (set.name, set.origin) {
        // Whoever lacks one of their calls does not need the others. Those for looking up host names are calls of
        // other sets, but for `uname`, which has many other uses.
        ("@known" | "@privileged" | "@rust-resolve" | "@system-service", _) => None,
        ("@ipc" | "@process", _) => Some(2),
        (_, Origin::Syscallset) => Some(1),
        (_, Origin::Systemd) => Some(0),
    }
}

/// The number of calls of the set that the architecture has.
fn size(set: &Set, arch: Arch) -> usize {
    let mut calls: Vec<&str> = Vec::new();
    set.for_each_call(&mut |call| {
        if let Err(place) = calls.binary_search(&call) {
            calls.insert(place, call);
        }
    });
    calls
        .iter()
        .filter(|call| arch.number(call).is_some())
        .count()
}
