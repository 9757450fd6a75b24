//! What the tests of the workspace and the programs under test share.

pub mod both;
pub mod ended;
pub mod program;
pub mod sys;
pub mod threads;

/// The guide for those who come from other filters: what it replaces, and what by.
#[cfg(all(doctest, target_os = "linux"))]
#[doc = include_str!("../../syscallset/docs/migration.md")]
struct Migration;

/// The name of the architecture that filters are compiled for here, which knows its byte order:
/// `std::env::consts::ARCH` does not.
pub fn arch() -> &'static str {
    syscallset::filter!("", on_violation = "kill").arch()
}
