//! Constants in places where they do not say what they seem to.
//!
//! Some names stand for a bit, others for a value of a field of several bits. Joined by `|`, two values
//! make a third one: `AF_UNIX|AF_INET` is `AF_AX25`. As a mask, a value lets others through:
//! `type&SOCK_STREAM=SOCK_STREAM` is true of `SOCK_RAW`. And a refusal of exactly one flag, or of one value
//! of a field beside which there are flags, is walked around by any other flag: `~mmap(prot=PROT_EXEC)`; and
//! so is an ordering of them: `~socket(type<=SOCK_DGRAM)`.

mod meanings;

use syscallset_tables::Arch;

pub use self::meanings::fits;
use self::meanings::{Meaning, meaning};
use super::Resolver;
use crate::action::Action;
use crate::error::ErrorKind;
use crate::filter::{Item, ParsedCondition, ParsedValue, TermKind};
use crate::lowered::Op;
use crate::span::Span;

/// The names of a value and what they stand for.
fn meanings<'s>(value: &ParsedValue<'s>) -> impl Iterator<Item = (&'s str, Span, Meaning)> {
    value.terms.iter().filter_map(|term| match term.kind {
        TermKind::Integer(_) => None,
        TermKind::Constant(name) => Some((name, term.span, meaning(name)?)),
    })
}

impl Resolver<'_, '_> {
    /// Finds fault with names in the conditions of an item.
    pub(super) fn check_names(&mut self, item: &Item<'_>, action: Action) {
        for condition in &item.conditions {
            let fault = condition
                .mask
                .iter()
                .chain([&condition.value])
                .find_map(joined)
                .or_else(|| masking(condition))
                .or_else(|| ordered(condition))
                .or_else(|| exact(condition, action != Action::Allow, self.policy.arch));
            if let Some((kind, span)) = fault {
                self.fault(kind, span);
            }
        }
    }
}

/// Two values that are joined.
fn joined(value: &ParsedValue<'_>) -> Option<(ErrorKind, Span)> {
    let mut values = meanings(value).filter(|(_, _, meaning)| *meaning != Meaning::Flag);
    let (first, second) = (values.next()?, values.next()?);
    let kind = ErrorKind::JoinedValues {
        first: first.0.to_owned(),
        second: second.0.to_owned(),
    };
    Some((kind, value.span))
}

/// A value as a mask.
fn masking(condition: &ParsedCondition<'_>) -> Option<(ErrorKind, Span)> {
    meanings(condition.mask.as_ref()?).find_map(|(name, span, meaning)| {
        let field = match meaning {
            Meaning::Flag => return None,
            Meaning::Value => None,
            Meaning::Field(field) => Some(field),
        };
        let kind = ErrorKind::ValueAsMask {
            parameter: condition.parameter.to_owned(),
            name: name.to_owned(),
            field,
        };
        Some((kind, span))
    })
}

/// An ordering of flags: another flag makes the number greater, or less.
fn ordered(condition: &ParsedCondition<'_>) -> Option<(ErrorKind, Span)> {
    if condition.mask.is_some() || matches!(condition.op, Op::Eq | Op::Ne) {
        return None;
    }
    let mut meanings = meanings(&condition.value);
    let (name, _, meaning) = meanings.find(|(_, _, meaning)| *meaning != Meaning::Value)?;
    let field = match meaning {
        Meaning::Field(field) => field,
        _ => name,
    };
    let kind = ErrorKind::OrderedFlags {
        masked: format!("{}&{field}", condition.parameter),
    };
    Some((kind, condition.span))
}

/// A refusal of exactly some flags.
fn exact(condition: &ParsedCondition<'_>, refuses: bool, arch: Arch) -> Option<(ErrorKind, Span)> {
    let lets_others_through = match condition.op {
        Op::Eq => refuses,
        Op::Ne => !refuses,
        _ => false,
    };
    if condition.mask.is_some() || !lets_others_through {
        return None;
    }
    let among_flags = |value| meanings(value).filter(|(_, _, meaning)| *meaning != Meaning::Value);
    let zero = |name: &str| syscallset_tables::constant(arch, name) == Some(0);
    // `PROT_NONE` is no flag that could stand beside others.
    if among_flags(&condition.value)
        .all(|(name, _, meaning)| meaning == Meaning::Flag && zero(name))
    {
        return None;
    }
    let names: Vec<&str> = among_flags(&condition.value)
        .map(|(name, ..)| name)
        .collect();
    let masks: Vec<&str> = among_flags(&condition.value)
        .map(|(name, _, meaning)| match meaning {
            Meaning::Field(field) => field,
            _ => name,
        })
        .collect();
    let (parameter, op) = (condition.parameter, condition.op);
    let kind = ErrorKind::OtherFlags {
        instead: format!("{parameter}&{}{op}{}", masks.join("|"), names.join("|")),
        exactly: format!("{parameter}&0xffffffff{op}{}", condition.value),
    };
    Some((kind, condition.span))
}
