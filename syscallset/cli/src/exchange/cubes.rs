//! Values of one argument as `value & mask == bits`, which every format can say in some way.

use syscallset_compiler::lowered::{Condition, Op, Width};

/// The values with these bits at the places of the mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cube {
    /// The places.
    pub(crate) mask: u64,
    /// The bits there; zero elsewhere.
    pub(crate) value: u64,
}

impl Cube {
    const ALL: Self = Self { mask: 0, value: 0 };

    fn meet(self, other: Self) -> Option<Self> {
        let common = self.mask & other.mask;
        (self.value & common == other.value & common).then_some(Self {
            mask: self.mask | other.mask,
            value: self.value | other.value,
        })
    }
}

/// More cubes than this for one argument are not written.
const MOST: usize = 2000;

/// A decision that takes more alternatives, or more work, than anybody's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

/// What is left of the work that may be done about one call: files may have been made to cost much of it.
#[derive(Debug)]
pub(crate) struct Work(u64);

impl Work {
    /// Enough for what people write; some tenths of a second.
    pub(crate) const fn new() -> Self {
        Self(5_000_000)
    }

    fn spend(&mut self, steps: usize) -> Result<(), TooMany> {
        self.0 = self.0.saturating_sub(steps as u64);
        if self.is_done() { Err(TooMany) } else { Ok(()) }
    }

    /// Whether nothing is left.
    pub(crate) const fn is_done(&self) -> bool {
        self.0 == 0
    }
}

/// The values of one argument for which all conditions hold, as disjoint cubes.
///
/// # Errors
///
/// [`TooMany`].
pub(crate) fn of_argument(conditions: &[Condition], work: &mut Work) -> Result<Vec<Cube>, TooMany> {
    let mut cubes = vec![Cube::ALL];
    for condition in conditions {
        let new = of_condition(condition);
        work.spend(cubes.len() * new.len() + 64)?;
        cubes = cubes
            .iter()
            .flat_map(|cube| new.iter().filter_map(|other| cube.meet(*other)))
            .collect();
        if cubes.len() > MOST {
            return Err(TooMany);
        }
    }
    Ok(cubes)
}

/// The values for which an unsigned condition holds.
fn of_condition(condition: &Condition) -> Vec<Cube> {
    let Condition {
        width,
        mask,
        op,
        value,
        ..
    } = *condition;
    let top: u64 = match width {
        Width::U32 | Width::I32 => 1 << 31,
        Width::U64 | Width::I64 => 1 << 63,
    };
    match op {
        Op::Eq if value & !mask != 0 => Vec::new(),
        Op::Eq => vec![Cube { mask, value }],
        Op::Ne => differing(mask, value),
        Op::Lt => below(mask, value, top),
        Op::Ge => from(mask, value, top),
        // One more than the greatest value that the width has is more than any.
        Op::Le => match successor(value, top) {
            Some(next) => below(mask, next, top),
            None => vec![Cube::ALL],
        },
        Op::Gt => successor(value, top).map_or_else(Vec::new, |next| from(mask, next, top)),
    }
}

fn successor(value: u64, top: u64) -> Option<u64> {
    let greatest = top | (top - 1);
    (value < greatest).then(|| value + 1)
}

/// The bits of a word from `top` down.
fn bits_from(top: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(top), |bit| Some(bit >> 1).filter(|bit| *bit != 0))
}

/// `masked != value`: the highest bit that differs is this one, or the next …
fn differing(mask: u64, value: u64) -> Vec<Cube> {
    if value & !mask != 0 {
        return vec![Cube::ALL];
    }
    let mut cubes = Vec::new();
    let mut prefix = Cube::ALL;
    for bit in bits_from(1 << 63).filter(|bit| mask & bit != 0) {
        cubes.push(Cube {
            mask: prefix.mask | bit,
            value: prefix.value | !value & bit,
        });
        prefix = Cube {
            mask: prefix.mask | bit,
            value: prefix.value | value & bit,
        };
    }
    cubes
}

/// `masked < value`: the highest bit that differs is 0 where the value has 1.
fn below(mask: u64, value: u64, top: u64) -> Vec<Cube> {
    let mut cubes = Vec::new();
    let mut prefix = Cube::ALL;
    for bit in bits_from(top) {
        let (masked, set) = (mask & bit != 0, value & bit != 0);
        if set && !masked {
            // The masked value has 0 there, whatever the argument.
            cubes.push(prefix);
            return cubes;
        }
        if set {
            cubes.push(Cube {
                mask: prefix.mask | bit,
                value: prefix.value,
            });
        }
        if masked {
            prefix.mask |= bit;
            prefix.value |= value & bit;
        }
    }
    cubes
}

/// `masked >= value`: they are equal, or the highest bit that differs is 1 where the value has 0.
fn from(mask: u64, value: u64, top: u64) -> Vec<Cube> {
    let mut cubes = Vec::new();
    let mut prefix = Cube::ALL;
    for bit in bits_from(top) {
        let (masked, set) = (mask & bit != 0, value & bit != 0);
        if set && !masked {
            return cubes;
        }
        if masked && !set {
            cubes.push(Cube {
                mask: prefix.mask | bit,
                value: prefix.value | bit,
            });
        }
        if masked {
            prefix.mask |= bit;
            prefix.value |= value & bit;
        }
    }
    cubes.push(prefix);
    cubes
}
