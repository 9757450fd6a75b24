//! `syscallset dump`: the program of a filter string, or one that somebody else made.

use std::path::PathBuf;

use clap::Args;

use crate::dump::{Dump as Listing, Format};
use crate::failure::Failure;
use crate::output::Output;
use crate::program;
use crate::source::FilterArguments;

const EXAMPLES: &str = "\
Examples:
  syscallset dump \"@basic-io\"
  syscallset dump --format c --arch aarch64 \"@basic-io\"
  syscallset dump --format dot \"@basic-io\" | dot -Tsvg >FILE
  syscallset dump --program FILE";

/// The arguments.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Dump {
    #[command(flatten)]
    filter: FilterArguments,

    /// Dump the program in this file (`-` for standard input), an array of `struct sock_filter`, instead of a filter string's.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["filter", "policy", "on_violation"])]
    program: Option<PathBuf>,

    /// The notation; `asm` if left out.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

impl Dump {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        let format = match self.format {
            Some(format) if output.is_json() && format != Format::Json => {
                return Err(
                    Failure::usage("`--json` asks for another notation than `--format`")
                        .with_help("leave one of them out"),
                );
            }
            format => format.unwrap_or_default(),
        };
        let arch = self.filter.options.arch()?;
        let (source, program) = if let Some(path) = &self.program {
            (path.display().to_string(), program::read(path, arch)?)
        } else {
            let source = self.filter.source()?;
            let filter = source.parse(arch)?;
            let violation = self.filter.options.violation(arch)?;
            let policy = source.resolve(&filter, arch, violation)?;
            (filter.to_string(), source.compile(policy)?.instructions)
        };
        match format {
            Format::Raw => output.bytes(&program::encode(&program, arch))?,
            format => {
                output.prefer_json(format == Format::Json);
                output.report(&Listing::new(source, program, arch, format))?;
            }
        }
        Ok(0)
    }
}
