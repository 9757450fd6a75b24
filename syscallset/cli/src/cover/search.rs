//! Branch and bound for the puzzle of [`super::problem`].
//!
//! A node of the search tree holds items that the string will contain (`committed`), items that it
//! will not (`excluded`), and for some classes which item decides about them, from which follows in
//! which order committed items stand. A class makes a *demand* if the empty string or a committed
//! item is wrong about it; it is met once an item that is right stands ahead (nearer to the end of
//! the string) of all committed ones that are wrong. Every node is split by one unmet demand, so that
//! each string belongs to one child: its items and, class by class, its deciders say which.

use super::bits::Bits;
use super::bound::{Demand, Known, bound};
use super::problem::{Cost, Items, Price, Problem, Signed, ones};

/// The best string found.
#[derive(Clone, Debug)]
pub(super) struct Solution {
    /// The sets, from the start of the string to its end.
    pub(super) sequence: Vec<usize>,
    /// Its cost.
    pub(super) cost: Cost,
    /// No string has fewer items than this.
    pub(super) least: usize,
    /// How many nodes were looked at.
    pub(super) nodes: usize,
}

/// Finds the cheapest sequence of sets, beginning with a good one. After `limit` nodes the best so
/// far has to do; its distance from the optimum is then at most `cost.items - least`.
pub(super) fn search(problem: &Problem, start: Vec<usize>, limit: usize) -> Solution {
    let mut search = Search {
        problem,
        cost: cost(problem, &start),
        sequence: start,
        nodes_left: limit,
        given_up: None,
    };
    search.visit(Node::root(problem));
    let items = search.cost.items;
    Solution {
        sequence: search.sequence,
        cost: search.cost,
        least: search.given_up.map_or(items, |least| least.min(items)),
        nodes: limit - search.nodes_left,
    }
}

/// The cost of a string that has these sets, and single calls where they are wrong.
pub(super) fn cost(problem: &Problem, sequence: &[usize]) -> Cost {
    let faults = problem.faults(sequence.iter().rev().copied());
    let mut cost = problem
        .price(&faults)
        .with_sets(sequence.len(), problem.tolerance);
    if cost.items > 0 && !may_begin(problem, sequence, &faults) {
        cost.items += 1;
    }
    cost
}

/// Whether the string can begin with an item without `~`: its first set, or a single call.
fn may_begin(problem: &Problem, sequence: &[usize], faults: &Bits) -> bool {
    sequence.first().is_some_and(|item| item % 2 == 0)
        || faults
            .iter()
            .any(|class| problem.wanted.contains(class) && may_lead(problem, sequence, class))
}

/// Whether no set is wrong about the class, so that items for its calls may stand before all sets.
pub(super) fn may_lead(problem: &Problem, sequence: &[usize], class: usize) -> bool {
    sequence
        .iter()
        .all(|item| problem.wrong_items[class] >> item & 1 == 0)
}

#[derive(Clone)]
struct Node {
    known: Known,
    /// For each committed item, the committed ones that stand ahead of it.
    ahead: Vec<Items>,
    /// For each class, the item that was chosen to decide about it.
    decider: Vec<Option<usize>>,
    /// For each class, the items that were chosen not to decide about it.
    barred: Vec<Items>,
}

struct Search<'p> {
    problem: &'p Problem,
    cost: Cost,
    sequence: Vec<usize>,
    nodes_left: usize,
    /// The least number of items that a node left unexplored could have led to.
    given_up: Option<usize>,
}

