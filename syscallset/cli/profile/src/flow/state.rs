//! Registers and stack at one point of a function.

use std::collections::BTreeMap;

use super::value::{Atom, Value};
use crate::code::{Convention, REGISTERS, Reg, Source, Width};

/// What registers and stack slots hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    registers: Vec<Value>,
    /// By offset from the stack pointer at the entry, with the number of bytes that were written.
    slots: BTreeMap<i64, (Value, Width)>,
}

/// More slots than this are not tracked.
const SLOTS: usize = 512;

impl State {
    /// At the entry of a function.
    pub(super) fn entry(convention: &Convention) -> Self {
        let register = |reg: usize| Value::from(Atom::Entry(reg.to_le_bytes()[0]));
        let mut registers: Vec<_> = (0..REGISTERS).map(register).collect();
        registers[usize::from(convention.stack_pointer)] = Value::from(Atom::Stack(0));
        Self {
            registers,
            slots: BTreeMap::new(),
        }
    }

    /// Where nothing is known.
    pub(super) fn unknown() -> Self {
        Self {
            registers: vec![Value::Any; REGISTERS],
            slots: BTreeMap::new(),
        }
    }

    /// What a register holds.
    pub(crate) fn reg(&self, reg: Reg) -> &Value {
        &self.registers[usize::from(reg) % REGISTERS]
    }

    /// What a source is.
    pub(crate) fn source(&self, source: Source) -> Value {
        match source {
            Source::Reg(reg) => self.reg(reg).clone(),
            Source::Const(value) => Value::from(Atom::Const(value)),
            Source::Unknown => Value::Any,
        }
    }

    pub(super) fn set(&mut self, reg: Reg, value: &Value, width: Width) {
        let register = &mut self.registers[usize::from(reg) % REGISTERS];
        *register = match width {
            // The rest of the register stays as it is.
            1 | 2 => {
                use crate::code::Operator::{And, Or};
                let hole = Value::from(Atom::Const(!((1 << (8 * width)) - 1)));
                register
                    .combine(And, &hole)
                    .combine(Or, &value.truncate(width))
            }
            _ => value.truncate(width),
        };
    }

    /// What the stack holds at an offset from the stack pointer at the entry.
    pub(crate) fn read(&self, offset: i64, width: Width, convention: &Convention) -> Value {
        match self.slots.get(&offset) {
            Some((value, written)) if width <= *written => value.truncate(width),
            None if offset >= convention.call_pushes
                && width >= 4
                && !self.overlaps(offset, width) =>
            {
                Value::from(Atom::Param(offset))
            }
            Some(_) | None => Value::Any,
        }
    }

    /// What the stack holds at an offset from the current stack pointer, as a callee sees it.
    pub(crate) fn stack(&self, offset: i64, convention: &Convention) -> Value {
        match self.reg(convention.stack_pointer).one() {
            Some(Atom::Stack(top)) => self.read(top.saturating_add(offset), 4, convention),
            _ => Value::Any,
        }
    }

    fn overlaps(&self, offset: i64, width: Width) -> bool {
        let end = offset.saturating_add(i64::from(width));
        self.slots
            .range(offset.saturating_sub(64)..end)
            .any(|(at, (_, width))| at.saturating_add(i64::from(*width)) > offset)
    }

    pub(super) fn write(&mut self, offset: i64, value: Value, width: Width) {
        let end = offset.saturating_add(i64::from(width));
        let hit: Vec<i64> = self
            .slots
            .range(offset.saturating_sub(64)..end)
            .filter(|(at, (_, width))| at.saturating_add(i64::from(*width)) > offset)
            .map(|(at, _)| *at)
            .collect();
        for at in hit {
            self.slots.remove(&at);
        }
        let known = value != Value::Any;
        if (known && self.slots.len() < SLOTS) || offset >= 0 {
            self.slots.insert(offset, (value, width.min(64)));
        }
    }

    /// Forgets what is in the function's own frame from an offset on.
    pub(super) fn clobber(&mut self, from: i64) {
        self.slots.retain(|at, _| *at < from || *at >= 0);
    }

    /// What a call leaves that writes to no other registers than those of a bit in `writes`.
    pub(super) fn call(&mut self, convention: &Convention, writes: u32) {
        // The callee may write to what it is given the address of.
        let arguments = convention
            .arguments
            .iter()
            .map(|reg| self.reg(*reg).clone());
        let lowest = arguments
            .filter_map(|value| {
                let atoms = value.atoms()?.to_vec();
                atoms
                    .into_iter()
                    .filter_map(|atom| match atom {
                        Atom::Stack(offset) => Some(offset),
                        _ => None,
                    })
                    .min()
            })
            .min();
        if let Some(lowest) = lowest {
            self.clobber(lowest);
        }
        for reg in 0..REGISTERS {
            let number = reg.to_le_bytes()[0];
            if !convention.preserved.contains(&number) && writes >> reg & 1 != 0 {
                self.registers[reg] = Value::Any;
            }
        }
    }

    /// Adds what another way leads here with; whether that changed anything. With `widen`, what changes becomes
    /// unknown at once.
    pub(super) fn join(&mut self, other: &Self, widen: bool) -> bool {
        let mut changed = false;
        let mut merge = |mine: &mut Value, theirs: &Value| {
            if !mine.contains(theirs) {
                *mine = if widen {
                    Value::Any
                } else {
                    mine.union(theirs)
                };
                changed = true;
            }
        };
        for (mine, theirs) in self.registers.iter_mut().zip(&other.registers) {
            merge(mine, theirs);
        }
        let mut lost = Vec::new();
        for (at, (mine, width)) in &mut self.slots {
            match other.slots.get(at) {
                Some((theirs, other)) if other == width => merge(mine, theirs),
                // Above the entry, what was not written is a parameter.
                None if *at >= 0 => merge(mine, &Value::from(Atom::Param(*at))),
                _ if *at >= 0 => merge(mine, &Value::Any),
                _ => lost.push(*at),
            }
        }
        for (at, (theirs, width)) in other.slots.range(0..) {
            if !self.slots.contains_key(at) {
                let value = theirs.union(&Value::from(Atom::Param(*at)));
                self.slots.insert(*at, (value, *width));
                changed = true;
            }
        }
        for at in lost {
            self.slots.remove(&at);
            changed = true;
        }
        changed
    }
}
