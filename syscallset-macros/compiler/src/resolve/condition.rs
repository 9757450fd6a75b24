//! From a condition as written to one on an argument register, as the kernel reads it.

use syscallset_tables::{Arch, Kind, Param, Params, Place};

use crate::error::{Error, ErrorKind};
use crate::filter::{ParsedCondition, ParsedValue, TermKind};
use crate::lowered::{Condition, Op, Width};
use crate::suggest;

/// Resolves the conditions of one item on `call`.
///
/// # Errors
///
/// Parameters that the call does not have, pointers, values that do not fit, unknown constants, and
/// conditions that hold always or never.
pub(super) fn resolve(
    call: &'static str,
    conditions: &[ParsedCondition<'_>],
    arch: Arch,
) -> Result<Vec<Condition>, Vec<Error>> {
    let mut resolved = Vec::new();
    let mut errors = Vec::new();
    for condition in conditions {
        match resolve_one(call, condition, arch) {
            Ok(condition) => resolved.push(condition),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(resolved)
    } else {
        Err(errors)
    }
}

/// The parameter that a condition names, or points to by its index.
pub(super) fn parameter<'p>(params: &'p Params, written: &str) -> Option<&'p Param> {
    match index(written) {
        Some(index) => params.in_word(index),
        None => params.named(written),
    }
}

/// The index that a condition names its parameter by.
pub(super) fn index(written: &str) -> Option<u8> {
    written.parse().ok().filter(|_| written.len() == 1)
}

fn resolve_one(
    call: &'static str,
    condition: &ParsedCondition<'_>,
    arch: Arch,
) -> Result<Condition, Error> {
    let register = register(call, condition, arch)?;
    let value = value(&condition.value, arch)?;
    let mask = condition
        .mask
        .as_ref()
        .map(|mask| self::value(mask, arch))
        .transpose()?;
    let ordering = !matches!(condition.op, Op::Eq | Op::Ne);
    if register.signed && ordering && mask.is_some() {
        return Err(Error::new(ErrorKind::SignedMask, condition.span));
    }
    let value = register.fit(value, ordering, &condition.value)?;
    let mask = match (&condition.mask, mask) {
        (Some(written), Some(mask)) => register.fit(mask, false, written)?,
        _ => register.all(),
    };
    let signed = register.signed && ordering;
    if let Some(holds) = constant(
        condition.op,
        mask,
        value,
        register.least_and_greatest(signed),
    ) {
        return Err(Error::new(
            ErrorKind::ConstantCondition { holds },
            condition.span,
        ));
    }
    let width = match (register.bits > 32, signed) {
        (false, false) => Width::U32,
        (false, true) => Width::I32,
        (true, false) => Width::U64,
        (true, true) => Width::I64,
    };
    Ok(Condition {
        arg: register.word,
        width,
        mask,
        op: condition.op,
        value,
    })
}

/// What the kernel reads of an argument.
struct Register {
    word: u8,
    bits: u32,
    signed: bool,
}

fn register(
    call: &'static str,
    condition: &ParsedCondition<'_>,
    arch: Arch,
) -> Result<Register, Error> {
    let fault = |kind| Error::new(kind, condition.parameter_span);
    let params = params(call, arch).ok_or_else(|| fault(ErrorKind::NoParameters { call }))?;
    let written = condition.parameter;
    let Some(param) = parameter(&params, written) else {
        let names = params
            .iter()
            .flat_map(|param| param.aliases.iter().copied().chain([param.name]));
        return Err(fault(if params.is_empty() {
            ErrorKind::NoParameters { call }
        } else {
            ErrorKind::UnknownParameter {
                call,
                known: params
                    .iter()
                    .filter(|param| param.kind != Kind::Pointer)
                    .map(Param::manual_name)
                    .collect(),
                suggestion: suggest::nearest(written, names).map(str::to_owned),
            }
        }));
    };
    if param.kind == Kind::Pointer {
        return Err(fault(ErrorKind::PointerParameter {
            name: param.manual_name(),
        }));
    }
    match (param.place, index(written)) {
        (Place::Word(word), _) => Ok(Register {
            word,
            bits: param.kind.bits(arch),
            signed: param.kind.is_signed(),
        }),
        (Place::Pair { .. }, Some(word)) => Ok(Register {
            word,
            bits: 32,
            signed: false,
        }),
        (Place::Pair { .. }, None) => Err(fault(ErrorKind::SplitParameter {
            name: param.manual_name(),
            arch: arch.name(),
        })),
    }
}

