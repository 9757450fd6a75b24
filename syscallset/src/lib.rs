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
mod command;
mod error;
mod filter;
mod instruction;
mod load;
mod macros;
#[cfg_attr(
    not(all(target_os = "linux", target_env = "gnu")),
    path = "malloc/other.rs"
)]
mod malloc;
mod report;
mod restrict;
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    path = "sys/other.rs"
)]
mod sys;

pub use action::Action;
pub use command::CommandExt;
pub use error::Error;
pub use filter::Filter;
pub use instruction::Instruction;
pub use load::is_supported;
pub use syscallset_macros::restrict;
