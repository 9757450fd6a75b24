//! The search finds what trying every tree finds.

use std::collections::HashMap;

use super::Table;
use crate::action::Action;
use crate::lowered::{Decision, Lowered, Run};
use crate::plan::INSTRUCTION_COST;
use crate::plan::bits::separate;
use crate::plan::layout::{COST_UNIT, Interval, Planner};

/// The least cost of any tree in which a `JGE` cuts anywhere, a `JEQ` finds any single number at any
/// place, also above a `JGE`, and a `JSET` decides an interval from which nothing was taken.
fn least(planner: &Planner<'_>, indices: &[usize], known: &mut HashMap<Vec<usize>, u64>) -> u64 {
    if let Some(cost) = known.get(indices) {
        return *cost;
    }
    let pieces: Vec<Interval> = indices.iter().map(|&i| planner.intervals[i]).collect();
    if pieces.iter().all(|piece| piece.class == pieces[0].class) {
        return 0;
    }
    let counted: u64 = indices.iter().map(|&i| planner.weight(i, i + 1)).sum();
    let untouched = indices.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    let mut below_test = u64::MAX;
    if untouched && separate(&pieces).is_some() {
        below_test = 0;
    }
    for cut in 1..indices.len() {
        let cost = least(planner, &indices[..cut], known) + least(planner, &indices[cut..], known);
        below_test = below_test.min(cost);
    }
    for (at, piece) in pieces.iter().enumerate() {
        if piece.first == piece.last {
            let mut rest = indices.to_vec();
            rest.remove(at);
            below_test = below_test.min(least(planner, &rest, known));
        }
    }
    let cost = INSTRUCTION_COST + counted + below_test;
    known.insert(indices.to_vec(), cost);
    cost
}

/// A linear congruential generator (Knuth's MMIX constants): the same lists on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn nothing_is_cheaper_than_what_is_found() {
    let mut random = Random(1);
    for _ in 0..300 {
        let classes = 2 + random.below(3);
        let mut runs: Vec<Run> = Vec::new();
        let mut first = 0;
        for _ in 0..2 + random.below(7) {
            let verdict = u16::try_from(random.below(classes)).unwrap();
            let decision = Decision::constant(Action::Errno(verdict + 1));
            if runs.last().is_none_or(|run| run.decision != decision) {
                runs.push(Run { first, decision });
            }
            let long = [1, 1, 1, 2, 3, 9, 200];
            first += long[usize::try_from(random.below(7)).unwrap()];
        }
        let lowered = Lowered {
            audit_arch: 1,
            big_endian: false,
            foreign: Action::KillProcess,
            runs,
        };
        let planner = Planner::new(&lowered);
        let count = planner.intervals.len();
        if count == 1 {
            continue;
        }
        let table = Table::fill(&planner, 0, count);
        let found = table.best[table.slot(0, count)].cost / COST_UNIT;
        let all: Vec<usize> = (0..count).collect();
        let least = least(&planner, &all, &mut HashMap::new());
        assert_eq!(found, least, "{:?}", planner.intervals);
    }
}
