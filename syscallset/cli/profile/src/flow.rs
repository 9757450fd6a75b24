//! What registers and stack slots hold: constant propagation within one function.

mod blocks;
mod effects;
mod state;
mod tables;
mod value;

use std::collections::{BTreeSet, HashMap};

use crate::code::{Convention, Op, Place, Source, Target, convention};
use crate::namespace::{Location, Namespace};

pub(crate) use blocks::Blocks;
pub(crate) use effects::Effects;
pub(crate) use state::State;
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

/// What operations mean in one module.
struct Context<'a> {
    namespace: &'a Namespace,
    module: usize,
    convention: Convention,
    effects: &'a Effects,
}

impl Context<'_> {
    /// Changes the state as an operation does.
    fn step(&self, state: &mut State, op: &Op) {
        match *op {
            Op::Set { to, from, width } => {
                let value = state.source(from);
                state.set(to, value, width);
            }
            Op::Extend {
                to,
                from,
                bytes,
                signed,
                width,
            } => {
                let value = state.reg(from).truncate(bytes);
                let value = if signed {
                    value.sign_extend(bytes, width)
                } else {
                    value
                };
                state.set(to, value, width.max(4));
            }
            Op::Page { to, address } => {
                let address = Location {
                    module: self.module,
                    address,
                };
                state.set(to, Value::from(Atom::Address(address)), 8);
            }
            Op::Address { to, of } => {
                let value = self.address(state, of);
                state.set(to, value, 8);
            }
            Op::Load {
                to,
                from,
                width,
                signed,
            } => {
                // No number of a system call comes from fewer bytes; what the rest of the register holds then
                // depends on the instruction.
                let value = if width < 4 {
                    Value::Any
                } else {
                    self.load(state, from, width)
                };
                let value = if signed {
                    value.sign_extend(width, 8)
                } else {
                    value
                };
                state.set(to, value, if signed { 8 } else { width.max(4) });
            }
            Op::Store { to, from, width } => {
                let value = state.source(from).truncate(width);
                match self.address(state, to).one() {
                    Some(Atom::Stack(offset)) => state.write(offset, value, width),
                    _ => {
                        // An index into an array on the stack may hit any slot above its base.
                        if let (true, Some(base)) = (to.indexed, to.base) {
                            if let Some(Atom::Stack(offset)) = state.reg(base).one() {
                                state.clobber(offset.saturating_add(to.offset));
                            }
                        }
                    }
                }
            }
            Op::Fill { base } => {
                if let Some(Atom::Stack(offset)) = state.reg(base).one() {
                    state.clobber(offset);
                }
            }
            Op::Combine {
                operator,
                to,
                left,
                right,
                width,
            } => {
                let value = state.source(left).combine(operator, &state.source(right));
                state.set(to, value.truncate(width.max(4)), width);
            }
            Op::Choose { to, or, width } => {
                let value = state.reg(to).union(&state.source(or));
                state.set(to, value, width.max(4));
            }
            Op::Forget { to } => state.set(to, Value::Any, 8),
            Op::Call(target) => {
                let effect = self.effects.of(self.namespace, self.module, target);
                state.call(&self.convention, effect.writes);
            }
            Op::Syscall | Op::ForeignSyscall => {
                state.set(self.convention.result, Value::Any, 8);
                if self.convention.call_pushes != 0 {
                    // `syscall` overwrites rcx and r11.
                    state.set(1, Value::Any, 8);
                    state.set(11, Value::Any, 8);
                }
            }
            Op::Read { .. } | Op::Jump(_) | Op::Branch(_) | Op::Return | Op::Stop => {}
        }
    }

    fn address(&self, state: &State, place: Place) -> Value {
        if place.thread || place.indexed {
            return Value::Any;
        }
        match place.base {
            Some(base) => {
                let offset = Value::from(Atom::Const(place.offset.cast_unsigned()));
                state.reg(base).combine(crate::code::Operator::Add, &offset)
            }
            None => {
                let address = place.offset.cast_unsigned();
                if self.namespace.modules[self.module]
                    .image
                    .segment(address)
                    .is_some()
                {
                    Value::from(Atom::Address(Location {
                        module: self.module,
                        address,
                    }))
                } else {
                    Value::from(Atom::Const(address))
                }
            }
        }
    }

    fn load(&self, state: &State, from: Place, width: u8) -> Value {
        if from.thread || from.indexed {
            return Value::Any;
        }
        // Fields of what a parameter or a global pointer points to.
        if let Some(base) = from.base {
            match state.reg(base).one() {
                Some(Atom::Entry(reg)) => return Value::from(Atom::Field(reg, from.offset)),
                Some(Atom::Global(location)) => {
                    return Value::from(Atom::GlobalField(location, from.offset));
                }
                _ => {}
            }
        }
        match self.address(state, from).one() {
            Some(Atom::Stack(offset)) => state.read(offset, width, &self.convention),
            Some(Atom::Address(location)) => self.memory(location, width),
            Some(Atom::Const(address)) if self.namespace.modules[self.module].image.fixed => self
                .memory(
                    Location {
                        module: self.module,
                        address,
                    },
                    width,
                ),
            _ => Value::Any,
        }
    }

    /// What is at a fixed address.
    fn memory(&self, location: Location, width: u8) -> Value {
        if width == 8 {
            if let Some(target) = self.namespace.slot(location.module, location.address) {
                return Value::from(Atom::Address(target));
            }
        }
        let image = &self.namespace.modules[location.module].image;
        if image
            .segment(location.address)
            .is_some_and(|segment| !segment.writable)
        {
            let value = match width {
                4 => image.half(location.address).map(u64::from),
                8 => image.word(location.address),
                _ => None,
            };
            return value.map_or(Value::Any, |value| Value::from(Atom::Const(value)));
        }
        Value::from(Atom::Global(location))
    }
}
