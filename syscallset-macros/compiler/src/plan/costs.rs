//! What tests on the runs of a policy cost.

use crate::plan::{EMULATED_NUMBERS, INSTRUCTION_COST};

/// Costs are multiples of this; the rest prefers, of equal costs, trees that are flatter for numbers
/// that E does not count.
pub(super) const COST_UNIT: u64 = 1 << 24;

/// A run, its decision replaced by a small number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval {
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) class: usize,
}

/// The runs of a policy and what tests on them cost.
pub(super) struct Costs {
    pub(super) intervals: Vec<Interval>,
    weights: Vec<u64>,
    /// How many decisions are told apart.
    pub(super) classes: usize,
}

impl Costs {
    pub(super) fn new(intervals: Vec<Interval>, classes: usize) -> Self {
        Self {
            weights: weights(&intervals),
            intervals,
            classes,
        }
    }

    /// How many numbers E counts in the runs from `begin` to before `end`.
    pub(super) fn weight(&self, begin: usize, end: usize) -> u64 {
        self.weights[end] - self.weights[begin]
    }

    /// Cost of one test that decides between the runs from `begin` to before `end`.
    pub(super) fn test(&self, begin: usize, end: usize) -> u64 {
        (INSTRUCTION_COST + self.weight(begin, end)) * COST_UNIT + (end - begin) as u64
    }

    /// Cost of a chain that finds `singles` single numbers, `counted` of them counted by E.
    pub(super) fn chain(&self, begin: usize, end: usize, singles: u64, counted: u64) -> u64 {
        // The first test is made by all numbers, every counted one spares one number the next tests.
        let all = self.weight(begin, end);
        let spared = if counted == 0 {
            0
        } else {
            counted * (counted - 1) / 2 + (singles - counted) * counted
        };
        (singles * (INSTRUCTION_COST + all) - spared) * COST_UNIT + singles * (end - begin) as u64
    }
}

/// How many numbers of each run E counts, as prefix sums.
fn weights(intervals: &[Interval]) -> Vec<u64> {
    // Some tables do not begin at 0 (those of MIPS begin at 4000, 5000 and 6000): count from the
    // first boundary then.
    let start = match intervals.get(1) {
        Some(second) if second.first >= EMULATED_NUMBERS => second.first,
        _ => 0,
    };
    let end = u64::from(start) + u64::from(EMULATED_NUMBERS);
    let mut sums = vec![0];
    let mut sum = 0;
    for interval in intervals {
        let first = u64::from(interval.first.max(start));
        let last = (u64::from(interval.last) + 1).min(end);
        sum += last.saturating_sub(first);
        sums.push(sum);
    }
    sums
}
