//! What a condition means: as plain arithmetic on 128-bit numbers, and in seccompiler's words.

use seccompiler::{SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule};

/// An operator that seccompiler has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// The bits of the mask are those of the value.
    MaskedEq(u64),
}

/// A comparison of an argument register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub(crate) arg: u8,
    /// 32 or 64: how much of the register counts.
    pub(crate) bits: u32,
    /// Whether orderings are those of signed numbers, which seccompiler does not have.
    pub(crate) signed: bool,
    pub(crate) cmp: Cmp,
    /// Bits above those that count are ignored.
    pub(crate) value: u64,
}

impl Comparison {
    /// Whether it holds for these registers.
    pub(crate) fn holds(&self, args: &[u64; 6]) -> bool {
        let (left, right) = (self.number(args[usize::from(self.arg)]), self.right());
        match self.cmp {
            Cmp::Eq => left == right,
            Cmp::Ne => left != right,
            Cmp::Lt => left < right,
            Cmp::Le => left <= right,
            Cmp::Gt => left > right,
            Cmp::Ge => left >= right,
            Cmp::MaskedEq(mask) => (left ^ right) & self.number(mask) == 0,
        }
    }

    /// The right-hand side.
    pub(crate) fn right(&self) -> i128 {
        self.number(self.value)
    }

    /// What a register stands for.
    fn number(&self, register: u64) -> i128 {
        let modulus = 1_i128 << self.bits;
        let number = i128::from(register) % modulus;
        if self.signed && number >= modulus / 2 {
            number - modulus
        } else {
            number
        }
    }

    /// The same for seccompiler: alternatives, each a list of conditions that must all hold. One
    /// alternative with one condition, unless signed numbers are ordered.
    pub(crate) fn for_peer(&self) -> Vec<Vec<SeccompCondition>> {
        let condition = |cmp, value| {
            let length = if self.bits == 64 {
                SeccompCmpArgLen::Qword
            } else {
                SeccompCmpArgLen::Dword
            };
            SeccompCondition::new(self.arg, length, cmp, value).expect("the argument exists")
        };
        let cmp = match self.cmp {
            Cmp::Eq => SeccompCmpOp::Eq,
            Cmp::Ne => SeccompCmpOp::Ne,
            Cmp::Lt => SeccompCmpOp::Lt,
            Cmp::Le => SeccompCmpOp::Le,
            Cmp::Gt => SeccompCmpOp::Gt,
            Cmp::Ge => SeccompCmpOp::Ge,
            Cmp::MaskedEq(mask) => SeccompCmpOp::MaskedEq(mask),
        };
        let plain = condition(cmp, self.value);
        let downwards = match self.cmp {
            Cmp::Lt | Cmp::Le => true,
            Cmp::Gt | Cmp::Ge => false,
            Cmp::Eq | Cmp::Ne | Cmp::MaskedEq(_) => return vec![vec![plain]],
        };
        if !self.signed {
            return vec![vec![plain]];
        }
        // As unsigned numbers, the negative ones come after the others.
        let first_negative = 1 << (self.bits - 1);
        let negative = condition(SeccompCmpOp::Ge, first_negative);
        let not_negative = condition(SeccompCmpOp::Lt, first_negative);
        match (downwards, self.right() < 0) {
            (true, true) => vec![vec![negative, plain]],
            (true, false) => vec![vec![negative], vec![plain]],
            (false, true) => vec![vec![not_negative], vec![plain]],
            (false, false) => vec![vec![not_negative, plain]],
        }
    }
}

/// Whether all of them hold.
pub(crate) fn all_hold(comparisons: &[Comparison], args: &[u64; 6]) -> bool {
    comparisons.iter().all(|comparison| comparison.holds(args))
}

/// seccompiler's rules that hold where all of these comparisons do.
pub(crate) fn rules_for_peer(comparisons: &[Comparison]) -> Vec<SeccompRule> {
    let mut rules = vec![Vec::new()];
    for comparison in comparisons {
        let alternatives = comparison.for_peer();
        rules = rules
            .iter()
            .flat_map(|rule| {
                alternatives
                    .iter()
                    .map(move |more| [rule.as_slice(), more].concat())
            })
            .collect();
    }
    rules
        .into_iter()
        .map(|rule| SeccompRule::new(rule).expect("a rule has conditions"))
        .collect()
}
