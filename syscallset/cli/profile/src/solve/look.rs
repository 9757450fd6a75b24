//! What a caller or writer gives, seen from the state at its instruction.

use crate::code::{Convention, Place, Target};
use crate::flow::{Atom, State, Value};
use crate::namespace::{Location, Namespace};

/// Where a store goes, if that is a variable of a module.
pub(super) fn stored_to(place: Place, module: usize, state: &State) -> Option<Location> {
    let Some(base) = place.base else {
        let address = place.offset.cast_unsigned();
        return Some(Location::new(module, address));
    };
    match state.reg(base).one()? {
        Atom::Address(base) => {
            let address = base.address.wrapping_add_signed(place.offset);
            Some(Location { address, ..base })
        }
        _ => None,
    }
}

/// Whether a value can be an address of the wanted function.
pub(super) fn holds(
    namespace: &Namespace,
    module: usize,
    value: &Value,
    wanted: &dyn Fn(Location) -> bool,
) -> bool {
    let fixed = namespace.modules[module].image.fixed;
    value
        .atoms()
        .unwrap_or_default()
        .iter()
        .any(|atom| match *atom {
            Atom::Address(location) => wanted(location),
            Atom::Const(address) if fixed => wanted(Location::new(module, address)),
            _ => false,
        })
}

/// Where a call or jump goes, as far as it is known.
pub(super) fn destinations(
    namespace: &Namespace,
    module: usize,
    target: Target,
    state: &State,
) -> Vec<Location> {
    let fixed = namespace.modules[module].image.fixed;
    match target {
        Target::Direct(address) => vec![Location::new(module, address)],
        Target::Memory(place) => {
            let Some(address) = place.address() else {
                return Vec::new();
            };
            namespace.slot(module, address).into_iter().collect()
        }
        Target::Reg(reg) => {
            let atoms = state.reg(reg).atoms().unwrap_or_default();
            let location = |atom: &Atom| match *atom {
                Atom::Address(location) => Some(location),
                Atom::Const(address) if fixed => Some(Location::new(module, address)),
                _ => None,
            };
            atoms.iter().filter_map(location).collect()
        }
    }
}

/// What a callee finds where it looks, at a call that moves the stack pointer by `pushed`.
pub(super) fn given(source: Atom, state: &State, pushed: i64, convention: &Convention) -> Value {
    match source {
        Atom::Entry(reg) => state.reg(reg).clone(),
        Atom::Param(offset) => state.stack(offset - pushed, convention),
        Atom::Field(reg, offset) => {
            field(state.reg(reg), offset, state, convention).unwrap_or(Value::Any)
        }
        _ => Value::Any,
    }
}

/// What is `offset` bytes above where a value points; `None` for a null pointer, which is not followed.
pub(super) fn field(
    pointer: &Value,
    offset: i64,
    state: &State,
    convention: &Convention,
) -> Option<Value> {
    let Some(atoms) = pointer.atoms() else {
        return Some(Value::Any);
    };
    let mut value: Option<Value> = None;
    for atom in atoms {
        let next = match *atom {
            Atom::Stack(base) => state.read(base.wrapping_add(offset), 4, convention),
            Atom::Entry(reg) => Value::from(Atom::Field(reg, offset)),
            Atom::Const(0) => continue,
            _ => return Some(Value::Any),
        };
        value = Some(value.map_or(next.clone(), |value| value.union(&next)));
    }
    value
}

/// What a function finds that is handed over together with a pointer to its context.
pub(super) fn beside(source: Atom, state: &State, convention: &Convention) -> Value {
    let Atom::Field(_, offset) = source else {
        return Value::Any;
    };
    let mut contexts = convention
        .arguments
        .iter()
        .filter_map(|reg| match state.reg(*reg).one() {
            Some(Atom::Stack(base)) => Some(state.read(base.wrapping_add(offset), 4, convention)),
            _ => None,
        });
    match (contexts.next(), contexts.next()) {
        (Some(value), None) => value,
        _ => Value::Any,
    }
}
