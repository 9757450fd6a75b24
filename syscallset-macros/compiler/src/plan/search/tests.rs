//! The search finds what trying every tree finds, in bounded work.

use std::cell::Cell;
use std::collections::HashMap;

use syscallset_tables::{Arch, SETS};

use super::Table;
use crate::action::Action;
use crate::lower::lower;
use crate::lowered::{Decision, Lowered, Run};
use crate::parse::parse;
use crate::plan::INSTRUCTION_COST;
use crate::plan::bits::separate;
use crate::plan::costs::{COST_UNIT, Costs, Interval};
use crate::plan::layout::{Planner, plan};
use crate::resolve::resolve;

thread_local! {
    /// Cuts tried, and runs looked at for a `JSET`, in this thread.
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// Counts steps of the search.
pub(super) fn count(steps: usize) {
    STEPS.set(STEPS.get() + steps);
}

fn steps(lowered: &Lowered) -> usize {
    STEPS.set(0);
    let _ = plan(lowered);
    STEPS.get()
}

/// The action for a call number.
type ActionOf = fn(u32) -> Action;

/// Steps of an unoptimised build that fit in 5 ms: with everything around the loops, planning takes
/// 31 ns there for each, measured on lists of 100 to 200 runs on a machine busy with other work.
const IN_5_MS: usize = 125_000;

/// Steps that fit in 50 ms.
const IN_50_MS: usize = 10 * IN_5_MS;

/// The least cost of any tree in which a `JGE` cuts anywhere, a `JEQ` finds any single number at any
/// place, also above a `JGE`, and a `JSET` decides an interval from which nothing was taken.
fn least(costs: &Costs, indices: &[usize], known: &mut HashMap<Vec<usize>, u64>) -> u64 {
    if let Some(cost) = known.get(indices) {
        return *cost;
    }
    let pieces: Vec<Interval> = indices.iter().map(|&i| costs.intervals[i]).collect();
    if pieces.iter().all(|piece| piece.class == pieces[0].class) {
        return 0;
    }
    let counted: u64 = indices.iter().map(|&i| costs.weight(i, i + 1)).sum();
    let untouched = indices.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    let mut below_test = u64::MAX;
    if untouched && separate(&pieces).is_some() {
        below_test = 0;
    }
    for cut in 1..indices.len() {
        let cost = least(costs, &indices[..cut], known) + least(costs, &indices[cut..], known);
        below_test = below_test.min(cost);
    }
    for (at, piece) in pieces.iter().enumerate() {
        if piece.first == piece.last {
            let mut rest = indices.to_vec();
            rest.remove(at);
            below_test = below_test.min(least(costs, &rest, known));
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
        let costs = Planner::new(&lowered).costs;
        let count = costs.intervals.len();
        if count == 1 {
            continue;
        }
        let table = Table::fill(&costs, 0, count);
        let found = table.best[table.slot(0, count)].cost / COST_UNIT;
        let all: Vec<usize> = (0..count).collect();
        let least = least(&costs, &all, &mut HashMap::new());
        assert_eq!(found, least, "{:?}", costs.intervals);
    }
}

#[test]
fn every_set_takes_few_steps_on_every_architecture() {
    let mut most = (0, String::new());
    for arch in Arch::ALL.iter().copied() {
        for set in SETS {
            let filter = parse(set.name).expect("a set is a filter");
            let policy = resolve(&filter, arch, Action::KillProcess).expect("a set is a filter");
            let steps = steps(&lower(&policy));
            let what = format!("{} on {}", set.name, arch.name());
            assert!(steps <= IN_5_MS, "{what}: {steps} steps");
            most = most.max((steps, what));
        }
    }
    println!("most: {} steps, {}", most.0, most.1);
}

#[test]
fn the_worst_lists_take_boundedly_many_steps() {
    let list = |calls: u32, action: fn(u32) -> Action| Lowered {
        audit_arch: 1,
        big_endian: false,
        foreign: Action::KillProcess,
        runs: (0..calls)
            .map(|nr| Run {
                first: nr,
                decision: Decision::constant(action(nr)),
            })
            .collect(),
    };
    let errno = |nr: u32| Action::Errno(u16::try_from(nr % 4000).unwrap() + 1);
    let lists: [(&str, ActionOf); 3] = [
        ("every second call", |nr| match nr % 2 {
            0 => Action::Allow,
            _ => Action::KillProcess,
        }),
        ("three actions by turns", |nr| match nr % 3 {
            0 => Action::Allow,
            1 => Action::Log,
            _ => Action::KillProcess,
        }),
        ("an error number for each call", errno),
    ];
    for (what, action) in lists {
        // The tables have fewer than 500 calls; longer lists are cut into parts, so that their work
        // grows with their length alone.
        for calls in [63, 64, 65, 128, 230, 256, 257, 480, 512] {
            let steps = steps(&list(calls, action));
            println!("{what}, {calls}: {steps} steps");
            assert!(steps <= IN_50_MS, "{what}, {calls}: {steps} steps");
        }
        let [once, twice] = [2048, 4096].map(|calls| steps(&list(calls, action)));
        assert!(twice <= 2 * once + IN_5_MS, "{what}: {once}, {twice} steps");
    }
}
