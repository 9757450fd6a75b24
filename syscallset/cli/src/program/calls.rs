//! Sets of calls, those of the compiler's proof.

use syscallset_compiler::insn::{OFFSET_ARCH, OFFSET_NR};
use syscallset_compiler::lowered::argument_offsets;
use syscallset_compiler::verify::calls;
use syscallset_compiler::verify::values::{Budget, Relation, Test};
use syscallset_tables::Arch;

/// The program has too many ways to be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooComplex;

/// A set of calls.
#[derive(Clone)]
pub(crate) struct Calls(calls::Calls);

impl Calls {
    /// All calls.
    pub(crate) fn all() -> Self {
        Self(calls::Calls::all())
    }

    /// The calls of one architecture word.
    pub(crate) fn of_arch(audit_arch: u32) -> Self {
        let all = Self::all();
        all.fixed(OFFSET_ARCH, audit_arch).unwrap_or(all)
    }

    /// Those whose number lies in a range.
    pub(crate) fn numbered(&self, first: u32, last: u32) -> Option<Self> {
        let from = self.with(OFFSET_NR, Test::whole(Relation::AtLeast, first), true)?;
        from.with(OFFSET_NR, Test::whole(Relation::Above, last), false)
    }

    /// The calls whose word at this offset passes the test; `None` if there are none.
    pub(crate) fn with(&self, offset: u32, test: Test, holds: bool) -> Option<Self> {
        // A fresh budget suffices for any one word.
        self.narrow(offset, test, holds, &mut Budget::new())
            .ok()
            .flatten()
    }

    /// The calls with this word at this offset.
    pub(crate) fn fixed(&self, offset: u32, value: u32) -> Option<Self> {
        self.with(offset, Test::whole(Relation::Equal, value), true)
    }

    /// A value of the word at this offset, and bounds of all of them.
    pub(crate) fn word(&self, offset: u32) -> (u32, (u32, u32)) {
        let values = self.0.word(offset);
        (values.member(), values.bounds())
    }

    /// The argument registers of one of them.
    pub(crate) fn arguments(&self, arch: Arch) -> [u64; 6] {
        let mut registers = [0; 6];
        for (register, argument) in registers.iter_mut().zip(0..) {
            let (low, high) = argument_offsets(argument, arch.big_endian());
            let [low, high] = [low, high].map(|offset| u64::from(self.word(offset).0));
            *register = high << 32 | low;
        }
        registers
    }

    /// The calls whose word at this offset passes the test, for as long as the budget lasts.
    pub(super) fn narrow(
        &self,
        offset: u32,
        test: Test,
        holds: bool,
        budget: &mut Budget,
    ) -> Result<Option<Self>, TooComplex> {
        let narrowed = self.0.narrow(offset, test, holds, budget);
        narrowed
            .map(|calls| calls.map(Self))
            .map_err(|_| TooComplex)
    }
}
