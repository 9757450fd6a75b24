//! Rules for one call, at the widths that the kernel reads and with nothing superfluous.

use std::collections::BTreeMap;

use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::{Condition, Decision, Op, Rule};
use syscallset_tables::Arch;

use super::super::cubes::{Cube, Work, of_argument};
use super::super::profile::Listed;
use super::super::regions::regions;
use super::conditions::Register;

/// More rules for one call than this nobody writes, and much work could be made of them.
const MOST_RULES: usize = 256;

/// The decision that a profile's rules for a call are. `usual` is the action that most refused calls have.
///
/// # Errors
///
/// Conditions on what the kernel does not read, and on addresses.
pub(super) fn simplify(
    call: &str,
    listed: &Listed,
    default: Action,
    usual: Action,
    arch: Arch,
) -> Result<Decision, String> {
    if listed.rules.len() > MOST_RULES {
        return Err(format!("`{call}` has more than {MOST_RULES} rules"));
    }
    let mut decision = Decision::constant(listed.otherwise.unwrap_or(default));
    for (conditions, action) in &listed.rules {
        let mut projected = Vec::new();
        let mut possible = true;
        for condition in conditions {
            match project(call, condition, arch)? {
                Projected::Always => {}
                Projected::Never => possible = false,
                Projected::Condition(condition) => projected.push(condition),
            }
        }
        if !possible {
            continue;
        }
        if projected.is_empty() {
            // It holds always, so that nothing behind it counts.
            decision.otherwise = *action;
            break;
        }
        decision.rules.push(Rule {
            conditions: projected,
            action: *action,
        });
    }
    drop_unreachable(&mut decision);
    if let Some(merged) = merge_intervals(call, &decision, usual, arch) {
        decision = merged;
    }
    Ok(decision)
}

enum Projected {
    Always,
    Never,
    Condition(Condition),
}

/// The condition at the width at which the kernel reads the argument: what it drops is taken to be zero.
fn project(call: &str, condition: &Condition, arch: Arch) -> Result<Projected, String> {
    let arg = condition.arg;
    let register = Register::of(call, arch, arg).ok_or_else(|| {
        format!("`{call}` has a condition on argument {arg}, which a filter string cannot look at")
    })?;
    let all = register.all();
    let mask = condition.mask & all;
    let value = condition.value;
    let projected = Condition {
        width: register.width(),
        mask,
        ..*condition
    };
    let equality = matches!(condition.op, Op::Eq | Op::Ne);
    let holds = |equal: bool| {
        if equal == (condition.op == Op::Eq) {
            Projected::Always
        } else {
            Projected::Never
        }
    };
    if equality && value & !mask != 0 {
        return Ok(holds(false));
    }
    if equality && mask == 0 {
        return Ok(holds(true));
    }
    if !equality && mask != all {
        return Err(format!("`{call}` has an ordering of masked bits"));
    }
    // Orderings at the ends hold always or never.
    Ok(match condition.op {
        Op::Lt if value == 0 => Projected::Never,
        Op::Lt if value > all => Projected::Always,
        Op::Le if value >= all => Projected::Always,
        Op::Gt if value >= all => Projected::Never,
        Op::Ge if value == 0 => Projected::Always,
        Op::Ge if value > all => Projected::Never,
        _ => Projected::Condition(projected),
    })
}

/// Where the rules leave nothing for the rest, the action with the most rules becomes the rest.
fn drop_unreachable(decision: &mut Decision) {
    let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
    for rule in &decision.rules {
        *counts.entry(rule.action).or_default() += 1;
    }
    let Some((most, _)) = counts.into_iter().max_by_key(|(_, count)| *count) else {
        return;
    };
    // Something that no rule has, to see whether anything is left for it.
    let unused = Action::Trace(u16::MAX);
    let probe = Decision {
        otherwise: unused,
        ..decision.clone()
    };
    let covered =
        regions(&probe).is_ok_and(|regions| regions.get(&unused).is_none_or(Vec::is_empty));
    if covered {
        decision.otherwise = most;
    }
    // A rule with the action of the rest may go, unless it keeps a later one from its calls.
    let mut index = 0;
    let mut work = Work::new();
    while index < decision.rules.len() {
        let rule = &decision.rules[index];
        let later = &decision.rules[index + 1..];
        let shields = later
            .iter()
            .any(|later| later.action != rule.action && overlap(rule, later, &mut work));
        if rule.action == decision.otherwise && !shields {
            decision.rules.remove(index);
        } else {
            index += 1;
        }
    }
}

