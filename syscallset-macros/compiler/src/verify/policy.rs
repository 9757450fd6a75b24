//! What a policy says about a set of calls.

use crate::lowered::{Condition, Decision, Lowered, Op, Width};
use crate::verify::Mismatch;
use crate::verify::calls::Calls;
use crate::verify::values::{Budget, Relation, Test};

/// Refuses policies about which nothing can be proven.
pub(super) fn check(lowered: &Lowered) -> Result<(), Mismatch> {
    let fault = |reason| Err(Mismatch::Policy { reason });
    if lowered.runs.first().is_none_or(|run| run.first != 0) {
        return fault("its runs do not begin at 0");
    }
    if lowered
        .runs
        .windows(2)
        .any(|pair| pair[0].first >= pair[1].first)
    {
        return fault("its runs do not ascend");
    }
    let mut conditions = lowered
        .runs
        .iter()
        .flat_map(|run| &run.decision.rules)
        .flat_map(|rule| &rule.conditions);
    if conditions.any(|condition| condition.arg > 5) {
        return fault("a condition is about an argument that does not exist");
    }
    Ok(())
}

/// Half of an argument, and the halves of mask and value that a condition holds against it.
struct Half {
    offset: u32,
    mask: u32,
    value: u32,
    /// Whether the sign is in it, and counts.
    signed: bool,
}

/// The halves that a condition is about, the more significant one first.
fn halves(condition: &Condition, big_endian: bool) -> Vec<Half> {
    let first = 16 + 8 * u32::from(condition.arg);
    let (low, high) = if big_endian {
        (first + 4, first)
    } else {
        (first, first + 4)
    };
    let ordered = !matches!(condition.op, Op::Eq | Op::Ne);
    let wide = matches!(condition.width, Width::U64 | Width::I64);
    let signed = ordered && matches!(condition.width, Width::I32 | Width::I64);
    #[allow(clippy::cast_possible_truncation, reason = "the low half is meant")]
    let low = Half {
        offset: low,
        mask: condition.mask as u32,
        value: condition.value as u32,
        signed: signed && !wide,
    };
    let high = Half {
        offset: high,
        mask: (condition.mask >> 32) as u32,
        value: (condition.value >> 32) as u32,
        signed,
    };
    if wide { vec![high, low] } else { vec![low] }
}

/// Splits calls so that the condition has one truth value on each part.
///
/// Two numbers of 64 bits compare like their upper halves, or, if those are equal, like their lower
/// halves unsigned; a mask acts on each half alone. So once it is known whether the masked upper half
/// is less than, equal to or greater than that of the value, and if it is equal the same of the lower
/// half, the condition is decided. For a signed comparison of halves it is enough to know besides
/// whether the half that has the sign is negative: among halves of one sign, signed and unsigned order
/// agree, and the value has a fixed sign.
pub(super) fn split(
    calls: Calls,
    condition: &Condition,
    big_endian: bool,
    budget: &mut Budget,
) -> Result<Vec<Calls>, Mismatch> {
    let mut parts = Vec::new();
    let mut equal = vec![calls];
    for half in halves(condition, big_endian) {
        let test = |relation, k| Test {
            mask: half.mask,
            relation,
            k,
        };
        let is_equal = test(Relation::Equal, half.value);
        let mut others = Vec::new();
        let mut still_equal = Vec::new();
        for calls in equal {
            others.extend(calls.narrow(half.offset, is_equal, false, budget)?);
            still_equal.extend(calls.narrow(half.offset, is_equal, true, budget)?);
        }
        equal = still_equal;
        let mut cuts = Vec::new();
        if !matches!(condition.op, Op::Eq | Op::Ne) {
            cuts.push(test(Relation::AtLeast, half.value));
        }
        if half.signed {
            cuts.push(test(Relation::AtLeast, 1 << 31));
        }
        for cut in cuts {
            let mut cut_up = Vec::new();
            for calls in others {
                cut_up.extend(calls.narrow(half.offset, cut, false, budget)?);
                cut_up.extend(calls.narrow(half.offset, cut, true, budget)?);
            }
            others = cut_up;
        }
        parts.extend(others);
    }
    parts.extend(equal);
    Ok(parts)
}

/// Compares a verdict with what a decision with rules says about calls.
///
/// The conditions are split by in the order in which [`Decision::evaluate`] asks them, so on each
/// final part every condition that it asks has one truth value, and one member speaks for the part.
pub(super) fn decide(
    calls: Calls,
    decision: &Decision,
    found: u32,
    big_endian: bool,
    budget: &mut Budget,
) -> Result<(), Mismatch> {
    let mut pending = vec![(calls, 0, 0)];
    while let Some((calls, rule, index)) = pending.pop() {
        let condition = decision
            .rules
            .get(rule)
            .and_then(|rule| rule.conditions.get(index));
        if let Some(condition) = condition {
            for part in split(calls, condition, big_endian, budget)? {
                let holds = condition.holds(&part.member(big_endian).args);
                let (rule, index) = if holds {
                    (rule, index + 1)
                } else {
                    (rule + 1, 0)
                };
                pending.push((part, rule, index));
            }
            continue;
        }
        // Either no rule is left, or all conditions of one hold.
        let call = calls.member(big_endian);
        let expected = decision.evaluate(&call.args);
        if expected.to_ret() != found {
            return Err(Mismatch::Verdict {
                call: Box::new(call),
                expected,
                found,
            });
        }
    }
    Ok(())
}
