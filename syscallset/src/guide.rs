//! Chapters, in the order of use. They are part of the documentation alone.

#[doc = include_str!("../docs/writing.md")]
pub mod writing {}

#[doc = include_str!("../docs/language.md")]
pub mod language {}

/// All sets, and what is in each of them:
/// [a table](https://docs.rs/syscallset-tables/latest/syscallset_tables/static.SETS.html), or
/// `syscallset sets` and `syscallset sets @basic-io`.
///
/// Those of systemd allow what one kind of work takes. Those that begin with `@rust-` are this project's: what
/// a part of the standard library takes, found by tracing programs.
pub mod sets {}

#[doc = include_str!("../docs/phases.md")]
pub mod phases {}

#[doc = include_str!("../docs/conditions.md")]
pub mod conditions {}

#[doc = include_str!("../docs/violations.md")]
pub mod violations {}

#[doc = include_str!("../docs/limits.md")]
pub mod limits {}

#[doc = include_str!("../docs/faq.md")]
pub mod faq {}

// Its examples are tested with those of `syscallset-tests`, which depends on the other crates.
#[cfg(not(doctest))]
#[doc = include_str!("../docs/migration.md")]
pub mod migration {}
