//! Pieces and sets of values against lists of all their members, in a small part of the numbers.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::Piece;
use crate::verify::values::{Budget, Relation, Test, Values};

/// Six bits at the bottom or at the top of a word.
const SHIFTS: [u32; 2] = [0, 26];

fn all(shift: u32) -> Vec<u32> {
    (0..64).map(|value| value << shift).collect()
}

fn relation() -> impl Strategy<Value = Relation> {
    select(vec![
        Relation::Equal,
        Relation::AtLeast,
        Relation::Above,
        Relation::AnyBit,
    ])
}

fn test(shift: u32) -> impl Strategy<Value = Test> {
    let bits = || (0..64_u32).prop_map(move |bits| bits << shift);
    let mask = prop_oneof![Just(u32::MAX), bits()];
    (mask, relation(), bits()).prop_map(|(mask, relation, k)| Test { mask, relation, k })
}

/// What a test means, said once more.
fn holds(test: Test, word: u32) -> bool {
    let masked = word & test.mask;
    match test.relation {
        Relation::Equal => masked == test.k,
        Relation::AtLeast => masked >= test.k,
        Relation::Above => masked > test.k,
        Relation::AnyBit => masked & test.k != 0,
    }
}

fn has(piece: &Piece, value: u32) -> bool {
    (piece.low..=piece.high).contains(&value) && (value ^ piece.bits) & piece.known == 0
}

fn piece_and_test() -> impl Strategy<Value = (u32, Piece, Test)> {
    select(SHIFTS.to_vec()).prop_flat_map(|shift| {
        let piece =
            prop::array::uniform4(0..64_u32).prop_map(move |[one, other, known, bits]| Piece {
                low: one.min(other) << shift,
                high: one.max(other) << shift,
                // The bits outside of the six are zero.
                known: !(63 << shift) | known << shift,
                bits: (bits & known) << shift,
            });
        (Just(shift), piece, test(shift))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn a_split_is_a_partition((shift, piece, test) in piece_and_test()) {
        let members: Vec<u32> = all(shift).into_iter().filter(|&value| has(&piece, value)).collect();
        prop_assert_eq!(piece.smallest(), members.first().copied());
        prop_assume!(!members.is_empty());
        for outcome in [false, true] {
            let parts = piece.split(&test, outcome);
            for part in &parts {
                prop_assert!(part.smallest().is_some(), "{part:?} is empty");
            }
            for value in all(shift) {
                let parts = parts.iter().filter(|part| has(part, value)).count();
                let expected = has(&piece, value) && holds(test, value) == outcome;
                prop_assert_eq!(parts, usize::from(expected), "{} {}", value, outcome);
            }
        }
    }

    #[test]
    fn a_set_is_empty_when_it_is(
        (shift, tests) in select(SHIFTS.to_vec())
            .prop_flat_map(|shift| (Just(shift), vec((test(shift), any::<bool>()), 1..9)))
    ) {
        let mut budget = Budget::new();
        let small = Test { mask: !(63 << shift), relation: Relation::AnyBit, k: u32::MAX };
        let mut set = Values::ALL.narrow(small, false, &mut budget).unwrap();
        let mut members = all(shift);
        for (test, outcome) in tests {
            members.retain(|&value| holds(test, value) == outcome);
            let Some(values) = set else { break };
            set = values.narrow(test, outcome, &mut budget).unwrap();
            match &set {
                Some(values) => {
                    prop_assert!(members.contains(&values.member()));
                    let (low, high) = values.bounds();
                    prop_assert!(members.iter().all(|value| (low..=high).contains(value)));
                }
                None => prop_assert!(members.is_empty()),
            }
        }
    }
}
