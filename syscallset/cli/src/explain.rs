//! What a filter string means, taken apart.

pub(crate) mod effect;
pub(crate) mod findings;
pub(crate) mod lint;
mod siblings;
pub(crate) mod verdicts;
