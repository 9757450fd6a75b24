//! The argument registers that verdicts about a policy are compared for.

use super::meaning::{Cmp, Comparison, all_hold};

/// How many random mixtures of interesting values are asked about.
const MIXTURES: usize = 48;

/// Registers for rules: such that every rule holds if any of the interesting values make it hold, and
/// from there, one register at a time, every value for which something turns; and random mixtures.
pub(crate) fn registers(rules: &[&[Comparison]], seed: u64) -> Vec<[u64; 6]> {
    let mut random = Random(seed);
    let values: [Vec<u64>; 6] = std::array::from_fn(|arg| {
        let comparisons = rules.iter().flat_map(|rule| rule.iter());
        interesting(comparisons.filter(|comparison| usize::from(comparison.arg) == arg))
    });
    let mut bases = vec![[0; 6]];
    for rule in rules {
        let base: [u64; 6] = std::array::from_fn(|arg| {
            let own: Vec<Comparison> = rule
                .iter()
                .copied()
                .filter(|comparison| usize::from(comparison.arg) == arg)
                .collect();
            // The register may have garbage where the rule does not look, or anything if it does not
            // look at all.
            let holding = values[arg].iter().filter(|&&value| {
                let mut args = [0; 6];
                args[arg] = value;
                all_hold(&own, &args)
            });
            let holding: Vec<u64> = holding.copied().collect();
            random.pick(&holding).unwrap_or(0)
        });
        bases.push(base);
    }
    let mut all = bases.clone();
    // Many rules have many turning points: a few bases then do.
    for base in bases.iter().take(5) {
        for arg in 0..6 {
            for &value in values[arg].iter().filter(|_| values[arg].len() > 1) {
                let mut args = *base;
                args[arg] = value;
                all.push(args);
            }
        }
    }
    for _ in 0..MIXTURES {
        all.push(std::array::from_fn(|arg| {
            random.pick(&values[arg]).unwrap_or(0)
        }));
    }
    all
}

/// Values around those that comparisons of one register turn at, with and without garbage above.
fn interesting<'a>(comparisons: impl Iterator<Item = &'a Comparison>) -> Vec<u64> {
    let mut values = vec![0];
    for comparison in comparisons {
        let value = comparison.value;
        let low = value & 0xffff_ffff;
        values.extend([0, u64::MAX, 1 << 31, 1 << 32, 1 << 63, (1 << 63) - 1]);
        values.extend([value, value.wrapping_sub(1), value.wrapping_add(1), !value]);
        // The same low half with another high half, and the other way round.
        values.extend([low, low | !0 << 32, value ^ 1 << 32, value ^ 1 << 63]);
        values.extend([(value & !0 << 32) | 0xffff_ffff, value & !0 << 32]);
        if let Cmp::MaskedEq(mask) = comparison.cmp {
            let lowest = mask & mask.wrapping_neg();
            let equal = value & mask;
            values.extend([equal, equal | !mask, equal ^ lowest, mask, !mask]);
        }
    }
    values.sort_unstable();
    values.dedup();
    values
}

/// Numbers that look random and are the same each time (`SplitMix64`).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    fn pick(&mut self, values: &[u64]) -> Option<u64> {
        let count = u64::try_from(values.len())
            .ok()
            .filter(|count| *count > 0)?;
        let index = usize::try_from(self.next() % count).ok()?;
        values.get(index).copied()
    }
}
