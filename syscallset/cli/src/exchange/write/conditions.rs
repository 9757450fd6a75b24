//! Conditions on argument registers in the words of a filter string.

use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::{Condition, Decision, Op, Width};
use syscallset_compiler::resolve::action_name;
use syscallset_tables::{Arch, Kind, Place};

/// How the kernel reads an argument, and what a filter string calls it.
#[derive(Clone, Debug)]
pub(super) struct Register {
    name: String,
    bits: u32,
    signed: bool,
}

impl Register {
    /// The parameter of a call in an argument register; `None` for addresses, which no filter string looks
    /// at, and where the call has no such parameter.
    pub(super) fn of(call: &str, arch: Arch, arg: u8) -> Option<Self> {
        let params = syscallset_tables::params(arch, call)?;
        let param = params
            .in_word(arg)
            .filter(|param| param.kind != Kind::Pointer)?;
        Some(match param.place {
            Place::Word(_) => Self {
                name: param.manual_name().to_owned(),
                bits: param.kind.bits(arch),
                signed: param.kind.is_signed(),
            },
            // Halves go by their index.
            Place::Pair { .. } => Self {
                name: arg.to_string(),
                bits: 32,
                signed: false,
            },
        })
    }

    /// All bits that the kernel reads.
    pub(super) fn all(&self) -> u64 {
        u64::MAX >> (64 - self.bits)
    }

    /// The bit that makes its numbers negative; 0 if there are none.
    pub(super) fn sign(&self) -> u64 {
        match self.own_width() {
            Width::I32 => 1 << 31,
            Width::I64 => 1 << 63,
            Width::U32 | Width::U64 => 0,
        }
    }

    /// The width at which its own numbers are compared. Narrower ones than the compiler knows are compared
    /// without a sign.
    pub(super) fn own_width(&self) -> Width {
        match (self.signed, self.bits) {
            (true, 32) => Width::I32,
            (true, 64) => Width::I64,
            _ => self.width(),
        }
    }

    /// The width at which conditions on it are compared without a sign.
    pub(super) fn width(&self) -> Width {
        if self.bits > 32 {
            Width::U64
        } else {
            Width::U32
        }
    }
}

/// Items that make a filter decide about a call as `decision` does. `before` is what it decides without.
///
/// # Errors
///
/// What cannot be said about the call's arguments.
pub(super) fn items(
    call: &str,
    decision: &Decision,
    before: Option<&Decision>,
    violation: Action,
    arch: Arch,
) -> Result<Vec<String>, String> {
    let otherwise = decision.otherwise;
    let mut items = Vec::new();
    if before != Some(&Decision::constant(otherwise)) {
        items.push(item(call, "", otherwise, violation, arch));
    }
    // The last item that matches decides, the first rule does.
    for (index, rule) in decision.rules.iter().enumerate().rev() {
        let later = &decision.rules[index + 1..];
        if rule.action == otherwise && later.iter().all(|later| later.action == otherwise) {
            continue;
        }
        for alternative in alternatives(call, &rule.conditions, arch)? {
            let conditions = format!("({})", alternative.join(","));
            items.push(item(call, &conditions, rule.action, violation, arch));
        }
    }
    Ok(items)
}

fn item(call: &str, conditions: &str, action: Action, violation: Action, arch: Arch) -> String {
    if action == Action::Allow {
        format!("{call}{conditions}")
    } else if action == violation {
        format!("~{call}{conditions}")
    } else {
        format!("~{call}{conditions}:{}", action_name(action, arch))
    }
}

/// Unsigned conditions as alternatives of conditions with the parameters' own signs.
fn alternatives(
    call: &str,
    conditions: &[Condition],
    arch: Arch,
) -> Result<Vec<Vec<String>>, String> {
    let mut alternatives: Vec<Vec<String>> = vec![Vec::new()];
    for condition in conditions {
        let register = Register::of(call, arch, condition.arg).ok_or_else(|| {
            format!(
                "`{call}` has a condition on argument {}, which a filter string cannot look at",
                condition.arg
            )
        })?;
        let texts = texts(&register, condition);
        alternatives = alternatives
            .iter()
            .flat_map(|alternative| {
                texts.iter().map(|text| {
                    let mut alternative = alternative.clone();
                    alternative.extend(text.clone());
                    alternative
                })
            })
            .collect();
    }
    Ok(alternatives)
}

/// A condition as alternatives of texts that must all hold.
fn texts(register: &Register, condition: &Condition) -> Vec<Vec<String>> {
    let Condition { op, value, .. } = *condition;
    let name = &register.name;
    let mask = if condition.mask == register.all() {
        String::new()
    } else {
        format!("&{:#x}", condition.mask)
    };
    let compare = |op: Op, value: i128| {
        if (-9..10).contains(&value) {
            format!("{name}{mask}{op}{value}")
        } else if value < 0 {
            format!("{name}{mask}{op}-{:#x}", -value)
        } else {
            format!("{name}{mask}{op}{value:#x}")
        }
    };
    match condition.width {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_possible_wrap,
            reason = "the width says how the bits are read"
        )]
        Width::I32 => return vec![vec![compare(op, i128::from(value as u32 as i32))]],
        #[allow(
            clippy::cast_possible_wrap,
            reason = "the width says how the bits are read"
        )]
        Width::I64 => return vec![vec![compare(op, i128::from(value as i64))]],
        Width::U32 | Width::U64 => {}
    }
    let value = i128::from(value);
    if !register.signed || matches!(op, Op::Eq | Op::Ne) {
        return vec![vec![compare(op, value)]];
    }
    // Without a sign, the negative numbers come behind the others.
    let sign = 1_i128 << (register.bits - 1);
    let below = matches!(op, Op::Lt | Op::Le);
    let bound = match op {
        Op::Le | Op::Gt => value + 1,
        _ => value,
    };
    let negative = || compare(Op::Lt, 0);
    let positive = || compare(Op::Ge, 0);
    match (below, bound.cmp(&sign)) {
        (true, std::cmp::Ordering::Less) => vec![vec![positive(), compare(Op::Lt, bound)]],
        (true, std::cmp::Ordering::Equal) => vec![vec![positive()]],
        (true, std::cmp::Ordering::Greater) => {
            vec![vec![positive()], vec![compare(Op::Lt, bound - 2 * sign)]]
        }
        (false, std::cmp::Ordering::Less) => vec![vec![negative()], vec![compare(Op::Ge, bound)]],
        (false, std::cmp::Ordering::Equal) => vec![vec![negative()]],
        (false, std::cmp::Ordering::Greater) => {
            vec![vec![negative(), compare(Op::Ge, bound - 2 * sign)]]
        }
    }
}
