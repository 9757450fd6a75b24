//! What a filter string means, taken apart.

pub(crate) mod effect;
pub(crate) mod findings;
pub(crate) mod lint;
pub(crate) mod matrix;
mod powers;
mod siblings;
pub(crate) mod verdicts;
