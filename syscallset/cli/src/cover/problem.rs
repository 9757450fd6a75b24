//! The puzzle behind a shortest filter string, without names.
//!
//! In a filter string the last item that names a call decides about it. Read from its end, a string
//! is therefore a sequence in which the *first* item that names a call decides. An item that names a
//! single call can always be moved to the end of the string, so what remains to be found is a
//! sequence of sets, allowed or refused, and the string's length is that of the sequence plus one
//! for each call about which the sequence is wrong.
//!
//! Calls that the same sets have, and about which the same is wanted, are one [`Class`]: what is
//! right for one of them is right for all.

use std::collections::BTreeMap;

use super::bits::Bits;

/// What distinguishes a call from others, as far as sets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Class {
    /// The sets that have it, bit `i` for set `i`.
    pub(super) sets: u64,
    /// Those of them that must not be what refuses it: the compiler takes `~@signal` for an oversight
    /// where std needs a call of it. `~` and the call itself has to say so.
    pub(super) bystanders: u64,
    /// Whether the empty filter string allows it.
    pub(super) implicit: bool,
    /// Whether it is to be allowed.
    pub(super) wanted: bool,
    /// Whether it may be allowed although that is not wanted.
    pub(super) tolerable: bool,
}

/// A set as an item: with or without `~`.
#[derive(Clone, Debug, Default)]
pub(super) struct Signed {
    /// The classes about which the item says what is wanted, and may say it.
    pub(super) right: Bits,
    /// The other classes that it names: another item has to have the last word about them.
    pub(super) wrong: Bits,
    /// The same in another order: first those that few items are wrong about.
    pub(super) faults: Vec<usize>,
}

/// Items of a search are numbered: set `i` allowed is `2 * i`, refused is `2 * i + 1`.
pub(super) type Items = u128;

/// The items of a mask, ascending.
pub(super) fn ones(mut mask: Items) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (mask != 0).then(|| {
            let item = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            item
        })
    })
}

/// How many sets a problem may have.
pub(super) const MAX_SETS: usize = 64;

/// The puzzle.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// How many calls each class has.
    pub(super) weights: Vec<usize>,
    /// The classes whose calls are to be allowed.
    pub(super) wanted: Bits,
    /// The classes about which the empty string is wrong.
    pub(super) wrong: Bits,
    /// The classes whose calls may be allowed although they are not wanted.
    pub(super) tolerable: Bits,
    /// How many such calls may be.
    pub(super) tolerance: usize,
    /// The items.
    pub(super) items: Vec<Signed>,
    /// For each class, the items that say what is wanted about it.
    pub(super) right_items: Vec<Items>,
    /// For each class, the other items that name it.
    pub(super) wrong_items: Vec<Items>,
}

impl Problem {
    /// Builds the puzzle for `sets` sets from the calls; also says which calls each class has.
    pub(super) fn new(sets: usize, calls: &[Class], tolerance: usize) -> (Self, Vec<Vec<usize>>) {
        assert!(
            sets <= MAX_SETS,
            "the masks of a search are as wide as that"
        );
        let mut classes: BTreeMap<Class, Vec<usize>> = BTreeMap::new();
        for (index, call) in calls.iter().enumerate() {
            classes.entry(*call).or_default().push(index);
        }
        assert!(
            classes.len() <= Bits::CAPACITY,
            "the sets cut the calls into fewer classes"
        );
        let mut problem = Self {
            weights: classes.values().map(Vec::len).collect(),
            wanted: positions(&classes, |class| class.wanted),
            wrong: positions(&classes, |class| class.implicit != class.wanted),
            tolerable: positions(&classes, |class| class.tolerable && !class.wanted),
            tolerance,
            items: vec![Signed::default(); 2 * sets],
            right_items: vec![0; classes.len()],
            wrong_items: vec![0; classes.len()],
        };
        for (index, class) in classes.keys().enumerate() {
            for set in (0..sets).filter(|set| class.sets >> set & 1 == 1) {
                for refuses in [false, true] {
                    let item = 2 * set + usize::from(refuses);
                    let is_right =
                        refuses != class.wanted && !(refuses && class.bystanders >> set & 1 == 1);
                    if is_right {
                        problem.items[item].right.insert(index);
                        problem.right_items[index] |= 1 << item;
                    } else {
                        problem.items[item].wrong.insert(index);
                        problem.wrong_items[index] |= 1 << item;
                    }
                }
            }
        }
        for item in &mut problem.items {
            item.faults = item.wrong.iter().collect();
            item.faults
                .sort_by_key(|&class| (problem.wrong_items[class].count_ones(), class));
        }
        (problem, classes.into_values().collect())
    }

    /// The classes about which this sequence of items, read from the end of the string, is wrong.
    pub(super) fn faults(&self, backwards: impl IntoIterator<Item = usize>) -> Bits {
        let mut decided = Bits::default();
        let mut faults = Bits::default();
        for item in backwards {
            let item = &self.items[item];
            faults = faults.union(&item.wrong.without(&decided));
            decided = decided.union(&item.right).union(&item.wrong);
        }
        faults.union(&self.wrong.without(&decided))
    }

    /// How many items of single calls, and how many calls beyond those wanted, these faults cost.
    pub(super) fn price(&self, faults: &Bits) -> Price {
        let weight = |classes: &Bits| classes.iter().map(|class| self.weights[class]).sum();
        Price {
            singles: weight(&faults.without(&self.tolerable)),
            tolerable: weight(&faults.intersection(&self.tolerable)),
        }
    }
}

/// What single calls cost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Price {
    /// Calls that need an item.
    pub(super) singles: usize,
    /// Calls that may go without.
    pub(super) tolerable: usize,
}

/// The length of a string, and how many calls beyond those wanted it allows; less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    /// Items.
    pub(super) items: usize,
    /// Calls that are allowed but not wanted.
    pub(super) extra: usize,
}

impl Price {
    /// The cost of a string with that many sets.
    pub(super) fn with_sets(self, sets: usize, tolerance: usize) -> Cost {
        Cost {
            items: sets + self.singles + self.tolerable.saturating_sub(tolerance),
            extra: self.tolerable.min(tolerance),
        }
    }
}

fn positions(classes: &BTreeMap<Class, Vec<usize>>, keep: impl Fn(&Class) -> bool) -> Bits {
    classes
        .keys()
        .enumerate()
        .filter(|(_, class)| keep(class))
        .map(|(index, _)| index)
        .collect()
}
