//! Sets of values of one 32-bit word, described by tests that their members pass or fail.
//!
//! The heart is [`Piece`], the values of an interval that have given bits at given places. Whether a
//! piece is empty is easily said, and the members of a piece that pass a test are again a few disjoint
//! pieces: an ordering cuts the interval; a mask asks about bits, and "some of these bits differ" is
//! "the first differs, or the first is equal and the second differs, or …". So every set is a union of
//! pieces. It is not spelled out, as many tests could make many pieces: a set keeps the tests that do
//! not leave a single piece, and is searched for a member when it changes. The search is exact: it
//! tries the pieces of the first test, in each of them those of the second, and so on.

use crate::verify::Mismatch;

/// How many splits of a piece a proof may take. The five lists that the documentation measures take
/// some thousand; this many take a fraction of a second.
const MAX_SPLITS: u32 = 1 << 20;

/// What is left of the work that a proof may take.
#[derive(Debug)]
pub struct Budget(u32);

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

impl Budget {
    /// As much as a proof may take.
    #[must_use]
    pub const fn new() -> Self {
        Self(MAX_SPLITS)
    }

    fn spend(&mut self) -> Result<(), Mismatch> {
        self.0 = self.0.checked_sub(1).ok_or(Mismatch::TooComplex)?;
        Ok(())
    }
}

/// A question about `word & mask`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Test {
    /// The bits of the word that take part.
    pub mask: u32,
    /// How they are compared.
    pub relation: Relation,
    /// What they are compared with.
    pub k: u32,
}

/// How the masked word is compared with `k`, unsigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `==`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// A bit in common.
    AnyBit,
}

impl Test {
    /// The test of a whole word.
    #[must_use]
    pub const fn whole(relation: Relation, k: u32) -> Self {
        Self {
            mask: u32::MAX,
            relation,
            k,
        }
    }

    const fn holds(&self, word: u32) -> bool {
        let masked = word & self.mask;
        match self.relation {
            Relation::Equal => masked == self.k,
            Relation::AtLeast => masked >= self.k,
            Relation::Above => masked > self.k,
            Relation::AnyBit => masked & self.k != 0,
        }
    }
}

/// The values from `low` to `high` whose bits at the places `known` are those of `bits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    low: u32,
    high: u32,
    known: u32,
    bits: u32,
}

impl Piece {
    const ALL: Self = Self {
        low: 0,
        high: u32::MAX,
        known: 0,
        bits: 0,
    };

    /// The smallest member.
    fn smallest(&self) -> Option<u32> {
        let fits = |value: u32, places: u32| (value ^ self.bits) & self.known & places == 0;
        let found = if fits(self.low, u32::MAX) {
            Some(self.low)
        } else {
            // A larger value agrees with `low` above some bit, has that bit where `low` does not, and
            // is free below it. The lower the bit, the smaller the value.
            (0..u32::BITS).find_map(|place| {
                let bit = 1 << place;
                let above = u32::MAX << place & !bit;
                let value = self.low & above | bit | self.bits & (bit - 1);
                (self.low & bit == 0 && fits(value, above | bit)).then_some(value)
            })
        };
        found.filter(|&value| value <= self.high)
    }

    /// The part with exactly these bits at these places.
    fn fix(&self, places: u32, bits: u32) -> Option<Self> {
        let clash = (self.bits ^ bits) & self.known & places;
        let fixed = Self {
            known: self.known | places,
            bits: self.bits | bits & places,
            ..*self
        };
        (clash == 0 && fixed.smallest().is_some()).then_some(fixed)
    }

    /// The part from `low` to `high`.
    fn within(&self, low: u32, high: u32) -> Option<Self> {
        let part = Self {
            low: self.low.max(low),
            high: self.high.min(high),
            ..*self
        };
        (part.low <= part.high && part.smallest().is_some()).then_some(part)
    }

    /// The members for which the outcome of `test` is `holds`, as disjoint pieces that are not empty.
    fn split(&self, test: &Test, holds: bool) -> Vec<Self> {
        let Test { mask, relation, k } = *test;
        match relation {
            Relation::Above => match k.checked_add(1) {
                Some(k) => self.split_at(mask, k, holds),
                None if holds => Vec::new(),
                None => vec![*self],
            },
            Relation::AtLeast => self.split_at(mask, k, holds),
            Relation::AnyBit => self.split_equal(mask & k, 0, !holds),
            Relation::Equal if k & !mask != 0 => {
                if holds {
                    Vec::new()
                } else {
                    vec![*self]
                }
            }
            Relation::Equal if mask != u32::MAX => self.split_equal(mask, k, holds),
            Relation::Equal if holds => self.within(k, k).into_iter().collect(),
            Relation::Equal => {
                let below = k.checked_sub(1).and_then(|high| self.within(0, high));
                let above = k.checked_add(1).and_then(|low| self.within(low, u32::MAX));
                below.into_iter().chain(above).collect()
            }
        }
    }

