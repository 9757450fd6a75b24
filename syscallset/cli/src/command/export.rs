//! `syscallset export`: a filter string in the format of another.

use std::io::{self, Write};

use clap::{Args, ValueEnum as _};
use serde::Serialize;

use crate::exchange::export::{Target, export};
use crate::failure::Failure;
use crate::output::Output;
use crate::report::Report;
use crate::source::FilterArguments;

const EXAMPLES: &str = "\
What the format cannot say is an error; nothing is left out. Notes on standard error say what to know about the \
format.

Examples:
  syscallset export \"@system-service ~@network-io\" --to systemd
  syscallset export \"@system-service\" --on-violation EPERM --to oci";

/// The arguments.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Export {
    #[command(flatten)]
    filter: FilterArguments,

    /// The format to write.
    #[arg(long, value_name = "FORMAT")]
    to: Target,
}

impl Export {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        let arch = self.filter.options.arch()?;
        let source = self.filter.source()?;
        let filter = source.parse(arch)?;
        let violation = self.filter.options.violation(arch)?;
        let policy = source.resolve(&filter, arch, violation)?;
        let target = self.to.to_possible_value();
        let format = target.map_or_else(String::new, |value| value.get_name().to_owned());
        let document = export(&policy, &filter.to_string(), self.to).map_err(|fault| {
            Failure::failed(format!(
                "the format `{format}` cannot say all of the filter: {fault}"
            ))
        })?;
        output.notes(&document.notes);
        output.report(&Exported {
            format,
            arch: arch.name(),
            text: document.text,
            notes: document.notes,
        })?;
        Ok(0)
    }
}

#[derive(Serialize)]
struct Exported {
    format: String,
    arch: &'static str,
    text: String,
    notes: Vec<String>,
}

impl Report for Exported {
    const NAME: &'static str = "export";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.text.as_bytes())
    }
}
