//! Regions in terms that most formats have: comparisons of 64 bits, and bits that are set or not.

use std::collections::BTreeMap;

use syscallset_compiler::lowered::{Condition, Op, Width};

use super::super::cubes::{Cube, Work, of_argument};
use super::super::regions::Region;
use super::Inexpressible;

/// A test of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// All 64 bits, unsigned.
    Compare(Op, u64),
    /// The bits at some places.
    Bits(Cube),
}

/// Tests that must all hold, at most one for each argument.
pub(super) type Tests = BTreeMap<u8, Test>;

/// More alternatives than this are not written.
const MOST: usize = 2000;

/// A region as alternatives with at most one test for each argument.
///
/// # Errors
///
/// A region that takes too many of them.
pub(super) fn alternatives(call: &str, region: &Region) -> Result<Vec<Tests>, Inexpressible> {
    let too_many = || Inexpressible::one(format!("`{call}` has too many conditions"));
    let mut arguments: BTreeMap<u8, Vec<Condition>> = BTreeMap::new();
    for condition in region {
        arguments.entry(condition.arg).or_default().push(*condition);
    }
    let mut alternatives = vec![Tests::new()];
    for (arg, conditions) in arguments {
        let tests = tests(&conditions).ok_or_else(too_many)?;
        if alternatives.len() * tests.len() > MOST {
            return Err(too_many());
        }
        alternatives = alternatives
            .iter()
            .flat_map(|alternative| {
                tests.iter().map(move |test| {
                    let mut alternative = alternative.clone();
                    alternative.insert(arg, *test);
                    alternative
                })
            })
            .collect();
    }
    Ok(alternatives)
}

/// Conditions on one argument as alternatives of one test.
fn tests(conditions: &[Condition]) -> Option<Vec<Test>> {
    if let [
        Condition {
            width: Width::U64,
            mask: u64::MAX,
            op,
            value,
            ..
        },
    ] = conditions
    {
        return Some(vec![Test::Compare(*op, *value)]);
    }
    let cubes = of_argument(conditions, &mut Work::new()).ok()?;
    Some(cubes.into_iter().map(Test::Bits).collect())
}

/// A comparison as C has it.
pub(super) fn in_c(op: Op) -> &'static str {
    match op {
        Op::Eq => "==",
        Op::Ne => "!=",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
    }
}

impl Test {
    /// As bits that must be set, and bits that must not be.
    pub(super) fn bits(cube: Cube) -> (u64, u64) {
        (cube.value, cube.mask & !cube.value)
    }
}
