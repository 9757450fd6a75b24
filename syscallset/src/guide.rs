//! Chapters, in the order of use. They are part of the documentation alone.

#[doc = include_str!("../docs/writing.md")]
pub mod writing {}

#[doc = include_str!("../docs/language.md")]
pub mod language {}

/// All sets, and what is in each of them: `syscallset sets` and `syscallset sets @basic-io`, or
/// [a table](https://docs.rs/syscallset-tables/latest/syscallset_tables/static.SETS.html).
///
/// Those of systemd allow what one kind of work takes; systemd.exec(5) describes them. Those that begin with `@rust-`,
/// and `@tokio`, are this project's: what a part of the standard library takes, found by tracing programs.
///
/// | set | |
/// | --- | --- |
/// | `@rust-abort` | End by SIGABRT (process::abort, panic = "abort", stack overflow); also allows to send signals to other processes |
/// | `@rust-backtrace` | Print backtraces (RUST_BACKTRACE=1, std::backtrace); also allows to open any file |
/// | `@rust-command` | Start other programs (std::process::Command), which live under the same filter, and wait for them |
/// | `@rust-fs` | All of std::fs |
/// | `@rust-net` | All of std::net and os::unix::net but looking up names; add @file-system to remove a socket's file |
/// | `@rust-resolve` | Look up host names (ToSocketAddrs); reads files such as /etc/hosts and asks servers |
/// | `@rust-runtime` | What the Rust standard library needs to run and to exit; always there |
/// | `@rust-threads` | Start threads (std::thread) |
/// | `@tokio` | Run tokio's reactor, in one thread or several; add what its tasks do, such as @network-io |
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
