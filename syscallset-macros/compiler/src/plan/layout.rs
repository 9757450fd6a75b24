//! From the runs of a policy to its tree, as the search chose it.

use crate::lowered::{Decision, Lowered};
use crate::plan::Tree;
use crate::plan::bits::separate;
use crate::plan::costs::{Costs, Interval};
use crate::plan::search::{Choice, Table};

/// Lists with more runs than this are cut in the middle before the search.
const CHUNK: usize = 256;

/// The best tree for a policy, which has at least one run.
pub(crate) fn plan(lowered: &Lowered) -> Tree<'_> {
    let planner = Planner::new(lowered);
    planner.tree(0, planner.costs.intervals.len())
}

/// The runs of a policy, what tests on them cost, and the decision that each class stands for.
pub(super) struct Planner<'a> {
    pub(super) costs: Costs,
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
            costs: Costs::new(intervals, decisions.len()),
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
        let table = Table::fill(&self.costs, begin, end);
        self.chosen(&table, begin, end)
    }

    fn chosen(&self, table: &Table, begin: usize, end: usize) -> Tree<'a> {
        let cut = |at| {
            let below = self.chosen(table, begin, at);
            self.split(at, below, self.chosen(table, at, end))
        };
        match table.choice(begin, end) {
            Choice::Decided => Tree::Decided(self.decisions[self.costs.intervals[begin].class]),
            Choice::Singles { rest } => self.singles(begin, end, rest),
            Choice::Split { at } => cut(at),
            // One test decides two runs as well.
            Choice::Bits => self.bits(begin, end).unwrap_or_else(|| cut(begin + 1)),
        }
    }

    fn split(&self, at: usize, below: Tree<'a>, from: Tree<'a>) -> Tree<'a> {
        Tree::Split {
            at: self.costs.intervals[at].first,
            below: Box::new(below),
            from: Box::new(from),
        }
    }

    fn bits(&self, begin: usize, end: usize) -> Option<Tree<'a>> {
        let separation = separate(&self.costs.intervals[begin..end])?;
        Some(Tree::Bits {
            mask: separation.mask,
            any: self.decisions[separation.any],
            none: self.decisions[separation.none],
        })
    }

    fn singles(&self, begin: usize, end: usize, rest: usize) -> Tree<'a> {
        let single = |index: &usize| self.costs.intervals[*index].class != rest;
        let counted = |index: &usize| self.costs.weight(*index, index + 1) != 0;
        let singles = || (begin..end).filter(single);
        // Each number found early spares it the later tests, if E counts it at all.
        let uncounted = singles().filter(|index| !counted(index));
        Tree::Singles {
            singles: singles()
                .filter(counted)
                .chain(uncounted)
                .map(|index| {
                    let interval = self.costs.intervals[index];
                    (interval.first, self.decisions[interval.class])
                })
                .collect(),
            rest: self.decisions[rest],
        }
    }
}
