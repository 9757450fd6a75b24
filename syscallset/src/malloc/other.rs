//! C libraries whose malloc reads no files.

use crate::instruction::Instruction;

/// What to do before a filter is loaded: nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preparation;

impl Preparation {
    pub(crate) const fn of(_program: &[Instruction], _audit_arch: u32) -> Self {
        Self
    }

    #[allow(clippy::unused_self, reason = "takes the place of glibc's")]
    pub(crate) fn before_main(self) {}

    #[allow(clippy::unused_self, reason = "takes the place of glibc's")]
    pub(crate) fn before_thread(self) {}

    #[allow(clippy::unused_self, reason = "takes the place of glibc's")]
    pub(crate) fn before_all_threads(self) {}
}
