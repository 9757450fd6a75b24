//! `syscallset supervise`: the second process of `run --on-violation report`. Not for people.

use clap::Parser;

use crate::failure::Failure;
use crate::jail::supervisor;
use crate::source::native_or;

/// The arguments.
#[derive(Debug, Parser)]
pub(crate) struct Supervise {
    /// Report in JSON.
    #[arg(long)]
    json: bool,

    /// Start the supervisor and end.
    #[arg(long)]
    detach: bool,

    /// The filter string, for messages.
    filter: String,
}

impl Supervise {
    pub(crate) fn run(self) -> Result<u8, Failure> {
        let outcome = if self.detach {
            supervisor::detach(&self.filter, self.json)
        } else {
            supervisor::supervise(&self.filter, native_or(None)?, self.json)
        };
        outcome.map_err(|error| Failure::failed(format!("supervisor: {error}")))?;
        Ok(0)
    }
}
