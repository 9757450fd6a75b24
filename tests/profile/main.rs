//! Whether the static analysis of programs finds every call that a trace of them sees, and what becomes of damaged
//! files.

mod build;
mod corpus;
mod hostile;
mod loads;
mod record;
mod trace;
