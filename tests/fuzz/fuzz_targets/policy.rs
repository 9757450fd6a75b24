//! Policies that no filter string need say: any runs, any decisions.

#![no_main]

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::{Condition, Decision, Lowered, Op, Rule, Run, Width};
use syscallset_fuzz::{arch, check_policy};

#[derive(Debug)]
struct Policy(Lowered);

impl<'a> Arbitrary<'a> for Policy {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let arch = arch(input.arbitrary()?);
        let decisions: Vec<Decision> = (0..input.int_in_range(1..=4)?)
            .map(|_| decision(input))
            .collect::<Result<_>>()?;
        let mut runs: Vec<Run> = Vec::new();
        let mut next = Some(0_u32);
        while let Some(first) = next {
            let decision = input.choose(&decisions)?.clone();
            if runs.last().is_none_or(|run| run.decision != decision) {
                runs.push(Run { first, decision });
            }
            if input.is_empty() || runs.len() > 500 {
                break;
            }
            let gap: u8 = input.arbitrary()?;
            // Mostly neighbours, as in tables; sometimes far away.
            let gap = if gap < 0xf8 {
                u32::from(gap % 16) + 1
            } else {
                1 << (gap % 8 * 4)
            };
            next = first.checked_add(gap);
        }
        Ok(Self(Lowered {
            audit_arch: arch.audit_arch(),
            big_endian: arch.big_endian(),
            foreign: action(input)?,
            runs,
        }))
    }
}

fn action(input: &mut Unstructured<'_>) -> Result<Action> {
    Ok(match input.int_in_range(0..=5)? {
        0 | 1 => Action::Allow,
        2 | 3 => Action::KillProcess,
        4 => Action::Log,
        _ => Action::Errno(input.int_in_range(1..=133)?),
    })
}

fn decision(input: &mut Unstructured<'_>) -> Result<Decision> {
    let rules = input.int_in_range(0..=4_u8)?;
    let rule = |input: &mut Unstructured<'_>| {
        let conditions = input.int_in_range(1..=3_u8)?;
        Ok(Rule {
            conditions: (0..conditions)
                .map(|_| condition(input))
                .collect::<Result<_>>()?,
            action: action(input)?,
        })
    };
    Ok(Decision {
        rules: (0..rules).map(|_| rule(input)).collect::<Result<_>>()?,
        otherwise: action(input)?,
    })
}

fn condition(input: &mut Unstructured<'_>) -> Result<Condition> {
    let width = *input.choose(&[Width::U32, Width::I32, Width::U64, Width::I64])?;
    let op = *input.choose(&[Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge])?;
    let all = match width {
        Width::U32 | Width::I32 => 0xffff_ffff,
        Width::U64 | Width::I64 => u64::MAX,
    };
    let signed = matches!(width, Width::I32 | Width::I64);
    let ordering = !matches!(op, Op::Eq | Op::Ne);
    let mask = if signed && ordering || input.arbitrary()? {
        all
    } else {
        value(input)? & all
    };
    Ok(Condition {
        arg: input.int_in_range(0..=5)?,
        width,
        mask,
        op,
        value: value(input)? & all,
    })
}

/// Often one at which halves or signs turn.
fn value(input: &mut Unstructured<'_>) -> Result<u64> {
    let value: u64 = input.arbitrary()?;
    let shift = input.int_in_range(0..=63)?;
    Ok(*input.choose(&[
        value,
        value & 0xff,
        1 << shift,
        (1 << shift) - 1,
        u64::MAX << shift,
    ])?)
}

fuzz_target!(|policy: Policy| check_policy(&policy.0));
