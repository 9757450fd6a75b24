//! What a string must cost at least: dual prices of a relaxed cover.
//!
//! Every unmet demand is given a price such that no way of meeting demands can cost less than the
//! prices it earns. Meeting a demand by an item costs the item, and more: where the item is wrong
//! about a class, a single call or a *helper*, another item nearer to the end of the string, has to
//! put that right. A helper that also names the demand's own class would decide about it in the
//! item's place, so most items are their own helpers' enemies, and the bound is nearly always sharp.

use super::bits::Bits;
use super::problem::{Cost, Items, Price, Problem, ones};

/// The price of one item of the string: many numbers divide it.
const ITEM: usize = 840;

/// What the bound needs to know of a node of the search tree.
#[derive(Clone)]
pub(super) struct Known {
    /// Items that the string has.
    pub(super) committed: Items,
    /// Items that it does not have.
    pub(super) excluded: Items,
    /// Classes whose calls got items of their own, or are tolerated.
    pub(super) settled: Bits,
    /// What these cost.
    pub(super) price: Price,
}

/// A demand that is not met, and the items that may meet it.
pub(super) struct Demand {
    pub(super) class: usize,
    /// Committed items that could stand ahead of those that are wrong.
    pub(super) committed: Items,
    /// Items that could be committed.
    pub(super) fresh: Items,
}

/// No string of the node costs less than this.
pub(super) fn bound(problem: &Problem, known: &Known, demands: &[Demand]) -> Cost {
    // What a committed item may meet may cost nothing more.
    let mut open: Vec<&Demand> = demands
        .iter()
        .filter(|demand| demand.committed == 0)
        .collect();
    open.sort_by_key(|demand| {
        let options = demand.fresh.count_ones();
        (
            options,
            usize::MAX - problem.weights[demand.class],
            demand.class,
        )
    });
    let tolerance = problem.tolerance.saturating_sub(known.price.tolerable);
    // Tolerated calls cost nothing, up to the tolerance: relaxed in the manner of Lagrange, at a few
    // multipliers, any of which makes a valid bound.
    let multipliers: &[usize] = if problem.tolerance == 0 {
        &[ITEM]
    } else {
        &[ITEM, ITEM / 2, ITEM / 4, 0]
    };
    let total = multipliers.iter().map(|&multiplier| {
        let mut prices = Prices::new(problem, known, multiplier);
        let earned: usize = open.iter().map(|demand| prices.raise(demand)).sum();
        earned.saturating_sub(multiplier * tolerance)
    });
    let mut cost = known
        .price
        .with_sets(known.committed.count_ones() as usize, problem.tolerance);
    cost.items += total.max().unwrap_or(0).div_ceil(ITEM);
    cost
}

struct Prices<'p> {
    problem: &'p Problem,
    known: &'p Known,
    budget: Budget,
    /// The budget before the price in hand.
    before: Budget,
}

/// How far prices can still rise.
#[derive(Clone)]
struct Budget {
    /// For each item, what it costs less the prices that count on it.
    items: Vec<usize>,
    /// For each class, what items for its single calls cost less the prices that count on them.
    singles: Vec<usize>,
}

impl<'p> Prices<'p> {
    fn new(problem: &'p Problem, known: &'p Known, multiplier: usize) -> Self {
        let single = |class| {
            if problem.tolerable.contains(class) {
                multiplier
            } else {
                ITEM
            }
        };
        let budget = Budget {
            items: vec![ITEM; problem.items.len()],
            singles: problem
                .weights
                .iter()
                .enumerate()
                .map(|(class, weight)| weight * single(class))
                .collect(),
        };
        Self {
            problem,
            known,
            before: budget.clone(),
            budget,
        }
    }

    /// Sets the price of a demand: as high as every way to meet it allows.
    fn raise(&mut self, demand: &Demand) -> usize {
        self.before.items.copy_from_slice(&self.budget.items);
        self.before.singles.copy_from_slice(&self.budget.singles);
        let target = self.budget.singles[demand.class];
        let mut price = self.charge(demand, target);
        if price < target {
            // Charged in vain where another way was the cheaper one: charge again, less.
            std::mem::swap(&mut self.budget, &mut self.before);
            price = self.charge(demand, price);
        }
        self.budget.singles[demand.class] -= price;
        price
    }

    /// Charges every item that could meet the demand, those with few faults first; the result is what
    /// all of them could bear.
    fn charge(&mut self, demand: &Demand, target: usize) -> usize {
        let mut options: Vec<usize> = ones(demand.fresh).collect();
        options.sort_by_key(|&item| (self.problem.items[item].faults.len(), item));
        options.into_iter().fold(target, |price, item| {
            price.min(self.charge_item(demand.class, item, price))
        })
    }

    fn charge_item(&mut self, class: usize, item: usize, target: usize) -> usize {
        let naming = self.problem.right_items[class] | self.problem.wrong_items[class];
        let mut price = 0;
        for &fault in &self.problem.items[item].faults {
            if price == target {
                return price;
            }
            let helpers = self.problem.right_items[fault] & !naming & !self.known.excluded;
            if helpers & self.known.committed != 0 || self.known.settled.contains(fault) {
                continue;
            }
            let room = ones(helpers)
                .map(|helper| self.budget.items[helper])
                .fold(self.budget.singles[fault].min(target - price), usize::min);
            for helper in ones(helpers) {
                self.budget.items[helper] -= room;
            }
            self.budget.singles[fault] -= room;
            price += room;
        }
        let own = self.budget.items[item].min(target - price);
        self.budget.items[item] -= own;
        price + own
    }
}
