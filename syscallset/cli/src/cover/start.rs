//! A good string to begin the search with: from single calls alone, by the best change at each step.

use super::problem::{Cost, Problem};
use super::search::cost;

/// Puts in, takes out and replaces sets as long as that makes the string cheaper.
pub(super) fn start(problem: &Problem) -> Vec<usize> {
    let mut sequence = Vec::new();
    let mut least = cost(problem, &sequence);
    while let Some((better, next)) = best_change(problem, &sequence, least) {
        (least, sequence) = (better, next);
    }
    sequence
}

fn best_change(problem: &Problem, sequence: &[usize], least: Cost) -> Option<(Cost, Vec<usize>)> {
    let mut best: Option<(Cost, Vec<usize>)> = None;
    let mut consider = |candidate: Vec<usize>| {
        let cost = cost(problem, &candidate);
        if cost < best.as_ref().map_or(least, |(best, _)| *best) {
            best = Some((cost, candidate));
        }
    };
    for place in 0..sequence.len() {
        let mut shorter = sequence.to_vec();
        shorter.remove(place);
        consider(shorter);
    }
    for item in 0..problem.items.len() {
        if sequence.iter().any(|other| other / 2 == item / 2) {
            continue;
        }
        for place in 0..=sequence.len() {
            let mut longer = sequence.to_vec();
            longer.insert(place, item);
            consider(longer);
        }
    }
    best
}
