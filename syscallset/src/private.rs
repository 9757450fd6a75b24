//! What the macros expand to; no part of the public interface.

pub use crate::__note as note;
pub use crate::__require_linux as require_linux;
pub use crate::filter::Parts;
pub use crate::report::{Report, register};
pub use crate::restrict::restrict;
pub use syscallset_macros::{filter_for, filter_for_target};

/// A note of an ELF file, which is aligned to 4 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(4))]
pub struct Note<const SIZE: usize>(pub [u8; SIZE]);
