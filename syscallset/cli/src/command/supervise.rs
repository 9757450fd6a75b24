//! `syscallset supervise`: the second process of `run --on-violation report`. Not for people.

use clap::Parser;
use syscallset_compiler::action::Action;

use crate::failure::Failure;
use crate::jail::supervisor;
use crate::source::{Source, native_or};

/// The arguments.
#[derive(Debug, Parser)]
pub(crate) struct Supervise {
    /// Report in JSON.
    #[arg(long)]
    json: bool,

    /// Start the supervisor and end.
    #[arg(long)]
    detach: bool,

    /// The filter string that is in force.
    filter: String,
}

impl Supervise {
    pub(crate) fn run(self) -> Result<u8, Failure> {
        let outcome = if self.detach {
            supervisor::detach(&self.filter, self.json)
        } else {
            let arch = native_or(None)?;
            let source = Source::argument(&self.filter);
            let filter = source.parse(arch)?;
            let policy = source.resolve(&filter, arch, Action::Notify)?;
            supervisor::supervise(&filter, &policy, self.json)
        };
        outcome.map_err(|error| Failure::failed(format!("supervisor: {error}")))?;
        Ok(0)
    }
}
