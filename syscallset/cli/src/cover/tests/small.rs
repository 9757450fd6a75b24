//! Whether the search finds the shortest string, against all strings over small tables.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::Dice;
use crate::cover::problem::{Class, Problem};
use crate::cover::search::search;
use crate::cover::start::start;

/// Sets and calls, small enough for trying all strings.
#[derive(Debug)]
struct Table {
    calls: usize,
    sets: Vec<u16>,
    /// The calls that the empty string allows.
    implicit: u16,
    /// The calls that std needs, and the set of them, if there is one.
    runtime: u16,
    runtime_set: Option<usize>,
}

impl Table {
    fn random(dice: &mut Dice) -> Self {
        let calls = 3 + dice.below(8);
        let all = (1_u16 << calls) - 1;
        let mut sets: Vec<u16> = Vec::new();
        for _ in 0..=dice.below(7) {
            // Sets that nest, overlap and stand alone.
            let mut members = u16::try_from(dice.below(1 << calls)).unwrap();
            if dice.below(3) == 0 {
                members |= sets.last().copied().unwrap_or(0);
            }
            if dice.below(4) == 0 {
                members |= u16::try_from(dice.below(1 << calls)).unwrap();
            }
            sets.push(members & all);
        }
        let mut runtime_set = None;
        let mut runtime = 0;
        for _ in 0..dice.below(4) {
            runtime |= 1 << dice.below(calls);
        }
        if dice.below(2) == 0 {
            let place = dice.below(sets.len());
            sets[place] = runtime;
            runtime_set = Some(place);
        }
        let implicit = u16::try_from(dice.below(1 << calls)).unwrap() | runtime;
        Self {
            calls,
            sets,
            implicit,
            runtime,
            runtime_set,
        }
    }

    /// What the search is told of a call.
    fn class(&self, call: usize, wanted: u16, tolerable: u16) -> Class {
        let has = |members: u16| members >> call & 1 == 1;
        let sets = (0..self.sets.len())
            .filter(|&set| has(self.sets[set]))
            .fold(0, |mask, set| mask | 1 << set);
        let by_name = self.runtime_set.map_or(0, |set| 1 << set);
        Class {
            sets,
            bystanders: if has(self.runtime) {
                sets & !by_name
            } else {
                0
            },
            implicit: has(self.implicit),
            wanted: has(wanted),
            tolerable: has(tolerable),
        }
    }

    /// The length of the shortest string, by trying all strings: an item takes the set of allowed
    /// calls, and that of calls of std's that were refused by the way, from one state to the next.
    fn shortest(&self, accept: impl Fn(u16) -> bool) -> usize {
        let singles = (0..self.calls).map(|call| (1 << call, true));
        let by_name = |set| self.runtime_set == Some(set);
        let sets = self.sets.iter().enumerate();
        let items: Vec<(u16, bool)> = sets
            .map(|(set, members)| (*members, by_name(set)))
            .chain(singles)
            .collect();
        let accept = |(allowed, taken): (u16, u16)| taken == 0 && accept(allowed);
        if accept((self.implicit, 0)) {
            return 0;
        }
        let mut distance: HashMap<(u16, u16), usize> = HashMap::new();
        let mut queue = VecDeque::new();
        for (members, _) in &items {
            let state = (self.implicit | members, 0);
            if distance.insert(state, 1).is_none() {
                queue.push_back(state);
            }
        }
        while let Some(state) = queue.pop_front() {
            let length = distance[&state];
            if accept(state) {
                return length;
            }
            let (allowed, taken) = state;
            for &(members, means_it) in &items {
                let newly = if means_it { 0 } else { members & self.runtime };
                let allow = (allowed | members, taken & !members);
                let refuse = (allowed & !members, taken & !members | newly);
                for next in [allow, refuse] {
                    distance.entry(next).or_insert_with(|| {
                        queue.push_back(next);
                        length + 1
                    });
                }
            }
        }
        unreachable!("single calls reach every state")
    }
}

#[test]
fn no_string_is_shorter_on_small_tables() {
    let mut dice = Dice(1);
    let mut lengths = BTreeSet::new();
    let mut guarded = 0;
    for round in 0..6000 {
        let table = Table::random(&mut dice);
        let calls = table.calls;
        let wanted = u16::try_from(dice.below(1 << calls)).unwrap();
        let tolerance = if round % 3 == 0 { dice.below(4) } else { 0 };
        let tolerable = u16::try_from(dice.below(1 << calls)).unwrap() & !wanted & !table.implicit;
        let tolerable = if tolerance > 0 { tolerable } else { 0 };

        let classes: Vec<_> = (0..calls)
            .map(|call| table.class(call, wanted, tolerable))
            .collect();
        let (problem, _) = Problem::new(table.sets.len(), &classes, tolerance);
        let solution = search(&problem, start(&problem), usize::MAX);
        let truth = table.shortest(|state| {
            let extra = state & !wanted;
            wanted & !state == 0
                && extra & !tolerable == 0
                && usize::try_from(extra.count_ones()).unwrap() <= tolerance
        });
        let state = format!("{table:?} to {wanted:#b}");
        assert_eq!(
            solution.cost.items, truth,
            "{state}, tolerating {tolerance} of {tolerable:#b}"
        );
        assert_eq!(solution.least, truth, "{state}");
        guarded += usize::from(table.runtime & !wanted != 0);
        lengths.insert(truth);
    }
    assert!(lengths.len() > 6, "the puzzles differ: {lengths:?}");
    assert!(guarded > 1000, "std's calls are taken away: {guarded}");
}

#[test]
fn a_search_without_nodes_still_bounds() {
    let mut dice = Dice(7);
    let mut open = 0;
    for _ in 0..200 {
        let classes: Vec<_> = (0..9)
            .map(|_| Class {
                sets: u64::try_from(dice.below(64)).unwrap(),
                bystanders: 0,
                implicit: dice.below(3) == 0,
                wanted: dice.below(2) == 0,
                tolerable: false,
            })
            .collect();
        let (problem, _) = Problem::new(6, &classes, 0);
        let truth = search(&problem, start(&problem), usize::MAX).cost.items;
        for limit in [0, 1, 3] {
            let guess = search(&problem, start(&problem), limit);
            assert!(guess.least <= truth && truth <= guess.cost.items);
            open += usize::from(guess.least < truth);
        }
    }
    assert!(open > 0, "some searches end early");
}