impl Search<'_> {
    fn visit(&mut self, mut node: Node) {
        let demands = loop {
            let demands = self.demands(&node);
            let Some(hopeless) = demands
                .iter()
                .find(|demand| demand.committed | demand.fresh == 0)
            else {
                break demands;
            };
            node.settle(self.problem, hopeless.class);
        };
        let least = bound(self.problem, &node.known, &demands);
        if least >= self.cost {
            return;
        }
        let Some(demand) = demands.iter().min_by_key(|demand| self.rank(demand)) else {
            return self.arrive(&node);
        };
        let Some(left) = self.nodes_left.checked_sub(1) else {
            self.given_up = Some(
                self.given_up
                    .map_or(least.items, |other| other.min(least.items)),
            );
            return;
        };
        self.nodes_left = left;
        if demand.committed == 0 {
            self.split_by_item(node, self.favourite(demand.fresh, &demands));
        } else {
            self.split_by_decider(
                node,
                demand.class,
                demand.committed.trailing_zeros() as usize,
            );
        }
    }

    /// First the order among the items that are certain, for that fixes most; big classes first.
    fn rank(&self, demand: &Demand) -> impl Ord + use<> {
        let weight = self.problem.weights[demand.class];
        (
            demand.committed == 0,
            demand.fresh != 0,
            usize::MAX - weight,
            demand.class,
        )
    }

    /// The item that could meet demands of the most calls.
    fn favourite(&self, items: Items, demands: &[Demand]) -> usize {
        let service = |item: usize| -> usize {
            let served = demands
                .iter()
                .filter(|demand| demand.fresh >> item & 1 == 1);
            served
                .map(|demand| self.problem.weights[demand.class])
                .sum()
        };
        let favourite = ones(items).min_by_key(|&item| (usize::MAX - service(item), item));
        favourite.expect("a demand that no item could meet is settled")
    }

    fn split_by_item(&mut self, mut node: Node, item: usize) {
        let mut with = node.clone();
        if with.commit(self.problem, item) {
            self.visit(with);
        }
        node.known.excluded |= 1 << item;
        self.visit(node);
    }

    fn split_by_decider(&mut self, mut node: Node, class: usize, item: usize) {
        let mut decided = node.clone();
        if decided.claim(self.problem, class, item) {
            self.visit(decided);
        }
        node.barred[class] |= 1 << item;
        self.visit(node);
    }

    /// The demands that are not met.
    fn demands(&self, node: &Node) -> Vec<Demand> {
        let classes = ones(node.known.committed).fold(self.problem.wrong, |classes, item| {
            classes.union(&self.problem.items[item].wrong)
        });
        let open = classes.without(&node.known.settled);
        open.iter()
            .filter_map(|class| node.demand(self.problem, class))
            .collect()
    }

    /// All demands are met: a string, in which others may have left items nothing to decide.
    fn arrive(&mut self, node: &Node) {
        let mut sequence = node.order();
        let mut cost = cost(self.problem, &sequence);
        let mut place = 0;
        while place < sequence.len() {
            let item = sequence.remove(place);
            let without = self::cost(self.problem, &sequence);
            if without < cost {
                (cost, place) = (without, 0);
            } else {
                sequence.insert(place, item);
                place += 1;
            }
        }
        if cost < self.cost {
            (self.cost, self.sequence) = (cost, sequence);
        }
    }
}

impl Node {
    fn root(problem: &Problem) -> Self {
        Self {
            known: Known {
                committed: 0,
                excluded: 0,
                settled: Bits::default(),
                price: Price::default(),
            },
            ahead: vec![0; problem.items.len()],
            decider: vec![None; problem.weights.len()],
            barred: vec![0; problem.weights.len()],
        }
    }

    /// Gives each call of a class an item of its own, or tolerates it.
    fn settle(&mut self, problem: &Problem, class: usize) {
        self.known.settled.insert(class);
        if problem.tolerable.contains(class) {
            self.known.price.tolerable += problem.weights[class];
        } else {
            self.known.price.singles += problem.weights[class];
        }
    }

    /// The class's demand, unless it is met.
    fn demand(&self, problem: &Problem, class: usize) -> Option<Demand> {
        let committed = self.known.committed;
        let wrong = problem.wrong_items[class] & committed;
        let right = problem.right_items[class] & !self.barred[class];
        let decides = |item: usize| ones(wrong).all(|other| self.ahead[other] >> item & 1 == 1);
        if ones(right & committed).any(decides) {
            return None;
        }
        let able = ones(right & committed).filter(|&item| self.ahead[item] & wrong == 0);
        Some(Demand {
            class,
            committed: able.fold(0, |items, item| items | 1 << item),
            fresh: right & !committed & !self.known.excluded,
        })
    }

    /// Makes an item part of the string; `false` if that contradicts what was chosen before.
    fn commit(&mut self, problem: &Problem, item: usize) -> bool {
        self.known.committed |= 1 << item;
        // Of a set with and without `~`, the first in the string would be idle.
        self.known.excluded |= 1 << (item ^ 1);
        let Signed { right, wrong, .. } = &problem.items[item];
        right
            .union(wrong)
            .iter()
            .all(|class| self.decider[class].is_none_or(|decider| self.put_ahead(decider, item)))
    }

    /// Lets a committed item decide about a class: it stands ahead of all others that name it.
    fn claim(&mut self, problem: &Problem, class: usize, item: usize) -> bool {
        self.decider[class] = Some(item);
        let naming = problem.right_items[class] | problem.wrong_items[class];
        ones(naming & self.known.committed & !(1 << item)).all(|other| self.put_ahead(item, other))
    }

    /// Orders two committed items and all that follows from it; `false` if they stand the other way.
    fn put_ahead(&mut self, first: usize, second: usize) -> bool {
        if self.ahead[first] >> second & 1 == 1 {
            return false;
        }
        let gained = self.ahead[first] | 1 << first;
        for item in ones(self.known.committed) {
            if item == second || self.ahead[item] >> second & 1 == 1 {
                self.ahead[item] |= gained;
            }
        }
        true
    }

    /// The committed items from the start of the string to its end: allowed sets as early as the
    /// order lets them, then by number.
    fn order(&self) -> Vec<usize> {
        let mut left = self.known.committed;
        let mut sequence = Vec::new();
        while left != 0 {
            let later = ones(left).fold(0, |later, item| later | self.ahead[item]);
            let next = ones(left & !later).min_by_key(|item| (item % 2, *item));
            let item = next.expect("`put_ahead` refuses cycles");
            sequence.push(item);
            left &= !(1 << item);
        }
        sequence
    }
}
