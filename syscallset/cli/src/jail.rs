//! Runs a program under a filter: what starting it needs, how the filter comes into force, and who tells
//! about refused calls.

pub(crate) mod execution;
pub(crate) mod lookup;
pub(crate) mod refusal;
pub(crate) mod start;
pub(crate) mod starting;
pub(crate) mod supervisor;
pub(crate) mod sys;
pub(crate) mod unexecuted;
