//! Calls as they are written on a command line, and what is decided about them.

pub(crate) mod call;
pub(crate) mod deciding;
pub(crate) mod missing;
mod written;
