//! Values of one 32-bit word that share some bits and lie in one interval, and the tests that split them.

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

    pub(super) const fn holds(&self, word: u32) -> bool {
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
pub(super) struct Piece {
    pub(super) low: u32,
    pub(super) high: u32,
    known: u32,
    bits: u32,
}

impl Piece {
    pub(super) const ALL: Self = Self {
        low: 0,
        high: u32::MAX,
        known: 0,
        bits: 0,
    };

    /// The smallest member.
    pub(super) fn smallest(&self) -> Option<u32> {
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
    pub(super) fn split(&self, test: &Test, holds: bool) -> Vec<Self> {
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

#[cfg(test)]
mod tests;
