//! What one operation changes.

use super::{Atom, Effects, State, Value};
use crate::code::{Convention, Op, Place};
use crate::namespace::{Location, Namespace};

/// What operations mean in one module.
pub(super) struct Context<'a> {
    pub(super) namespace: &'a Namespace,
    pub(super) module: usize,
    pub(super) convention: Convention,
    pub(super) effects: &'a Effects,
}

impl Context<'_> {
    pub(super) fn is_go(&self) -> bool {
        self.namespace.modules[self.module].image.is_go
    }

    /// Changes the state as an operation does.
    pub(super) fn step(&self, state: &mut State, op: &Op) {
        match *op {
            Op::Set { to, from, width } => {
                let value = state.source(from);
                state.set(to, &value, width);
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
                state.set(to, &value, width.max(4));
            }
            Op::Page { to, address } => {
                let address = Location::new(self.module, address);
                state.set(to, &Value::from(Atom::Address(address)), 8);
            }
            Op::Address { to, of } => {
                let value = self.address(state, of);
                state.set(to, &value, 8);
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
                state.set(to, &value, if signed { 8 } else { width.max(4) });
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
                state.set(to, &value.truncate(width.max(4)), width);
            }
            Op::Choose { to, or, width } => {
                let value = state.reg(to).union(&state.source(or));
                state.set(to, &value, width.max(4));
            }
            Op::Forget { to } => state.set(to, &Value::Any, 8),
            Op::Call(target) => {
                let effect = self.effects.of(self.namespace, self.module, target);
                state.call(&self.convention, effect.writes);
            }
            Op::Syscall | Op::ForeignSyscall => {
                state.set(self.convention.result, &Value::Any, 8);
                if self.convention.call_pushes != 0 {
                    // `syscall` overwrites rcx and r11.
                    state.set(1, &Value::Any, 8);
                    state.set(11, &Value::Any, 8);
                }
            }
            Op::Read { .. } | Op::Jump(_) | Op::Branch(_) | Op::Return | Op::Stop => {}
        }
    }

    fn address(&self, state: &State, place: Place) -> Value {
        if place.thread || place.indexed {
            return Value::Any;
        }
        if let Some(base) = place.base {
            let offset = Value::from(Atom::Const(place.offset.cast_unsigned()));
            state.reg(base).combine(crate::code::Operator::Add, &offset)
        } else {
            let address = place.offset.cast_unsigned();
            if self.namespace.modules[self.module]
                .image
                .segment(address)
                .is_some()
            {
                Value::from(Atom::Address(Location::new(self.module, address)))
            } else {
                Value::from(Atom::Const(address))
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
            Some(Atom::Const(address)) if self.namespace.modules[self.module].image.fixed => {
                self.memory(Location::new(self.module, address), width)
            }
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
