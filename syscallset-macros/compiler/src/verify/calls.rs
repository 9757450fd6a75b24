//! Sets of calls, narrowed by tests of the words of their data.

use std::rc::Rc;

use crate::insn::{OFFSET_ARCH, OFFSET_NR};
use crate::interpret::Data;
use crate::verify::Mismatch;
use crate::verify::values::{Budget, Test, Values};

/// A set of calls: independent sets of values, one per word of the call's data. It is never empty.
#[derive(Clone)]
pub struct Calls {
    words: [Rc<Values>; 16],
}

impl Calls {
    /// All calls.
    #[must_use]
    pub fn all() -> Self {
        let values = Rc::new(Values::ALL);
        Self {
            words: std::array::from_fn(|_| Rc::clone(&values)),
        }
    }

    /// The values that the word at this offset has in these calls.
    #[must_use]
    pub fn word(&self, offset: u32) -> &Values {
        &self.words[offset as usize / 4]
    }

    /// The calls for which the outcome of a test of one word is `holds`; `None` if there are none.
    ///
    /// # Errors
    ///
    /// [`Mismatch::TooComplex`] if the budget does not suffice to say.
    pub fn narrow(
        &self,
        offset: u32,
        test: Test,
        holds: bool,
        budget: &mut Budget,
    ) -> Result<Option<Self>, Mismatch> {
        let narrowed = self.word(offset).narrow(test, holds, budget)?;
        Ok(narrowed.map(|values| {
            let mut calls = self.clone();
            calls.words[offset as usize / 4] = Rc::new(values);
            calls
        }))
    }

    /// One of the calls.
    pub(super) fn member(&self, big_endian: bool) -> Data {
        let word = |offset| u64::from(self.word(offset).member());
        let wide = |first| {
            let (one, two) = (word(first), word(first + 4));
            if big_endian {
                one << 32 | two
            } else {
                two << 32 | one
            }
        };
        Data {
            nr: self.word(OFFSET_NR).member(),
            arch: self.word(OFFSET_ARCH).member(),
            instruction_pointer: wide(8),
            args: [16, 24, 32, 40, 48, 56].map(wide),
        }
    }
}
