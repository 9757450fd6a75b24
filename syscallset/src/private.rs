//! What the macros expand to; no part of the public interface.

use std::ffi::CStr;

pub use crate::__note as note;
pub use crate::__require_linux as require_linux;
pub use crate::filter::Parts;
pub use crate::report::{Report, register, tag, tagged};
pub use crate::restrict::restrict;
pub use syscallset_macros::{filter_for, filter_for_target};

/// Text with a zero at its end, and no other: paths have none.
///
/// # Panics
///
/// On other text, while the program is compiled.
#[inline]
pub const fn c_str(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("the name of a source file has a zero"),
    }
}

/// A note of an ELF file, which is aligned to 4 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(4))]
pub struct Note<const SIZE: usize>(pub [u8; SIZE]);
