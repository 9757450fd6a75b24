//! What the command line asks for.

use super::Result;

pub(super) const USAGE: &str = "\
usage: cargo xtask survey [OPTION…] [PROGRAM…]

Runs the programs of `xtask/survey/programs` under their filters, all of them unless some are named.

options:
  --calls      print the calls that each program makes under its filter
  --here       only with the C library of this machine
  --runs N     run each program N times where it is built for release, instead of as often as its head says
";

/// The command line.
#[derive(Default)]
pub(super) struct Options {
    /// Whether to print the calls of each program.
    pub(super) calls: bool,
    /// Whether to leave out other C libraries.
    pub(super) here: bool,
    /// How often to run each program, where that is not up to its head.
    pub(super) runs: Option<usize>,
    /// The programs to run; all of them if empty.
    programs: Vec<String>,
}

impl Options {
    /// Reads the command line; `None` if it asks for help.
    pub(super) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--calls" => options.calls = true,
                "--here" => options.here = true,
                "--runs" => {
                    let value = arguments.next().and_then(|value| value.parse().ok());
                    let runs = value.filter(|runs| *runs > 0);
                    options.runs =
                        Some(runs.ok_or_else(|| format!("`--runs` needs a number\n{USAGE}"))?);
                }
                option if option.starts_with('-') => {
                    return Err(format!("no option `{option}`\n{USAGE}"));
                }
                _ => options.programs.push(argument),
            }
        }
        Ok(Some(options))
    }

    pub(super) fn selects(&self, program: &str) -> bool {
        self.programs.is_empty() || self.programs.iter().any(|name| name == program)
    }

    /// Whether every program runs, in every setting.
    pub(super) fn is_whole(&self) -> bool {
        self.programs.is_empty() && !self.here
    }
}
