//! Conditions about arguments as questions about words.
//!
//! Classic BPF has 32-bit words and unsigned comparisons. So
//!
//! * an ordering is brought to "at least", or its opposite, and a signed one asks for the sign first:
//!   among numbers of one sign, signed and unsigned order agree;
//! * 64 bits are compared by their upper halves, and by the lower ones only if the upper are equal;
//! * halves that a mask removes or whose value decides nothing are not asked about;
//! * a mask that is only held against "no bit" or "the one bit" is a `JSET` and leaves the word whole.

use std::cmp::Ordering;

use crate::graph::{Comparison, Word};
use crate::lowered::{Condition, Op, Width, argument_offsets};

/// One test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Question {
    pub(super) word: Word,
    pub(super) comparison: Comparison,
    pub(super) k: u32,
}

/// Where an answer leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// The condition holds.
    Holds,
    /// It does not.
    Fails,
    /// Another step of the condition decides, which has a smaller index.
    Step(usize),
}

/// A question and where its answers lead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) question: Question,
    pub(super) yes: Then,
    pub(super) no: Then,
}

/// A condition as steps.
#[derive(Debug)]
pub(super) struct Predicate {
    pub(super) steps: Vec<Step>,
    pub(super) entry: Then,
}

/// What to ask about a condition.
pub(super) fn predicate(condition: &Condition, big_endian: bool) -> Predicate {
    let mut steps = Steps(Vec::new());
    let entry = steps.condition(condition, big_endian);
    Predicate {
        steps: steps.0,
        entry,
    }
}

/// Half of an argument under its mask.
#[derive(Clone, Copy)]
struct Half {
    offset: u32,
    mask: u32,
    /// Whether orderings take it as a two's complement number.
    signed: bool,
}

const SIGN: u32 = 1 << 31;

/// The steps of a condition, last ones first.
struct Steps(Vec<Step>);

impl Steps {
    #[allow(clippy::cast_possible_truncation, reason = "halves are meant")]
    fn condition(&mut self, condition: &Condition, big_endian: bool) -> Then {
        let Condition {
            arg,
            width,
            mask,
            op,
            value,
        } = *condition;
        let (low, high) = argument_offsets(arg, big_endian);
        let wide = matches!(width, Width::U64 | Width::I64);
        let signed = matches!(width, Width::I32 | Width::I64);
        let low = Half {
            offset: low,
            mask: mask as u32,
            signed: signed && !wide,
        };
        let high = Half {
            offset: high,
            mask: (mask >> 32) as u32,
            signed,
        };
        let (yes, no) = (Then::Holds, Then::Fails);
        let (bound, yes, no) = match op {
            Op::Eq | Op::Ne => {
                let (yes, no) = if op == Op::Eq { (yes, no) } else { (no, yes) };
                let equal = self.equal(low, value as u32, yes, no);
                return if wide {
                    self.equal(high, (value >> 32) as u32, equal, no)
                } else {
                    equal
                };
            }
            Op::Ge => (Some(value), yes, no),
            Op::Lt => (Some(value), no, yes),
            Op::Gt => (successor(value, width), yes, no),
            Op::Le => (successor(value, width), no, yes),
        };
        let Some(bound) = bound else {
            // Nothing is greater than the greatest number.
            return no;
        };
        if !wide {
            return self.at_least(low, bound as u32, yes, no);
        }
        let upper = (bound >> 32) as u32;
        let equal = self.at_least(low, bound as u32, yes, no);
        if equal == yes {
            return self.at_least(high, upper, yes, no);
        }
        let beyond = successor(upper.into(), if signed { Width::I32 } else { Width::U32 });
        let greater = beyond.map_or(no, |beyond| self.at_least(high, beyond as u32, yes, no));
        if equal == no {
            return greater;
        }
        self.equal(high, upper, equal, greater)
    }

    /// Is the half equal to `value`?
    fn equal(&mut self, half: Half, value: u32, yes: Then, no: Then) -> Then {
        let Half { offset, mask, .. } = half;
        if value & !mask != 0 {
            no
        } else if mask == 0 {
            yes
        } else if mask == u32::MAX {
            self.ask(Word::whole(offset), Comparison::Equal, value, yes, no)
        } else if value == 0 {
            self.ask(Word::whole(offset), Comparison::AnyBit, mask, no, yes)
        } else if value == mask && mask.is_power_of_two() {
            self.ask(Word::whole(offset), Comparison::AnyBit, mask, yes, no)
        } else {
            self.ask(Word { offset, mask }, Comparison::Equal, value, yes, no)
        }
    }

    /// Is the half at least `bound`?
    fn at_least(&mut self, half: Half, bound: u32, yes: Then, no: Then) -> Then {
        if !half.signed {
            return self.at_least_unsigned(half, bound, yes, no);
        }
        match bound.cmp(&SIGN) {
            // Only numbers that are not negative, and of those the ones from the bound on.
            Ordering::Less => {
                let positive = self.at_least_unsigned(half, bound, yes, no);
                self.at_least_unsigned(half, SIGN, no, positive)
            }
            // All, as this is the least number.
            Ordering::Equal => yes,
            // All that are not negative, and the negative ones from the bound on.
            Ordering::Greater => {
                let negative = self.at_least_unsigned(half, bound, yes, no);
                self.at_least_unsigned(half, SIGN, negative, yes)
            }
        }
    }

    fn at_least_unsigned(&mut self, half: Half, bound: u32, yes: Then, no: Then) -> Then {
        let Half { offset, mask, .. } = half;
        // What the mask leaves is a multiple of its lowest bit and at most the mask.
        let lowest = mask & mask.wrapping_neg();
        if bound == 0 {
            yes
        } else if bound > mask {
            no
        } else if bound <= lowest {
            self.equal(half, 0, no, yes)
        } else if bound > mask - lowest {
            self.equal(half, mask, yes, no)
        } else {
            self.ask(Word { offset, mask }, Comparison::AtLeast, bound, yes, no)
        }
    }

    fn ask(&mut self, word: Word, comparison: Comparison, k: u32, yes: Then, no: Then) -> Then {
        if yes == no {
            return yes;
        }
        self.0.push(Step {
            question: Question {
                word,
                comparison,
                k,
            },
            yes,
            no,
        });
        Then::Step(self.0.len() - 1)
    }
}

/// The number after `value`, if there is one of this width.
fn successor(value: u64, width: Width) -> Option<u64> {
    let greatest = match width {
        Width::U32 => u64::from(u32::MAX),
        Width::I32 => u64::from(u32::MAX >> 1),
        Width::U64 => u64::MAX,
        Width::I64 => u64::MAX >> 1,
    };
    // The successor of -1 is 0 at every width.
    let all_ones = match width {
        Width::U32 | Width::I32 => u64::from(u32::MAX),
        Width::U64 | Width::I64 => u64::MAX,
    };
    (value & all_ones != greatest).then(|| value.wrapping_add(1) & all_ones)
}
