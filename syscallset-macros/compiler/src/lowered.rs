//! A policy for one architecture: every 32-bit call number and what is decided about it.

use crate::action::Action;
use crate::insn::OFFSET_ARGS;

/// A comparison operator of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// How the kernel reads an argument register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Width {
    /// The low 32 bits, unsigned; the upper half is ignored as the kernel ignores it.
    U32,
    /// The low 32 bits as a two's complement number.
    I32,
    /// All 64 bits, unsigned.
    U64,
    /// All 64 bits as a two's complement number.
    I64,
}

/// `(args[arg] & mask) op value`, compared at `width`.
///
/// `mask` and `value` hold the bits as the kernel sees them: at 32-bit widths their upper halves
/// are zero, a negative value is its two's complement at that width. At the signed widths the
/// orderings are signed, and `mask` must be all ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Condition {
    /// Argument index, 0 to 5.
    pub arg: u8,
    /// How much of the register is compared, and whether as a signed number.
    pub width: Width,
    /// Bits that take part in the comparison.
    pub mask: u64,
    /// The operator.
    pub op: Op,
    /// The right-hand side.
    pub value: u64,
}

/// All `conditions` hold: `action`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// At least one condition.
    pub conditions: Vec<Condition>,
    /// The verdict where all of them hold.
    pub action: Action,
}

/// What is decided about one call: the first rule that holds, else `otherwise`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decision {
    /// Rules in order of precedence, first match decides.
    pub rules: Vec<Rule>,
    /// The verdict where no rule holds.
    pub otherwise: Action,
}

impl Decision {
    /// A decision that depends on the call number alone.
    pub const fn constant(action: Action) -> Self {
        Self {
            rules: Vec::new(),
            otherwise: action,
        }
    }

    /// Whether the call is made whatever its arguments.
    pub fn is_allowed(&self) -> bool {
        self.rules.is_empty() && self.otherwise.passes()
    }

    /// Whether the call is not made whatever its arguments.
    pub fn is_refused(&self) -> bool {
        let mut actions = self.rules.iter().map(|rule| rule.action);
        !self.otherwise.passes() && !actions.any(Action::passes)
    }
}

/// Neighbouring call numbers about which the same is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first number; the run ends before the first number of the next one, the last run at
    /// `u32::MAX`.
    pub first: u32,
    /// What is decided.
    pub decision: Decision,
}

/// A policy ready for code generation: the kernel's view of one architecture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lowered {
    /// The word `arch` of `struct seccomp_data` for this architecture (`AUDIT_ARCH_*`).
    pub audit_arch: u32,
    /// Whether the upper half of an argument comes first in memory.
    pub big_endian: bool,
    /// The verdict about calls of any other architecture.
    pub foreign: Action,
    /// Runs in ascending order: the first begins at 0, neighbours differ, none is empty.
    pub runs: Vec<Run>,
}

impl Lowered {
    /// What is decided about call number `nr`.
    pub fn decision(&self, nr: u32) -> &Decision {
        let after = self.runs.partition_point(|run| run.first <= nr);
        &self.runs[after - 1].decision
    }
}

impl Condition {
    /// The low 32 bits of an argument are `value`.
    pub(crate) const fn equals(arg: u8, value: u32) -> Self {
        Self {
            arg,
            width: Width::U32,
            mask: u32::MAX as u64,
            op: Op::Eq,
            value: value as u64,
        }
    }

    /// Whether the condition holds for these argument registers: the meaning that compiled programs
    /// are held against.
    pub fn holds(&self, args: &[u64; 6]) -> bool {
        let register = args[usize::from(self.arg)];
        let masked = register & self.mask;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_possible_wrap,
            reason = "the widths say which bits the kernel reads, and how"
        )]
        match self.width {
            Width::U32 => compare(self.op, &(masked as u32), &(self.value as u32)),
            Width::I32 => compare(
                self.op,
                &(masked as u32 as i32),
                &(self.value as u32 as i32),
            ),
            Width::U64 => compare(self.op, &masked, &self.value),
            Width::I64 => compare(self.op, &(masked as i64), &(self.value as i64)),
        }
    }
}

impl Decision {
    /// The verdict for these argument registers.
    pub fn evaluate(&self, args: &[u64; 6]) -> Action {
        self.rules
            .iter()
            .find(|rule| {
                rule.conditions
                    .iter()
                    .all(|condition| condition.holds(args))
            })
            .map_or(self.otherwise, |rule| rule.action)
    }
}

fn compare<T: Ord>(op: Op, left: &T, right: &T) -> bool {
    match op {
        Op::Eq => left == right,
        Op::Ne => left != right,
        Op::Lt => left < right,
        Op::Le => left <= right,
        Op::Gt => left > right,
        Op::Ge => left >= right,
    }
}

/// Byte offset in `struct seccomp_data` of the low and of the high half of argument `arg`.
pub const fn argument_offsets(arg: u8, big_endian: bool) -> (u32, u32) {
    let first = OFFSET_ARGS + 8 * arg as u32;
    if big_endian {
        (first + 4, first)
    } else {
        (first, first + 4)
    }
}
