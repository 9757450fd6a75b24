//! Whether regions and cubes say exactly what the decision says.

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
