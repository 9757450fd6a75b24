//! Values: sets of a few things that a register can hold.

use crate::code::{Operator, Reg, Width};
use crate::namespace::Location;

/// One thing that a register can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Atom {
    Const(u64),
    /// An address in a module.
    Address(Location),
    /// What the register held when the function was entered.
    Entry(Reg),
    /// The address this far above the stack pointer at the entry.
    Stack(i64),
    /// What the caller left on the stack, this far above the stack pointer at the entry.
    Param(i64),
    /// What is in memory this far above where the register pointed at the entry.
    Field(Reg, i64),
    /// What is in a writable word.
    Global(Location),
    /// What is in memory this far above where a writable word points.
    GlobalField(Location, i64),
}

/// A set of things that a register can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Anything.
    Any,
    One(Atom),
    /// Several, in ascending order.
    Many(Vec<Atom>),
}

/// More things than this are anything.
const MOST: usize = 12;

impl From<Atom> for Value {
    fn from(atom: Atom) -> Self {
        Self::One(atom)
    }
}

impl Value {
    /// The only thing it can be.
    pub(crate) fn one(&self) -> Option<Atom> {
        match self {
            Self::One(atom) => Some(*atom),
            _ => None,
        }
    }

    /// The things it can be; `None` if it can be anything.
    pub(crate) fn atoms(&self) -> Option<&[Atom]> {
        match self {
            Self::Any => None,
            Self::One(atom) => Some(std::slice::from_ref(atom)),
            Self::Many(atoms) => Some(atoms),
        }
    }

    /// Whether everything that another value can be is in this one.
    pub(super) fn contains(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (_, Self::Any) | (Self::One(_), Self::Many(_)) => false,
            (Self::One(mine), Self::One(theirs)) => mine == theirs,
            (Self::Many(mine), Self::One(theirs)) => mine.binary_search(theirs).is_ok(),
            (Self::Many(mine), Self::Many(theirs)) => {
                theirs.iter().all(|atom| mine.binary_search(atom).is_ok())
            }
        }
    }

    fn collect(mut atoms: Vec<Atom>) -> Self {
        atoms.sort_unstable();
        atoms.dedup();
        match atoms.as_slice() {
            [] => Self::Any,
            [atom] => Self::One(*atom),
            _ if atoms.len() > MOST => Self::Any,
            _ => Self::Many(atoms),
        }
    }

    /// What is in either of two sets.
    pub(crate) fn union(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        match (self.atoms(), other.atoms()) {
            (Some(left), Some(right)) => Self::collect([left, right].concat()),
            _ => Self::Any,
        }
    }

    fn map(&self, apply: impl Fn(Atom) -> Option<Atom>) -> Self {
        match self.atoms().map(|atoms| {
            atoms
                .iter()
                .map(|atom| apply(*atom))
                .collect::<Option<Vec<_>>>()
        }) {
            Some(Some(atoms)) => Self::collect(atoms),
            _ => Self::Any,
        }
    }

    /// The low bytes. A parameter that is cut to 4 bytes is still that parameter: system calls look at 4 bytes of
    /// their number.
    pub(crate) fn truncate(&self, width: Width) -> Self {
        match width {
            1..=3 => self.map(|atom| match atom {
                Atom::Const(value) => Some(Atom::Const(value & ((1 << (8 * width)) - 1))),
                _ => None,
            }),
            4..=7 => self.map(|atom| match atom {
                Atom::Const(value) => Some(Atom::Const(value & 0xffff_ffff)),
                Atom::Stack(_) => None,
                other => Some(other),
            }),
            8 => self.clone(),
            _ => Self::Any,
        }
    }

    /// A value of some bytes, sign-extended to `width`.
    pub(crate) fn sign_extend(&self, bytes: Width, width: Width) -> Self {
        let unused = 64 - 8 * u32::from(bytes.min(8));
        self.map(|atom| match atom {
            Atom::Const(value) => {
                let value = ((value << unused).cast_signed() >> unused).cast_unsigned();
                Some(Atom::Const(if width == 4 {
                    value & 0xffff_ffff
                } else {
                    value
                }))
            }
            other => (bytes >= 4).then_some(other),
        })
    }

    /// The result of an operator on every pair.
    pub(crate) fn combine(&self, operator: Operator, other: &Self) -> Self {
        let (left, right) = match (self.atoms(), other.atoms()) {
            (Some(left), Some(right)) => (left, right),
            (None, Some([Atom::Const(mask)])) | (Some([Atom::Const(mask)]), None)
                if operator == Operator::And =>
            {
                return Self::masked(*mask);
            }
            _ => return Self::Any,
        };
        if left.len() * right.len() > 4 * MOST {
            return Self::Any;
        }
        let pairs = left
            .iter()
            .flat_map(|left| right.iter().map(move |right| (*left, *right)));
        let results: Option<Vec<_>> = pairs
            .map(|(left, right)| apply(operator, left, right))
            .collect();
        match results {
            Some(results) => Self::collect(results),
            None => match (operator, right) {
                (Operator::And, [Atom::Const(mask)]) => Self::masked(*mask),
                _ => Self::Any,
            },
        }
    }

    /// Everything that a mask of few bits leaves.
    fn masked(mask: u64) -> Self {
        if mask.count_ones() > 3 {
            return Self::Any;
        }
        let mut atoms = vec![Atom::Const(0)];
        let mut subset = mask;
        while subset != 0 {
            atoms.push(Atom::Const(subset));
            subset = (subset - 1) & mask;
        }
        Self::collect(atoms)
    }
}

fn apply(operator: Operator, left: Atom, right: Atom) -> Option<Atom> {
    use Atom::{Address, Const, Stack};
    let signed = |value: u64| value.cast_signed();
    Some(match (operator, left, right) {
        (_, Const(left), Const(right)) => Const(match operator {
            Operator::Add => left.wrapping_add(right),
            Operator::Sub => left.wrapping_sub(right),
            Operator::And => left & right,
            Operator::Or => left | right,
            Operator::Xor => left ^ right,
            Operator::ShiftLeft => left.wrapping_shl(u32::try_from(right & 63).ok()?),
            Operator::ShiftRight => left.wrapping_shr(u32::try_from(right & 63).ok()?),
        }),
        (Operator::Add, Stack(offset), Const(by)) | (Operator::Add, Const(by), Stack(offset)) => {
            Stack(offset.checked_add(signed(by))?)
        }
        (Operator::Sub, Stack(offset), Const(by)) => Stack(offset.checked_sub(signed(by))?),
        // Aligning the stack: by how much is not known, but that it is below.
        (Operator::And, Stack(offset), Const(mask)) if signed(mask) < 0 => {
            Stack(offset & signed(mask))
        }
        (Operator::Add, Address(place), Const(by)) | (Operator::Add, Const(by), Address(place)) => {
            Address(Location {
                address: place.address.wrapping_add(by),
                ..place
            })
        }
        (Operator::Sub, Address(place), Const(by)) => Address(Location {
            address: place.address.wrapping_sub(by),
            ..place
        }),
        (Operator::Add | Operator::Sub | Operator::Or | Operator::Xor, other, Const(0)) => other,
        _ => return None,
    })
}
