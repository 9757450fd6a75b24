//! Which of several lists of conditions decide about calls, for all arguments at once.
//!
//! The same sets that a program is proven with answer what the language wants to know of its items:
//! whether any call gets to one of them, and who decides in its place.

use std::collections::BTreeSet;

use crate::lowered::Condition;
use crate::verify::calls::Calls;
use crate::verify::policy::split;
use crate::verify::values::Budget;

/// The indices of the `rules` that hold first for some of the calls for which `given` holds; that of
/// the end stands for calls for which none does. Nothing is found where `given` never holds; `None`
/// if the budget does not suffice to say.
pub(crate) fn deciding(
    given: &[Condition],
    rules: &[&[Condition]],
    budget: &mut Budget,
) -> Option<BTreeSet<usize>> {
    let mut deciding = BTreeSet::new();
    for calls in holding(given, budget)? {
        let mut pending = vec![(calls, 0, 0)];
        while let Some((calls, rule, index)) = pending.pop() {
            let Some(conditions) = rules.get(rule) else {
                deciding.insert(rules.len());
                continue;
            };
            let Some(condition) = conditions.get(index) else {
                deciding.insert(rule);
                continue;
            };
            for part in split(calls, condition, false, budget).ok()? {
                let holds = condition.holds(&part.member(false).args);
                let next = if holds {
                    (rule, index + 1)
                } else {
                    (rule + 1, 0)
                };
                pending.push((part, next.0, next.1));
            }
        }
    }
    Some(deciding)
}

/// The calls for which all conditions hold, in parts.
fn holding(conditions: &[Condition], budget: &mut Budget) -> Option<Vec<Calls>> {
    let mut parts = vec![Calls::all()];
    for condition in conditions {
        let mut holding = Vec::new();
        for calls in parts {
            let split = split(calls, condition, false, budget).ok()?;
            holding.extend(
                split
                    .into_iter()
                    .filter(|part| condition.holds(&part.member(false).args)),
            );
        }
        parts = holding;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::deciding;
    use crate::lowered::{Condition, Op, Width};
    use crate::verify::values::Budget;

    fn is(op: Op, value: u64) -> Condition {
        Condition {
            arg: 0,
            width: Width::U64,
            mask: u64::MAX,
            op,
            value,
        }
    }

    fn found(given: &[Condition], rules: &[&[Condition]]) -> Vec<usize> {
        let found = deciding(given, rules, &mut Budget::new());
        found.expect("it is simple").into_iter().collect()
    }

    #[test]
    fn rules_that_no_call_gets_to() {
        let (five, six) = (is(Op::Eq, 5), is(Op::Eq, 6));
        let (less, other) = (is(Op::Lt, 1 << 33), is(Op::Ne, 5));
        assert_eq!(found(&[], &[&[five], &[six]]), [0, 1, 2]);
        assert_eq!(found(&[], &[&[less], &[five]]), [0, 2]);
        assert_eq!(found(&[], &[&[five], &[other], &[six]]), [0, 1]);
        assert_eq!(found(&[five], &[&[six], &[less]]), [1]);
        assert_eq!(found(&[five, six], &[&[less]]), []);
        assert_eq!(found(&[], &[&[five, other], &[]]), [1]);
    }
}
