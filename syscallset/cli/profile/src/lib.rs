//! Which system calls can a program make? Static analysis of ELF programs and the libraries they load.

mod code;
mod error;
mod flow;
mod functions;
mod handed;
mod image;
mod loads;
mod module;
mod namespace;
mod objects;
mod profile;
mod reach;
mod report;
mod roots;
mod scan;
mod solve;
mod start;

pub use error::{Error, ErrorKind};
pub use profile::{From, Options, Profile};
pub use report::{Chain, Load, Place, Unresolved};
pub use solve::Unknown;
