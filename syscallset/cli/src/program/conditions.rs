//! Tests of words, put together again to conditions on arguments.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use syscallset_compiler::insn::OFFSET_ARGS;
use syscallset_compiler::lowered::{Width, argument_offsets};
use syscallset_compiler::verify::values::{Relation, Test};
use syscallset_tables::{Arch, Place};

use super::machine::Held;
use crate::describe::{all_ones, number};
use crate::spelling;

/// The conditions that these tests, all of which came out as they did, amount to.
pub(crate) fn describe(held: &[Held], call: &str, arch: Arch) -> Vec<String> {
    let mut words: BTreeMap<u32, Vec<Held>> = BTreeMap::new();
    for test in held {
        words.entry(test.offset).or_default().push(*test);
    }
    for tests in words.values_mut() {
        simplify(tests);
    }
    let mut conditions = Vec::new();
    for argument in 0..6 {
        let (low, high) = argument_offsets(argument, arch.big_endian());
        let low = words.remove(&low).unwrap_or_default();
        let high = words.remove(&high).unwrap_or_default();
        let register = Register {
            call,
            argument,
            arch,
            name: name(call, argument, arch),
        };
        if let (Some(low), Some(high)) = (equality(&low), equality(&high)) {
            conditions.push(register.whole(low, high));
            continue;
        }
        let name = &register.name;
        // Where the kernel reads the low half alone, that is the value.
        if high.is_empty() && bits(call, argument, arch) <= 32 {
            conditions.extend(low.iter().map(|held| register.narrow(*held)));
        } else {
            let low_name = format!("{name}.low");
            conditions.extend(low.iter().map(|held| single(&low_name, *held)));
        }
        let high_name = format!("{name}.high");
        conditions.extend(high.iter().map(|held| single(&high_name, *held)));
    }
    for (offset, tests) in words {
        let name = match offset {
            0 => "nr".into(),
            4 => "arch".into(),
            8.. if offset < OFFSET_ARGS => "instruction_pointer".into(),
            _ => format!("data[{offset}]"),
        };
        conditions.extend(tests.iter().map(|held| single(&name, *held)));
    }
    conditions
}

/// A test for one value says all.
fn simplify(tests: &mut Vec<Held>) {
    let exact = tests.iter().copied().find(|held| {
        held.holds && held.test.relation == Relation::Equal && held.test.mask == u32::MAX
    });
    if let Some(exact) = exact {
        *tests = vec![exact];
    }
    tests.dedup();
}

/// The mask and value of a lone test for equality.
fn equality(tests: &[Held]) -> Option<(u32, u32)> {
    match tests {
        [
            Held {
                test: Test { mask, relation, k },
                holds: true,
                ..
            },
        ] if *relation == Relation::Equal => Some((*mask, *k)),
        _ => None,
    }
}

/// An argument register of a call.
struct Register<'c> {
    call: &'c str,
    argument: u8,
    arch: Arch,
    name: Cow<'static, str>,
}

impl Register<'_> {
    /// All of it is tested for one value.
    fn whole(&self, (low_mask, low): (u32, u32), (high_mask, high): (u32, u32)) -> String {
        let join = |low, high| u64::from(high) << 32 | u64::from(low);
        self.equality(join(low_mask, high_mask), "=", join(low, high), Width::U64)
    }

    /// The low half, which is all that the kernel reads, is tested.
    fn narrow(&self, held: Held) -> String {
        let Test { mask, relation, k } = held.test;
        let (mask, value) = match relation {
            Relation::Equal => (mask, k),
            Relation::AnyBit => (mask & k, 0),
            Relation::AtLeast | Relation::Above => return single(&self.name, held),
        };
        let same = held.holds == (relation == Relation::Equal);
        let op = if same { "=" } else { "!=" };
        self.equality(mask.into(), op, value.into(), Width::U32)
    }

    fn equality(&self, mask: u64, op: &str, value: u64, width: Width) -> String {
        let Self {
            call,
            argument,
            arch,
            ref name,
        } = *self;
        let known = spelling::of_word(call, argument, arch);
        let mask = (mask != all_ones(width)).then_some(mask);
        let (mask, value) = spelling::tested(known.as_ref(), mask, value, || number(value));
        format!("{name}{mask}{op}{value}")
    }
}

fn single(name: &str, held: Held) -> String {
    let Test { mask, relation, k } = held.test;
    let mut text = name.to_owned();
    // Writing to a string cannot fail.
    if relation == Relation::AnyBit {
        let op = if held.holds { "!=" } else { "=" };
        let _ = write!(text, "&{:#x}{op}0", mask & k);
        return text;
    }
    if mask != u32::MAX {
        let _ = write!(text, "&{mask:#x}");
    }
    let op = match (relation, held.holds) {
        (Relation::Equal, true) => "=",
        (Relation::Equal, false) => "!=",
        (Relation::AtLeast, true) => ">=",
        (Relation::AtLeast, false) => "<",
        (Relation::Above, true) => ">",
        (Relation::Above | Relation::AnyBit, _) => "<=",
    };
    let _ = write!(text, "{op}{}", number(k.into()));
    text
}

fn name(call: &str, argument: u8, arch: Arch) -> Cow<'static, str> {
    syscallset_tables::params(arch, call)
        .and_then(|params| {
            params
                .whole_in_word(argument)
                .map(|param| param.manual_name().into())
        })
        .unwrap_or_else(|| format!("args[{argument}]").into())
}

/// How many bits the kernel reads of an argument.
fn bits(call: &str, argument: u8, arch: Arch) -> u32 {
    syscallset_tables::params(arch, call)
        .and_then(|params| params.in_word(argument).copied())
        .map_or(64, |param| match param.place {
            Place::Word(_) => param.kind.bits(arch),
            Place::Pair { .. } => 32,
        })
}
