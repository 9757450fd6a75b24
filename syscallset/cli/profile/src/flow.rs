//! What registers and stack slots hold: constant propagation within one function.

mod blocks;
mod effects;
mod state;
mod step;
mod tables;
mod value;

use std::collections::{BTreeSet, HashMap};

use crate::code::{Op, Place, Source, Target, convention};
use crate::namespace::Namespace;

pub(crate) use blocks::Blocks;
pub(crate) use effects::Effects;
pub(crate) use state::State;
use step::Context;
pub(crate) use value::{Atom, Value};

/// What an instruction does, told to the observer of a function.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    Syscall,
    Call(Target),
    /// A jump that leaves the function.
    Jump(Target),
    /// A write to memory that is not on the stack.
    Store(Place, Source),
}

/// What is shared between the functions that are followed.
#[derive(Debug)]
pub(crate) struct Budget {
    /// The operations that may still be looked at.
    pub(crate) fuel: u64,
    pub(crate) effects: Effects,
}

/// A function was too large, or all of them together.
#[derive(Debug)]
pub(crate) struct Exhausted;

/// How often a block is looked at before values that still change become unknown.
const VISITS: u32 = 8;

/// Follows the values in a function from its start and from `entries` inside of it, then tells the observer all
/// events, each with what is known before it.
pub(crate) fn follow(
    namespace: &Namespace,
    module: usize,
    function: usize,
    entries: &[u64],
    budget: &mut Budget,
    observe: &mut dyn FnMut(u64, Event, &State),
) -> Result<(), Exhausted> {
    let contents = &namespace.modules[module];
    let blocks =
        Blocks::new(namespace, (module, function), entries, &budget.effects).ok_or(Exhausted)?;
    let convention = convention(contents.image.arch, contents.image.is_go);
    let effects = &budget.effects;
    let mut fuel = budget.fuel;
    let context = Context {
        namespace,
        module,
        convention,
        effects,
    };
    let mut before: HashMap<usize, State> = HashMap::new();
    let mut visits: HashMap<usize, u32> = HashMap::new();
    // In the order of their addresses, what leads to a block mostly comes before it.
    let mut waiting: BTreeSet<usize> = BTreeSet::new();
    for block in blocks.entries() {
        before.insert(block, State::entry(&convention));
        waiting.insert(block);
    }
    loop {
        while let Some(block) = waiting.pop_first() {
            let Some(mut state) = before.get(&block).cloned() else {
                continue;
            };
            let ops = blocks.ops(block);
            fuel = fuel.checked_sub(4 + ops.len() as u64).ok_or(Exhausted)?;
            for (_, op) in ops {
                context.step(&mut state, op);
            }
            for &next in blocks.successors(block) {
                let visit = visits.entry(next).or_default();
                let changed = match before.entry(next) {
                    std::collections::hash_map::Entry::Vacant(entry) => {
                        entry.insert(state.clone());
                        true
                    }
                    std::collections::hash_map::Entry::Occupied(mut entry) => {
                        entry.get_mut().join(&state, *visit > VISITS)
                    }
                };
                if changed {
                    *visit += 1;
                    waiting.insert(next);
                }
            }
        }
        // What nothing leads to is reached in a way that is not understood: nothing is known there.
        // Filling that does nothing is not reached at all, and must not spoil what is behind it.
        let lost = |block: &usize| {
            let ops = blocks.ops(*block);
            // In Go, this is what follows a call of `morestack`, which does not come back here.
            let first = contents.functions[function].range.start;
            let restart = contents.image.is_go
                && matches!(ops.last(), Some((_, Op::Jump(Target::Direct(target)))) if *target == first);
            !before.contains_key(block) && !ops.is_empty() && !restart
        };
        let Some(block) = (0..blocks.len()).find(lost) else {
            break;
        };
        before.insert(block, State::unknown());
        waiting.insert(block);
    }
    for block in 0..blocks.len() {
        let Some(mut state) = before.remove(&block) else {
            continue;
        };
        let ops = blocks.ops(block);
        fuel = fuel.checked_sub(ops.len() as u64).ok_or(Exhausted)?;
        for (at, op) in ops {
            if let Some(event) = blocks.event(op) {
                observe(*at, event, &state);
            }
            context.step(&mut state, op);
        }
        if let Some(target) = blocks.falls_to(block) {
            observe(target.0, Event::Jump(Target::Direct(target.1)), &state);
        }
    }
    budget.fuel = fuel;
    Ok(())
}
