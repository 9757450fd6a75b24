//! Whether one `JSET` can tell the two decisions of an interval apart.

use crate::plan::costs::Interval;

/// A mask that has a bit in common with every number of class `any` and with none of class `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Separation {
    pub(super) mask: u32,
    pub(super) any: usize,
    pub(super) none: usize,
}

/// Finds the mask for these runs, if there is one. If there is one for an interval, there is one for
/// every part of it that still has both classes.
pub(super) fn separate(runs: &[Interval]) -> Option<Separation> {
    let one = runs.first()?.class;
    let other = runs
        .iter()
        .map(|run| run.class)
        .find(|&class| class != one)?;
    if runs
        .iter()
        .any(|run| run.class != one && run.class != other)
    {
        return None;
    }
    [(one, other), (other, one)]
        .into_iter()
        .find_map(|(none, any)| {
            // The bits that no number of `none` has are all the mask can consist of, and of those only
            // the ones that a number of `any` has are of use.
            let taken = union(runs, none);
            let mask = union(runs, any) & !taken;
            let works = runs
                .iter()
                .filter(|run| run.class == any)
                .all(|run| smallest_without(mask, run.first) > u64::from(run.last));
            works.then_some(Separation { mask, any, none })
        })
}

fn union(runs: &[Interval], class: usize) -> u32 {
    runs.iter()
        .filter(|run| run.class == class)
        .fold(0, |bits, run| bits | union_of_range(run.first, run.last))
}

/// All bits that some number from `first` to `last` has.
const fn union_of_range(first: u32, last: u32) -> u32 {
    // Below the highest bit in which the ends differ, the numbers in between take every value.
    match (first ^ last).checked_ilog2() {
        None => first,
        Some(bit) => last | (u32::MAX >> (31 - bit)),
    }
}

/// The smallest number that is at least `from` and has no bit of `mask`; 2^32 or more if there is none.
fn smallest_without(mask: u32, from: u32) -> u64 {
    let hit = from & mask;
    let Some(bit) = hit.checked_ilog2() else {
        return u64::from(from);
    };
    // The highest offending bit must go, so a higher, free bit must come: set the lowest one that is
    // free and allowed by adding to the number with everything not allowed filled up; below it all
    // bits can be zero.
    let low = (1_u64 << (bit + 1)) - 1;
    let filled = u64::from(from | mask) | low;
    (filled + 1) & !u64::from(mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn union_of_range_is_the_or_of_its_numbers() {
        for first in 0..70_u32 {
            let mut bits = 0;
            for last in first..140 {
                bits |= last;
                assert_eq!(union_of_range(first, last), bits, "{first}..={last}");
            }
        }
        assert_eq!(union_of_range(3, u32::MAX), u32::MAX);
    }

    #[test]
    fn smallest_without_is_what_a_search_finds() {
        for mask in 0..64_u32 {
            for from in 0..64_u32 {
                let expected = (from..=128).find(|number| number & mask == 0);
                assert_eq!(
                    smallest_without(mask, from),
                    u64::from(expected.unwrap()),
                    "{mask:#x} {from}"
                );
            }
        }
        assert!(smallest_without(0xf000_0000, 0x1000_0000) > u64::from(u32::MAX));
        assert!(smallest_without(u32::MAX, 1) > u64::from(u32::MAX));
        assert_eq!(smallest_without(0x7fff_ffff, 1), 0x8000_0000);
    }

    #[test]
    fn separation_agrees_with_a_search_over_all_masks() {
        // Every two-class pattern over eight neighbouring numbers, at several alignments.
        for base in [0_u32, 3, 8, 12] {
            for pattern in 1..255_u32 {
                let runs: Vec<Interval> = (0..8)
                    .map(|i| Interval {
                        first: base + i,
                        last: base + i,
                        class: (pattern >> i & 1) as usize,
                    })
                    .collect();
                let possible = (0..32_u32).any(|mask| {
                    let ones = runs.iter().filter(|run| run.class == 1);
                    let zeros = runs.iter().filter(|run| run.class == 0);
                    let hits = |run: &Interval| run.first & mask != 0;
                    (ones.clone().all(hits) && !zeros.clone().any(hits))
                        || (zeros.clone().all(hits) && !ones.clone().any(hits))
                });
                let found = separate(&runs);
                assert_eq!(found.is_some(), possible, "{base} {pattern:#b}");
                if let Some(Separation { mask, any, none }) = found {
                    for run in &runs {
                        let class = if run.first & mask != 0 { any } else { none };
                        assert_eq!(class, run.class);
                    }
                }
            }
        }
    }
}
