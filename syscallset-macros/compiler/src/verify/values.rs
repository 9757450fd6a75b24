//! Sets of values of one 32-bit word, described by tests that their members pass or fail.
//!
//! The heart is the piece (`piece`), the values of an interval that have given bits at given places. Whether a
//! piece is empty is easily said, and the members of a piece that pass a test are again a few disjoint
//! pieces: an ordering cuts the interval; a mask asks about bits, and "some of these bits differ" is
//! "the first differs, or the first is equal and the second differs, or …". So every set is a union of
//! pieces. It is not spelled out, as many tests could make many pieces: a set keeps the tests that do
//! not leave a single piece, and is searched for a member when it changes. The search is exact: it
//! tries the pieces of the first test, in each of them those of the second, and so on.

use crate::verify::Mismatch;
use crate::verify::piece::Piece;

pub use crate::verify::piece::{Relation, Test};

/// How many splits of a piece a proof may take. The five lists that the documentation measures take
/// some thousand; this many take a fraction of a second.
const MAX_SPLITS: u32 = 1 << 21;

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
        budget.spend()?;
        if self.hull.low == self.hull.high {
            // A single value, as most comparisons leave it.
            return Ok((test.holds(self.member) == holds).then(|| self.clone()));
        }
        let mut narrowed = self.clone();
        match self.hull.split(&test, holds)[..] {
            [] => return Ok(None),
            [piece] => narrowed.hull = piece,
            _ => narrowed.tests.push((test, holds)),
        }
        if narrowed.hull != self.hull && !narrowed.simplify(budget)? {
            return Ok(None);
        }
        if test.holds(narrowed.member) != holds {
            match narrowed.search(budget)? {
                Some(member) => narrowed.member = member,
                None => return Ok(None),
            }
        }
        Ok(Some(narrowed))
    }

    /// After the hull became smaller: drops the tests that leave a single piece of it, and makes that
    /// piece the hull. False if one of them leaves nothing.
    fn simplify(&mut self, budget: &mut Budget) -> Result<bool, Mismatch> {
        let Piece { low, high, .. } = self.hull;
        if low == high {
            let tests = std::mem::take(&mut self.tests);
            return Ok(tests.iter().all(|(test, holds)| test.holds(low) == *holds));
        }
        let mut kept = Vec::new();
        for (test, holds) in std::mem::take(&mut self.tests) {
            budget.spend()?;
            match self.hull.split(&test, holds)[..] {
                [] => return Ok(false),
                [piece] => self.hull = piece,
                _ => kept.push((test, holds)),
            }
        }
        self.tests = kept;
        Ok(true)
    }

    /// Looks for a member: the smallest one of a piece that is left when all tests have split it.
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