/// Whether some call falls under both. What takes too long to find out counts as yes.
fn overlap(one: &Rule, other: &Rule, work: &mut Work) -> bool {
    (0..6).all(|arg| {
        let conditions: Vec<_> = one
            .conditions
            .iter()
            .chain(&other.conditions)
            .filter(|condition| condition.arg == arg)
            .copied()
            .collect();
        of_argument(&conditions, work).map_or(true, |cubes| !cubes.is_empty())
    })
}

/// Rules that look at one argument only, and at its size, as few comparisons; `None` for others.
fn merge_intervals(call: &str, decision: &Decision, usual: Action, arch: Arch) -> Option<Decision> {
    let arg = decision.rules.first()?.conditions.first()?.arg;
    let register = Register::of(call, arch, arg)?;
    let all = register.all();
    let mut work = Work::new();
    let mut intervals: Vec<(u64, u64, Action)> = Vec::new();
    for (action, regions) in regions(decision).ok()? {
        for region in regions {
            if region.iter().any(|condition| condition.arg != arg) {
                return None;
            }
            for cube in of_argument(&region, &mut work).ok()? {
                let (low, high) = interval(cube, all)?;
                intervals.push((low, high, action));
            }
        }
    }
    // In the order of the parameter's own numbers, where negative ones come first.
    let sign = register.sign();
    let mut intervals: Vec<_> = intervals
        .into_iter()
        .flat_map(|(low, high, action)| {
            halves(low, high, sign).map(move |(low, high)| (low, high, action))
        })
        .collect();
    intervals.sort_unstable();
    let mut merged: Vec<(u64, u64, Action)> = Vec::new();
    for (low, high, action) in intervals {
        match merged.last_mut() {
            Some(last) if last.2 == action && last.1.checked_add(1) == Some(low) => last.1 = high,
            _ => merged.push((low, high, action)),
        }
    }
    let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
    for (_, _, action) in &merged {
        *counts.entry(*action).or_default() += 1;
    }
    // The rest should save the most items. Another one than the usual takes an item of its own.
    let saved = |(action, count): &(Action, usize)| {
        let own = usize::from(*action != usual);
        (
            *count - own,
            *action == usual,
            *action == decision.otherwise,
        )
    };
    let otherwise = counts.into_iter().max_by_key(saved)?.0;
    let condition = |op, value| Condition {
        arg,
        width: register.own_width(),
        mask: all,
        op,
        value: value ^ sign,
    };
    let rules = merged
        .into_iter()
        .filter(|(_, _, action)| *action != otherwise)
        .map(|(low, high, action)| {
            let conditions = match (low, high) {
                (low, high) if low == high => vec![condition(Op::Eq, low)],
                (0, high) => vec![condition(Op::Le, high)],
                (low, high) if high == all => vec![condition(Op::Ge, low)],
                (low, high) => vec![condition(Op::Ge, low), condition(Op::Le, high)],
            };
            Rule { conditions, action }
        })
        .collect();
    Some(Decision { rules, otherwise })
}

/// The parts of an interval on both sides of the sign bit, counted from the lowest number.
fn halves(low: u64, high: u64, sign: u64) -> impl Iterator<Item = (u64, u64)> {
    let parts = if sign != 0 && low < sign && high >= sign {
        [Some((low, sign - 1)), Some((sign, high))]
    } else {
        [Some((low, high)), None]
    };
    let parts = parts.into_iter().flatten();
    parts.map(move |(low, high)| (low ^ sign, high ^ sign))
}

/// The values of a cube whose mask is the upper part of the register.
fn interval(cube: Cube, all: u64) -> Option<(u64, u64)> {
    let low = cube.value;
    let free = all & !cube.mask;
    let from_the_bottom = free & free.wrapping_add(1) == 0;
    (from_the_bottom && cube.mask & !all == 0).then_some((low, low | free))
}

#[cfg(test)]
mod tests;
