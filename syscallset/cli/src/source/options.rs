//! Where a filter string comes from, and what it is compiled for.

use std::path::PathBuf;

use clap::Args;
use syscallset_compiler::action::Action;
use syscallset_tables::Arch;

use super::{Source, native_or, violation};
use crate::failure::Failure;

/// A filter string, and what it is compiled for.
#[derive(Clone, Debug, Args)]
pub(crate) struct FilterArguments {
    /// The filter string, such as `@system-service ~@network-io`; `syscallset --help` describes the language.
    pub(crate) filter: Option<String>,

    #[command(flatten)]
    pub(crate) options: FilterOptions,
}

/// What goes with a filter string.
#[derive(Clone, Debug, Args)]
pub(crate) struct FilterOptions {
    /// Read a filter string from this file, `-` for standard input; FILTER, if given, goes on where it ends.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// The architecture to speak about; the one this command runs on if left out.
    #[arg(long, value_name = "ARCH", value_parser = crate::arch::parse)]
    pub(crate) arch: Option<Arch>,

    /// What happens to refused calls that have no action of their own: `kill`, `kill-thread`, `trap`,
    /// `log`, `trace`, `notify`, or the name of an error such as `EPERM`.
    #[arg(long, value_name = "ACTION", default_value = "kill")]
    pub(crate) on_violation: String,
}

impl FilterArguments {
    /// The text, from the file and the command line.
    pub(crate) fn source(&self) -> Result<Source, Failure> {
        self.options.source(self.filter.as_deref())
    }
}

impl FilterOptions {
    /// The text, from the file and the command line.
    pub(crate) fn source(&self, filter: Option<&str>) -> Result<Source, Failure> {
        let mut source = Source::default();
        if let Some(path) = &self.policy {
            source.push_file(path)?;
        }
        match filter {
            Some(filter) => {
                source.push(None, filter);
                source.may_be_file = self.policy.is_none();
            }
            None if self.policy.is_some() => {}
            None => {
                return Err(Failure::usage("no filter string")
                    .with_help("write what is allowed, as in \"@basic-io @file-system\""));
            }
        }
        Ok(source)
    }

    /// The architecture to speak about.
    pub(crate) fn arch(&self) -> Result<Arch, Failure> {
        native_or(self.arch)
    }

    /// What happens to refused calls.
    pub(crate) fn violation(&self, arch: Arch) -> Result<Action, Failure> {
        violation(&self.on_violation, arch)
    }
}
