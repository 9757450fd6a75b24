//! The cheapest way to decide each interval of a list of runs.
//!
//! The least cost of deciding a number known to lie in some neighbouring runs is the cheapest of the
//! leaves for that interval and of all ways to cut it: one test, made by every number in it, and the
//! best trees of both parts. Of equal costs the first one found is kept, so the result is determined
//! by the policy alone.
//!
//! Trying every cut is cubic in the number of runs. In long lists only those are tried that lie near
//! the best cuts of the intervals that are one run shorter (for Knuth's optimal search trees nothing
//! is lost by that; here it is a heuristic, so a margin is left).

use crate::plan::bits::separate;
use crate::plan::costs::Costs;

/// Up to this many runs every cut is tried.
const EXHAUSTIVE: usize = 64;

/// How far from the best cuts of shorter intervals a cut is tried in longer lists.
const MARGIN: usize = 2;

/// How an interval is decided best.
#[derive(Clone, Copy, Debug)]
pub(super) enum Choice {
    /// It is one run.
    Decided,
    /// A chain of `JEQ`s for the runs that are not of class `rest`.
    Singles { rest: usize },
    /// One `JSET`.
    Bits,
    /// One `JGE` that cuts it before the run `at`.
    Split { at: usize },
}

#[derive(Clone, Copy)]
struct Best {
    cost: u64,
    choice: Choice,
    /// Where the best cut is, though a leaf may be better still; `None` if none was sought.
    cut: Option<usize>,
}

/// The best choice for every interval of the runs from `begin` on.
pub(super) struct Table {
    begin: usize,
    width: usize,
    best: Vec<Best>,
}

impl Table {
    /// Fills the table for the runs from `begin` to before `end`, short intervals first.
    pub(super) fn fill(costs: &Costs, begin: usize, end: usize) -> Self {
        let width = end - begin;
        let decided = Best {
            cost: 0,
            choice: Choice::Decided,
            cut: None,
        };
        let mut table = Self {
            begin,
            width,
            best: vec![decided; width * width],
        };
        let reaches = reaches(costs, begin, end);
        for first in (begin..end).rev() {
            let mut chain = Chain::from(costs, first);
            for after in first + 2..=end {
                chain.extend(costs, after - 1);
                let best = if after - first > 2 && after <= reaches[first - begin] {
                    // No interval of several decisions can do with less than one test.
                    Best {
                        cost: costs.test(first, after),
                        choice: Choice::Bits,
                        cut: None,
                    }
                } else {
                    table.cheapest(costs, &chain, first, after)
                };
                let slot = table.slot(first, after);
                table.best[slot] = best;
            }
        }
        table
    }

    /// The best choice for the runs from `first` to before `after`.
    pub(super) fn choice(&self, first: usize, after: usize) -> Choice {
        self.best[self.slot(first, after)].choice
    }

    fn slot(&self, first: usize, after: usize) -> usize {
        (first - self.begin) * self.width + (after - 1 - self.begin)
    }

    fn cheapest(&self, costs: &Costs, chain: &Chain, first: usize, after: usize) -> Best {
        let (least, cut) = self.best_cut(first, after);
        let split = Best {
            cost: costs.test(first, after) + least,
            choice: Choice::Split { at: cut },
            cut: Some(cut),
        };
        match chain.cost(costs, first, after) {
            Some((cost, rest)) if cost < split.cost => Best {
                cost,
                choice: Choice::Singles { rest },
                cut: Some(cut),
            },
            _ => split,
        }
    }

    /// The least cost of both parts, and where to cut for it.
    fn best_cut(&self, first: usize, after: usize) -> (u64, usize) {
        let (mut low, mut high) = (first + 1, after - 1);
        if self.width > EXHAUSTIVE {
            if let Some(cut) = self.best[self.slot(first, after - 1)].cut {
                low = low.max(cut - MARGIN.min(cut));
            }
            if let Some(cut) = self.best[self.slot(first + 1, after)].cut {
                high = high.min(cut + MARGIN);
            }
            // The two may cross, as this is a heuristic.
            high = high.max(low);
        }
        #[cfg(test)]
        tests::count(high - low + 1);
        let mut least = (u64::MAX, low);
        for cut in low..=high {
            let below = self.best[self.slot(first, cut)].cost;
            let from = self.best[self.slot(cut, after)].cost;
            if below + from < least.0 {
                least = (below + from, cut);
            }
        }
        least
    }
}

/// Per run, where the longest interval ends that begins there and that one `JSET` decides.
fn reaches(costs: &Costs, begin: usize, end: usize) -> Vec<usize> {
    // A part of an interval that one JSET decides is one that one JSET decides, so no interval ends
    // before the one that begins a run earlier.
    let mut reach = begin + 1;
    (begin..end)
        .map(|first| {
            reach = reach.max((first + 2).min(end));
            while reach < end {
                #[cfg(test)]
                tests::count(reach - first + 1);
                if separate(&costs.intervals[first..=reach]).is_none() {
                    break;
                }
                reach += 1;
            }
            reach
        })
        .collect()
}

/// What is known about a chain of `JEQ`s for an interval that grows at its end.
struct Chain {
    /// Per class, how many runs of the interval have it, and how many numbers E counts in them.
    totals: Vec<(u64, u64)>,
    runs: u64,
    /// A class with the most runs.
    commonest: usize,
    /// The class of the runs with several numbers, which can only be the rest.
    wide: Option<usize>,
    possible: bool,
}

impl Chain {
    fn from(costs: &Costs, first: usize) -> Self {
        let mut chain = Self {
            totals: vec![(0, 0); costs.classes],
            runs: 0,
            commonest: costs.intervals[first].class,
            wide: None,
            possible: true,
        };
        chain.extend(costs, first);
        chain
    }

    fn extend(&mut self, costs: &Costs, run: usize) {
        let interval = costs.intervals[run];
        self.runs += 1;
        let total = &mut self.totals[interval.class];
        total.0 += 1;
        total.1 += costs.weight(run, run + 1);
        if total.0 > self.totals[self.commonest].0 {
            self.commonest = interval.class;
        }
        if interval.first != interval.last {
            self.possible &= self.wide.is_none_or(|class| class == interval.class);
            self.wide = Some(interval.class);
        }
    }

    /// Cost of the chain, and the class of what it leaves.
    fn cost(&self, costs: &Costs, first: usize, after: usize) -> Option<(u64, usize)> {
        if !self.possible {
            return None;
        }
        let rest = self.wide.unwrap_or(self.commonest);
        let (runs, counted) = self.totals[rest];
        let singles = self.runs - runs;
        let counted = costs.weight(first, after) - counted;
        Some((costs.chain(first, after, singles, counted), rest))
    }
}

#[cfg(test)]
mod tests;
