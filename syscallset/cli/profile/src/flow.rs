//! What registers and stack slots hold: constant propagation within one function.

mod blocks;
mod effects;
mod state;
mod step;
mod tables;
mod value;

use std::collections::hash_map::Entry;
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
    let mut follower = Follower {
        context: Context {
            namespace,
            module,
            convention,
            effects: &budget.effects,
        },
        start: contents.functions[function].range.start,
        blocks,
        fuel: budget.fuel,
        before: HashMap::new(),
        visits: HashMap::new(),
        waiting: BTreeSet::new(),
    };
    follower.settle()?;
    follower.tell(observe)?;
    budget.fuel = follower.fuel;
    Ok(())
}

/// A function that is being followed.
struct Follower<'a> {
    context: Context<'a>,
    start: u64,
    blocks: Blocks,
    fuel: u64,
    /// What is known before each block that is reached.
    before: HashMap<usize, State>,
    visits: HashMap<usize, u32>,
    /// Blocks to be looked at again. In the order of their addresses, what leads to a block mostly comes before it.
    waiting: BTreeSet<usize>,
}

impl Follower<'_> {
    /// Finds out what is known before each block.
    fn settle(&mut self) -> Result<(), Exhausted> {
        let entries: Vec<_> = self.blocks.entries().collect();
        for block in entries {
            self.begin(block, State::entry(&self.context.convention));
        }
        loop {
            while let Some(block) = self.waiting.pop_first() {
                self.pass(block)?;
            }
            // What nothing leads to is reached in a way that is not understood: nothing is known there.
            let Some(block) = (0..self.blocks.len()).find(|block| self.is_lost(*block)) else {
                return Ok(());
            };
            self.begin(block, State::unknown());
        }
    }

    fn begin(&mut self, block: usize, state: State) {
        self.before.insert(block, state);
        self.waiting.insert(block);
    }

    /// Passes on what is known behind a block to those that it leads to.
    fn pass(&mut self, block: usize) -> Result<(), Exhausted> {
        let Some(mut state) = self.before.get(&block).cloned() else {
            return Ok(());
        };
        let ops = self.blocks.ops(block);
        self.fuel = spend(self.fuel, 4 + ops.len())?;
        for (_, op) in ops {
            self.context.step(&mut state, op);
        }
        for &next in self.blocks.successors(block) {
            let visit = self.visits.entry(next).or_default();
            let changed = match self.before.entry(next) {
                Entry::Vacant(entry) => {
                    entry.insert(state.clone());
                    true
                }
                Entry::Occupied(mut entry) => entry.get_mut().join(&state, *visit > VISITS),
            };
            if changed {
                *visit += 1;
                self.waiting.insert(next);
            }
        }
        Ok(())
    }

    /// Whether a block was not reached. Filling that does nothing is not reached at all, and must not spoil what is
    /// behind it.
    fn is_lost(&self, block: usize) -> bool {
        let ops = self.blocks.ops(block);
        // In Go, this is what follows a call of `morestack`, which does not come back here.
        let restart = self.context.is_go()
            && matches!(ops.last(), Some((_, Op::Jump(Target::Direct(target)))) if *target == self.start);
        !self.before.contains_key(&block) && !ops.is_empty() && !restart
    }

    /// Tells the observer the events of all blocks.
    fn tell(&mut self, observe: &mut dyn FnMut(u64, Event, &State)) -> Result<(), Exhausted> {
        for block in 0..self.blocks.len() {
            let Some(mut state) = self.before.remove(&block) else {
                continue;
            };
            let ops = self.blocks.ops(block);
            self.fuel = spend(self.fuel, ops.len())?;
            for (at, op) in ops {
                if let Some(event) = self.blocks.event(op) {
                    observe(*at, event, &state);
                }
                self.context.step(&mut state, op);
            }
            if let Some((at, target)) = self.blocks.falls_to(block) {
                observe(at, Event::Jump(Target::Direct(target)), &state);
            }
        }
        Ok(())
    }
}

fn spend(fuel: u64, ops: usize) -> Result<u64, Exhausted> {
    fuel.checked_sub(ops as u64).ok_or(Exhausted)
}
