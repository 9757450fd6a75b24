//! Give up every system call that a program does not need, in one line.
//!
//! ```
//! #[syscallset::restrict("@basic-io")]
//! fn main() {
//!     println!("hello restricted world");
//! }
//! ```

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod action;
#[cfg(feature = "runtime")]
mod builder;
mod command;
mod error;
#[cfg(feature = "runtime")]
mod fault;
mod filter;
mod instruction;
#[cfg(feature = "seccompiler")]
mod interop;
mod load;
mod macros;
#[cfg_attr(
    not(all(target_os = "linux", target_env = "gnu")),
    path = "malloc/other.rs"
)]
mod malloc;
mod report;
mod restrict;
#[cfg(feature = "runtime")]
mod runtime;
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    path = "sys/other.rs"
)]
mod sys;

pub use action::Action;
#[cfg(feature = "runtime")]
pub use builder::FilterBuilder;
pub use command::CommandExt;
pub use error::Error;
#[cfg(feature = "runtime")]
pub use fault::{Fault, FilterError};
pub use filter::Filter;
pub use instruction::Instruction;
pub use load::is_supported;
#[cfg(feature = "runtime")]
pub use runtime::{limit_and_log, limit_to};
pub use syscallset_macros::restrict;
