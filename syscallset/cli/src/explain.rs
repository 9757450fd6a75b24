//! What a filter string means, taken apart.

pub(crate) mod effect;
pub(crate) mod lint;
mod siblings;
