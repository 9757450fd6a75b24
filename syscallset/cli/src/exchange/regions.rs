//! A decision as alternatives that exclude one another.
//!
//! In a filter string the last item that matches decides; the formats of others know sets of rules without
//! an order. So the rules are taken apart: where the second holds and the first does not, and so on.

use std::collections::BTreeMap;

use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::{Condition, Decision, Op, Width};

use super::cubes::{TooMany, Work, of_argument};

/// More alternatives than this are not written: nobody could read them.
const MOST: usize = 2000;

/// Conditions that must all hold; their widths are [`Width::U32`] and [`Width::U64`].
pub(crate) type Region = Vec<Condition>;

/// For each action the regions in which it is decided. They are disjoint and cover all arguments; an empty
/// region means all arguments.
///
/// # Errors
///
/// [`TooMany`].
pub(crate) fn regions(decision: &Decision) -> Result<BTreeMap<Action, Vec<Region>>, TooMany> {
    decided(vec![Vec::new()], decision, &mut Work::new())
}

/// Whether two decisions are the same whatever the arguments, however they are written.
///
/// # Errors
///
/// [`TooMany`].
pub(crate) fn alike(one: &Decision, other: &Decision) -> Result<bool, TooMany> {
    let mut work = Work::new();
    for (action, within) in regions(one)? {
        let mut parts = decided(within, other, &mut work)?;
        parts.remove(&action);
        for region in parts.into_values().flatten() {
            if !is_surely_empty(&region, &mut work)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// For each action the parts of disjoint regions in which it is decided.
fn decided(
    within: Vec<Region>,
    decision: &Decision,
    work: &mut Work,
) -> Result<BTreeMap<Action, Vec<Region>>, TooMany> {
    let mut regions: BTreeMap<Action, Vec<Region>> = BTreeMap::new();
    let mut rest = within;
    for rule in &decision.rules {
        let mut matched = rest.clone();
        let mut unmatched = Vec::new();
        for condition in &rule.conditions {
            // Conditions are taken one by one: the first one fails, or holds and the second fails …
            unmatched.extend(narrow(&matched, &inverse(condition), work)?);
            matched = narrow(&matched, condition, work)?;
        }
        regions.entry(rule.action).or_default().extend(matched);
        rest = unmatched;
    }
    regions.entry(decision.otherwise).or_default().extend(rest);
    Ok(regions)
}

/// The parts of the regions in which a condition holds as well.
fn narrow(
    regions: &[Region],
    condition: &Condition,
    work: &mut Work,
) -> Result<Vec<Region>, TooMany> {
    let mut narrowed = Vec::new();
    for region in regions {
        for unsigned in unsigned(condition) {
            let mut region = region.clone();
            for condition in unsigned {
                if !region.contains(&condition) {
                    region.push(condition);
                }
            }
            if !is_empty(&region, work)? {
                narrowed.push(region);
            }
        }
    }
    if narrowed.len() > MOST {
        return Err(TooMany);
    }
    Ok(narrowed)
}

/// Whether the conditions on one argument contradict one another.
fn is_empty(region: &Region, work: &mut Work) -> Result<bool, TooMany> {
    for arg in 0..6 {
        let conditions: Vec<_> = region
            .iter()
            .filter(|condition| condition.arg == arg)
            .copied()
            .collect();
        if conditions.len() < 2 {
            continue;
        }
        match of_argument(&conditions, work) {
            Ok(cubes) if cubes.is_empty() => return Ok(true),
            Err(TooMany) if work.is_done() => return Err(TooMany),
            // So many that it is not empty, most likely; a region that is does no harm.
            Ok(_) | Err(TooMany) => {}
        }
    }
    Ok(false)
}

/// As [`is_empty`], but never by guess.
fn is_surely_empty(region: &Region, work: &mut Work) -> Result<bool, TooMany> {
    for arg in 0..6 {
        let conditions = region.iter().filter(|condition| condition.arg == arg);
        let conditions: Vec<_> = conditions.copied().collect();
        if of_argument(&conditions, work)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The condition that holds where this one does not.
fn inverse(condition: &Condition) -> Condition {
    let op = match condition.op {
        Op::Eq => Op::Ne,
        Op::Ne => Op::Eq,
        Op::Lt => Op::Ge,
        Op::Le => Op::Gt,
        Op::Gt => Op::Le,
        Op::Ge => Op::Lt,
    };
    Condition { op, ..*condition }
}

/// The condition as disjoint alternatives of unsigned ones.
fn unsigned(condition: &Condition) -> Vec<Vec<Condition>> {
    let width = match condition.width {
        Width::U32 | Width::I32 => Width::U32,
        Width::U64 | Width::I64 => Width::U64,
    };
    let plain = Condition {
        width,
        ..*condition
    };
    let signed = matches!(condition.width, Width::I32 | Width::I64);
    if !signed || matches!(condition.op, Op::Eq | Op::Ne) {
        return vec![vec![plain]];
    }
    // As unsigned numbers, the negative ones follow the others.
    let sign = if width == Width::U32 {
        1 << 31
    } else {
        1 << 63
    };
    let replaced = |op, value| Condition { op, value, ..plain };
    let negative = replaced(Op::Ge, sign);
    let positive = replaced(Op::Lt, sign);
    let below = matches!(condition.op, Op::Lt | Op::Le);
    let value_is_negative = condition.value & sign != 0;
    match (below, value_is_negative) {
        (true, true) => vec![vec![negative, plain]],
        (true, false) => vec![vec![plain], vec![negative]],
        (false, true) => vec![vec![plain], vec![positive]],
        (false, false) => vec![vec![positive, plain]],
    }
}

#[cfg(test)]
mod tests;