/// The parameters of a call; for one that this architecture lacks, those of another one, so that the
/// same string is right or wrong everywhere.
pub(super) fn params(call: &str, arch: Arch) -> Option<Params> {
    let elsewhere = || {
        Arch::ALL
            .iter()
            .find_map(|other| syscallset_tables::params(*other, call))
    };
    syscallset_tables::params(arch, call).or_else(elsewhere)
}

impl Register {
    /// All bits that the kernel reads.
    fn all(&self) -> u64 {
        u64::MAX >> (64 - self.bits)
    }

    /// The least and the greatest value, as numbers.
    fn least_and_greatest(&self, signed: bool) -> (i128, i128) {
        let all = i128::from(self.all());
        if signed {
            (-(all / 2) - 1, all / 2)
        } else {
            (0, all)
        }
    }

    /// The bits of a value. Where bits and not sizes are compared, a signed parameter takes both ways
    /// to write a value with its sign bit.
    fn fit(&self, value: i128, ordering: bool, written: &ParsedValue<'_>) -> Result<u64, Error> {
        let (least, mut greatest) = self.least_and_greatest(self.signed);
        if self.signed && !ordering {
            greatest = i128::from(self.all());
        }
        if value < least || value > greatest {
            let kind = self.describe(ordering);
            let kind = ErrorKind::ValueDoesNotFit {
                kind,
                least,
                greatest,
            };
            return Err(Error::new(kind, written.span));
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the two's complement at the parameter's width is wanted"
        )]
        let bits = value as u64;
        Ok(bits & self.all())
    }

    fn describe(&self, ordering: bool) -> &'static str {
        match (self.bits, self.signed) {
            (32, true) if !ordering => "a 32-bit number, signed or not",
            (64, true) if !ordering => "a 64-bit number, signed or not",
            (16, _) => "an unsigned 16-bit number",
            (32, false) => "an unsigned 32-bit number",
            (32, true) => "a signed 32-bit number",
            (_, false) => "an unsigned 64-bit number",
            (_, true) => "a signed 64-bit number",
        }
    }
}

/// The number that terms joined by `|` stand for.
pub(super) fn value(written: &ParsedValue<'_>, arch: Arch) -> Result<i128, Error> {
    let mut joined = 0;
    for term in &written.terms {
        joined |= match term.kind {
            TermKind::Integer(number) => number,
            TermKind::Constant(name) => {
                constant_value(name, arch).map_err(|kind| Error::new(kind, term.span))?
            }
        };
    }
    Ok(joined)
}

fn constant_value(name: &str, arch: Arch) -> Result<i128, ErrorKind> {
    if let Some(value) = syscallset_tables::constant(arch, name) {
        return Ok(value);
    }
    if syscallset_tables::constant_archs(name).next().is_some() {
        return Err(ErrorKind::ForeignConstant { arch: arch.name() });
    }
    let suggestion = suggest::nearest(
        &name.to_ascii_uppercase(),
        syscallset_tables::constant_names(),
    );
    Err(ErrorKind::UnknownConstant {
        suggestion: suggestion.map(str::to_owned),
    })
}

/// Whether a condition always or never holds.
fn constant(op: Op, mask: u64, value: u64, (least, greatest): (i128, i128)) -> Option<bool> {
    // The numbers that the masked register can be compared as.
    let (least, greatest) = if least < 0 {
        (least, greatest)
    } else {
        (0, greatest.min(i128::from(mask)))
    };
    let number = if least < 0 && i128::from(value) > greatest {
        i128::from(value) - (greatest - least + 1)
    } else {
        i128::from(value)
    };
    match op {
        Op::Eq if value & !mask != 0 || mask == 0 => Some(value == 0 && mask == 0),
        Op::Ne if value & !mask != 0 || mask == 0 => Some(value != 0 || mask != 0),
        Op::Lt if number <= least => Some(false),
        Op::Lt if number > greatest => Some(true),
        Op::Le if number < least => Some(false),
        Op::Le if number >= greatest => Some(true),
        Op::Gt if number >= greatest => Some(false),
        Op::Gt if number < least => Some(true),
        Op::Ge if number <= least => Some(true),
        Op::Ge if number > greatest => Some(false),
        _ => None,
    }
}
