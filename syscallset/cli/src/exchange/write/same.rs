//! Whether two decisions about a call are the same for every value that the kernel tells apart.

use std::collections::BTreeSet;

use syscallset_compiler::lowered::Decision;
use syscallset_tables::Arch;

use super::conditions::Register;

/// How many combinations of values are tried.
const MOST: usize = 20_000;

/// Compares two decisions; those without conditions exactly, the others at all values around which one of
/// their conditions changes, and at their combinations.
pub(super) fn same(call: &str, one: &Decision, other: &Decision, arch: Arch) -> bool {
    if one == other {
        return true;
    }
    let mut values: [BTreeSet<u64>; 6] = std::array::from_fn(|_| BTreeSet::from([0]));
    for rule in one.rules.iter().chain(&other.rules) {
        for condition in &rule.conditions {
            let arg = condition.arg;
            let kept = Register::of(call, arch, arg).map_or(u64::MAX, |register| register.all());
            let edges = [
                condition.value,
                condition.value.wrapping_sub(1),
                condition.value.wrapping_add(1),
                condition.value & condition.mask,
                condition.value | !condition.mask,
                condition.value ^ (condition.mask & condition.mask.wrapping_neg()),
                !condition.value,
                u64::MAX,
                1 << 31,
                (1 << 31) - 1,
                1 << 63,
            ];
            values[usize::from(arg)].extend(edges.map(|edge| edge & kept));
        }
    }
    let mut combinations = vec![[0; 6]];
    for (arg, values) in values.iter().enumerate() {
        combinations = combinations
            .iter()
            .flat_map(|args: &[u64; 6]| {
                values.iter().map(move |value| {
                    let mut args = *args;
                    args[arg] = *value;
                    args
                })
            })
            .take(MOST)
            .collect();
    }
    combinations
        .iter()
        .all(|args| one.evaluate(args) == other.evaluate(args))
}