    /// The members that have these bits at these places, or those that do not.
    fn split_equal(&self, places: u32, bits: u32, equal: bool) -> Vec<Self> {
        if equal {
            return self.fix(places, bits).into_iter().collect();
        }
        let mut pieces = Vec::new();
        let mut rest = Some(*self);
        for bit in bits_of(places) {
            pieces.extend(rest.and_then(|rest| rest.fix(bit, !bits)));
            rest = rest.and_then(|rest| rest.fix(bit, bits));
        }
        pieces
    }

    /// The members with `member & mask >= k`, or those below.
    fn split_at(&self, mask: u32, k: u32, at_least: bool) -> Vec<Self> {
        if mask == u32::MAX {
            let part = match (at_least, k.checked_sub(1)) {
                (true, _) => self.within(k, u32::MAX),
                (false, Some(high)) => self.within(0, high),
                (false, None) => None,
            };
            return part.into_iter().collect();
        }
        // From the highest bit down, the first one in which the masked value and k differ decides.
        let mut pieces = Vec::new();
        let mut equal = Some(*self);
        for bit in bits_of(u32::MAX) {
            let Some(so_far) = equal else { break };
            let greater = k & bit == 0;
            if mask & bit != 0 {
                if greater == at_least {
                    pieces.extend(so_far.fix(bit, !k));
                }
                equal = so_far.fix(bit, k);
            } else if !greater {
                // The masked value has a zero where k has a one.
                if !at_least {
                    pieces.push(so_far);
                }
                equal = None;
            }
        }
        if at_least {
            pieces.extend(equal);
        }
        pieces
    }
}

/// The single bits of a word, highest first.
fn bits_of(word: u32) -> impl Iterator<Item = u32> {
    (0..u32::BITS)
        .rev()
        .map(|place| 1 << place)
        .filter(move |bit| word & bit != 0)
}

/// A set of values that is not empty.
#[derive(Clone, Debug)]
pub struct Values {
    /// A piece that contains the set.
    hull: Piece,
    /// Tests, with their outcomes, that members of the hull must pass to be in the set.
    tests: Vec<(Test, bool)>,
    /// A member.
    member: u32,
}

impl Values {
    /// Every value.
    pub const ALL: Self = Self {
        hull: Piece::ALL,
        tests: Vec::new(),
        member: 0,
    };

    /// A value of the set.
    #[must_use]
    pub const fn member(&self) -> u32 {
        self.member
    }

    /// Bounds of the set, not necessarily tight.
    #[must_use]
    pub const fn bounds(&self) -> (u32, u32) {
        (self.hull.low, self.hull.high)
    }

    /// The values for which the outcome of `test` is `holds`; `None` if there are none.
    ///
    /// # Errors
    ///
    /// [`Mismatch::TooComplex`] if the budget does not suffice to say.
    pub fn narrow(
        &self,
        test: Test,
        holds: bool,
        budget: &mut Budget,
    ) -> Result<Option<Self>, Mismatch> {
        let mut hull = self.hull;
        let mut tests = Vec::with_capacity(self.tests.len() + 1);
        for &(test, holds) in self.tests.iter().chain([&(test, holds)]) {
            budget.spend()?;
            match hull.split(&test, holds)[..] {
                [] => return Ok(None),
                [piece] => hull = piece,
                _ => tests.push((test, holds)),
            }
        }
        let mut narrowed = Self {
            hull,
            tests,
            member: self.member,
        };
        if test.holds(narrowed.member) != holds {
            match narrowed.search(budget)? {
                Some(member) => narrowed.member = member,
                None => return Ok(None),
            }
        }
        Ok(Some(narrowed))
    }

    fn search(&self, budget: &mut Budget) -> Result<Option<u32>, Mismatch> {
        let mut candidates = vec![(self.hull, &self.tests[..])];
        while let Some((piece, tests)) = candidates.pop() {
            let Some(((test, holds), rest)) = tests.split_first() else {
                return Ok(piece.smallest());
            };
            budget.spend()?;
            let pieces = piece.split(test, *holds);
            candidates.extend(pieces.into_iter().rev().map(|piece| (piece, rest)));
        }
        Ok(None)
    }
}
