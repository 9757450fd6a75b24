//! A decision as alternatives that exclude one another.
//!
//! In a filter string the last item that matches decides; the formats of others know sets of rules without
//! an order. So the rules are taken apart: where the second holds and the first does not, and so on.

use std::collections::BTreeMap;

use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::{Condition, Decision, Op, Width};

use super::cubes::{Work, of_argument};

/// More alternatives than this are not written: nobody could read them.
const MOST: usize = 2000;

/// A decision that takes more than [`MOST`] alternatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

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
mod tests {
    use proptest::prelude::*;
    use syscallset_compiler::lowered::Rule;

    use super::*;
    use crate::exchange::cubes::Cube;

    fn op() -> impl Strategy<Value = Op> {
        prop::sample::select(vec![Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge])
    }

    /// Values around which comparisons change.
    fn edge() -> impl Strategy<Value = u64> {
        (
            prop::sample::select(vec![
                0,
                1,
                5,
                1 << 31,
                1 << 32,
                1 << 63,
                u64::MAX,
                0xffff_fff0,
            ]),
            -1_i64..=1,
        )
            .prop_map(|(edge, step)| edge.wrapping_add_signed(step))
    }

    fn condition() -> impl Strategy<Value = Condition> {
        let widths = vec![Width::U32, Width::I32, Width::U64, Width::I64];
        (
            0_u8..2,
            prop::sample::select(widths),
            op(),
            edge(),
            prop::option::of(edge()),
        )
            .prop_map(|(arg, width, op, value, mask)| {
                let all = crate::describe::all_ones(width);
                let signed = matches!(width, Width::I32 | Width::I64);
                let ordered = !matches!(op, Op::Eq | Op::Ne);
                let mask = mask
                    .filter(|_| !(signed && ordered))
                    .map_or(all, |mask| mask & all);
                Condition {
                    arg,
                    width,
                    mask,
                    op,
                    value: value & all,
                }
            })
    }

    fn decision() -> impl Strategy<Value = Decision> {
        let action =
            || prop::sample::select(vec![Action::Allow, Action::KillProcess, Action::Errno(1)]);
        let rule = (prop::collection::vec(condition(), 1..3), action())
            .prop_map(|(conditions, action)| Rule { conditions, action });
        (prop::collection::vec(rule, 0..3), action())
            .prop_map(|(rules, otherwise)| Decision { rules, otherwise })
    }

    proptest! {
        // Each case takes the regions of regions.
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn decisions_are_alike_however_they_are_written(
            decision in decision(),
            other in decision(),
            calls in prop::collection::vec((edge(), edge()), 50),
        ) {
            let rules = regions(&decision).unwrap().into_iter().flat_map(|(action, regions)| {
                regions.into_iter().map(move |conditions| Rule { conditions, action })
            });
            // The regions cover all arguments, so that what happens elsewhere does not matter.
            let rewritten = Decision { rules: rules.collect(), otherwise: Action::Log };
            prop_assert_ne!(alike(&decision, &rewritten), Ok(false));
            let same = alike(&decision, &other) == Ok(true);
            for (first, second) in calls {
                let args = [first, second, 0, 0, 0, 0];
                let agree = decision.evaluate(&args) == other.evaluate(&args);
                prop_assert!(agree || !same, "{:x?}", args);
            }
        }
    }

    proptest! {
        #[test]
        fn exactly_one_region_has_each_call(
            decision in decision(),
            calls in prop::collection::vec((edge(), edge()), 20),
        ) {
            let regions = regions(&decision).unwrap();
            for (first, second) in calls {
                let args = [first, second, 0, 0, 0, 0];
                let holding: Vec<_> = regions
                    .iter()
                    .flat_map(|(action, regions)| regions.iter().map(move |region| (action, region)))
                    .filter(|(_, region)| region.iter().all(|condition| condition.holds(&args)))
                    .map(|(action, _)| *action)
                    .collect();
                prop_assert_eq!(holding, vec![decision.evaluate(&args)], "{:x?}", args);
            }
        }

        #[test]
        fn exactly_one_cube_has_each_value_that_fits(
            conditions in prop::collection::vec(condition(), 1..3),
            values in prop::collection::vec(edge(), 30),
        ) {
            let conditions: Vec<_> = conditions
                .into_iter()
                .map(|condition| {
                    let width = match condition.width {
                        Width::U32 | Width::I32 => Width::U32,
                        _ => Width::U64,
                    };
                    Condition { arg: 0, width, ..condition }
                })
                .collect();
            let cubes = of_argument(&conditions, &mut Work::new()).unwrap();
            for value in values {
                let args = [value, 0, 0, 0, 0, 0];
                let holds = conditions.iter().all(|condition| condition.holds(&args));
                let having = cubes.iter().filter(|Cube { mask, value: bits }| value & mask == *bits);
                prop_assert_eq!(having.count(), usize::from(holds), "{:x}", value);
            }
        }
    }
}
