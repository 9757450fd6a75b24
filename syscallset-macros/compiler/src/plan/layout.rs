//! From the runs of a policy to its tree: costs, and the tree that the search chose.

use crate::lowered::{Decision, Lowered};
use crate::plan::bits::separate;
use crate::plan::search::{Choice, Table};
use crate::plan::{EMULATED_NUMBERS, INSTRUCTION_COST, Tree};

/// Lists with more runs than this are cut in the middle before the search.
const CHUNK: usize = 256;

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

/// The best tree for a policy, which has at least one run.
pub(crate) fn plan(lowered: &Lowered) -> Tree<'_> {
    let planner = Planner::new(lowered);
    planner.tree(0, planner.intervals.len())
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

/// The runs of a policy and what tests on them cost.
pub(super) struct Planner<'a> {
    pub(super) intervals: Vec<Interval>,
    weights: Vec<u64>,
    decisions: Vec<&'a Decision>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(lowered: &'a Lowered) -> Self {
        let mut decisions: Vec<&Decision> = Vec::new();
        let mut intervals = Vec::new();
        for (index, run) in lowered.runs.iter().enumerate() {
            let known = decisions.iter().position(|known| **known == run.decision);
            let class = known.unwrap_or_else(|| {
                decisions.push(&run.decision);
                decisions.len() - 1
            });
            let last = match lowered.runs.get(index + 1) {
                Some(next) => next.first.saturating_sub(1),
                None => u32::MAX,
            };
            intervals.push(Interval {
                first: run.first,
                last,
                class,
            });
        }
        Self {
            weights: weights(&intervals),
            intervals,
            decisions,
        }
    }

    /// The tree for the runs from `begin` to before `end`.
    fn tree(&self, begin: usize, end: usize) -> Tree<'a> {
        if let Some(tree) = self.bits(begin, end) {
            return tree;
        }
        if end - begin > CHUNK {
            let middle = begin + (end - begin) / 2;
            return self.split(middle, self.tree(begin, middle), self.tree(middle, end));
        }
        let table = Table::fill(self, begin, end);
        self.chosen(&table, begin, end)
    }

    fn chosen(&self, table: &Table, begin: usize, end: usize) -> Tree<'a> {
        let cut = |at| {
            let below = self.chosen(table, begin, at);
            self.split(at, below, self.chosen(table, at, end))
        };
        match table.choice(begin, end) {
            Choice::Decided => Tree::Decided(self.decisions[self.intervals[begin].class]),
            Choice::Singles { rest } => self.singles(begin, end, rest),
            Choice::Split { at } => cut(at),
            // One test decides two runs as well.
            Choice::Bits => self.bits(begin, end).unwrap_or_else(|| cut(begin + 1)),
        }
    }

    fn split(&self, at: usize, below: Tree<'a>, from: Tree<'a>) -> Tree<'a> {
        Tree::Split {
            at: self.intervals[at].first,
            below: Box::new(below),
            from: Box::new(from),
        }
    }

    fn bits(&self, begin: usize, end: usize) -> Option<Tree<'a>> {
        let separation = separate(&self.intervals[begin..end])?;
        Some(Tree::Bits {
            mask: separation.mask,
            any: self.decisions[separation.any],
            none: self.decisions[separation.none],
        })
    }

    fn singles(&self, begin: usize, end: usize, rest: usize) -> Tree<'a> {
        let single = |index: &usize| self.intervals[*index].class != rest;
        let counted = |index: &usize| self.weight(*index, index + 1) != 0;
        let singles = || (begin..end).filter(single);
        // Each number found early spares it the later tests, if E counts it at all.
        let uncounted = singles().filter(|index| !counted(index));
        Tree::Singles {
            singles: singles()
                .filter(counted)
                .chain(uncounted)
                .map(|index| {
                    let interval = self.intervals[index];
                    (interval.first, self.decisions[interval.class])
                })
                .collect(),
            rest: self.decisions[rest],
        }
    }

    /// How many decisions are told apart.
    pub(super) fn classes(&self) -> usize {
        self.decisions.len()
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
