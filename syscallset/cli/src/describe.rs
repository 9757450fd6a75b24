//! Actions, conditions and decisions in words.

use std::borrow::Cow;

use serde::Serialize;
use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::{Condition, Decision, Op, Rule, Width};
use syscallset_compiler::resolve::action_name;
use syscallset_tables::Arch;

use crate::spelling;

/// What is decided about a call, as the JSON objects have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct DecisionText {
    /// The call.
    pub(crate) call: &'static str,
    /// The first rule that holds decides; empty where arguments do not matter.
    pub(crate) rules: Vec<RuleText>,
    /// The action where no rule holds.
    pub(crate) otherwise: Cow<'static, str>,
}

/// All conditions hold: the action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct RuleText {
    pub(crate) conditions: Vec<String>,
    pub(crate) action: Cow<'static, str>,
}

impl DecisionText {
    /// In words that a filter string takes.
    pub(crate) fn new(call: &'static str, decision: &Decision, arch: Arch) -> Self {
        Self::worded(call, decision, arch, |rule, op| match op {
            Op::Eq => rule.action == Action::Allow,
            _ => rule.action != Action::Allow,
        })
    }

    /// With the names of all constants, also of those by which a filter string does not refuse.
    pub(crate) fn by_name(call: &'static str, decision: &Decision, arch: Arch) -> Self {
        Self::worded(call, decision, arch, |_, _| true)
    }

    /// `flags_by_name` says whether flags are named where all bits of an argument are compared.
    fn worded(
        call: &'static str,
        decision: &Decision,
        arch: Arch,
        flags_by_name: impl Fn(&Rule, Op) -> bool,
    ) -> Self {
        let rule = |rule: &Rule| RuleText {
            conditions: rule
                .conditions
                .iter()
                .map(|held| condition(call, held, flags_by_name(rule, held.op), arch))
                .collect(),
            action: action_name(rule.action, arch),
        };
        Self {
            call,
            rules: decision.rules.iter().map(rule).collect(),
            otherwise: action_name(decision.otherwise, arch),
        }
    }
}

/// `allow if domain=AF_UNIX; EPERM if …; else kill`
impl std::fmt::Display for DecisionText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for RuleText { conditions, action } in &self.rules {
            write!(f, "{action} if {}; else ", conditions.join(" and "))?;
        }
        f.write_str(&self.otherwise)
    }
}

/// A condition in the language of filter strings, with the names of constants where there are any. A filter string
/// does not refuse flags by name where any other flag is a way around; neither need it be shown so.
fn condition(call: &str, condition: &Condition, flags_by_name: bool, arch: Arch) -> String {
    let Condition {
        arg,
        width,
        mask,
        op,
        value,
    } = *condition;
    let parameter: Cow<'_, str> = syscallset_tables::params(arch, call)
        .and_then(|params| {
            params
                .whole_in_word(arg)
                .map(|param| param.manual_name().into())
        })
        .unwrap_or_else(|| arg.to_string().into());
    let all = mask == all_ones(width);
    let known = spelling::of_word(call, arg, arch)
        .filter(|_| matches!(op, Op::Eq | Op::Ne))
        .filter(|known| !all || flags_by_name || !known.has_flags());
    let plain = || signed(width, value);
    let (mask, value) = spelling::tested(known.as_ref(), (!all).then_some(mask), value, plain);
    format!("{parameter}{mask}{op}{value}")
}

/// The mask that leaves a value of this width as it is.
pub(crate) fn all_ones(width: Width) -> u64 {
    match width {
        Width::U32 | Width::I32 => u64::from(u32::MAX),
        Width::U64 | Width::I64 => u64::MAX,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the width says how the bits are read"
)]
fn signed(width: Width, value: u64) -> String {
    let signed = match width {
        Width::I32 => i64::from(value as u32 as i32),
        Width::I64 => value as i64,
        Width::U32 | Width::U64 => 0,
    };
    if signed < 0 {
        signed.to_string()
    } else {
        number(value)
    }
}

/// Small numbers are written as people count.
pub(crate) fn number(value: u64) -> String {
    if value < 10 {
        value.to_string()
    } else {
        format!("{value:#x}")
    }
}
