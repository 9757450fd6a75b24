//! What the macros expand to; no part of the public interface.

pub use crate::restrict::restrict;
pub use crate::{__filter_for_target as filter_for_target, __require_linux as require_linux};
pub use syscallset_macros::filter_for;
