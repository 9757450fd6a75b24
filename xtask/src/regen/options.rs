//! The command line of `regen-tables`.

use super::Result;
use std::path::PathBuf;

pub(super) const USAGE: &str = "\
usage: cargo xtask regen-tables [SOURCE…] [--check]

Writes the snapshots in syscallset-tables/data/ from the sources named, and the Rust tables from the
snapshots. Without any source: the sets of the installed systemd.

sources:
  --systemd-analyze PATH     the sets that this systemd-analyze prints
  --from FILE                the sets in a saved output of `systemd-analyze syscall-filter`
  --systemd-version STRING   the first line of `systemd-analyze --version` that belongs to FILE
  --headers DIR              system call and error numbers from the unpacked Debian package
                             linux-libc-dev (DIR holds usr/include and usr/lib/linux/uapi)
  --from-snapshots           nothing new: the snapshots as they are (after an edit of rust-sets.txt)

  --check                    write nothing; fail if the Rust tables differ from what the snapshots give
";

/// Where new snapshots come from.
#[derive(Default)]
pub(super) struct Sources {
    pub(super) systemd: Option<Systemd>,
    pub(super) headers: Option<PathBuf>,
}

/// Where the sets come from.
pub(super) enum Systemd {
    /// A `systemd-analyze` to run.
    Analyze(PathBuf),
    /// Its saved output, and the version it came from if the text itself does not say.
    Saved(PathBuf, Option<String>),
}

pub(super) struct Options {
    pub(super) sources: Sources,
    pub(super) check: bool,
}

impl Options {
    /// Reads the arguments after `regen-tables`; `None` asks for the usage.
    pub(super) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut analyze = None;
        let mut from = None;
        let mut version = None;
        let mut headers = None;
        let mut as_they_are = false;
        let mut check = false;
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("`{argument}` needs a value"))
            };
            match argument.as_str() {
                "--systemd-analyze" => analyze = Some(PathBuf::from(value()?)),
                "--from" => from = Some(PathBuf::from(value()?)),
                "--systemd-version" => version = Some(value()?),
                "--headers" => headers = Some(PathBuf::from(value()?)),
                "--from-snapshots" => as_they_are = true,
                "--check" => check = true,
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("no option `{argument}`\n{USAGE}")),
            }
        }
        if version.is_some() && from.is_none() {
            return Err(
                "`--systemd-version` goes with `--from`: a systemd-analyze says its version itself"
                    .into(),
            );
        }
        let systemd = match (analyze, from) {
            (Some(_), Some(_)) => {
                return Err(
                    "`--systemd-analyze` and `--from` are two sources for the same sets: give one"
                        .into(),
                );
            }
            (Some(path), None) => Some(Systemd::Analyze(path)),
            (None, Some(file)) => Some(Systemd::Saved(file, version)),
            (None, None) if headers.is_some() || as_they_are || check => None,
            (None, None) => Some(Systemd::Analyze("systemd-analyze".into())),
        };
        if (check || as_they_are) && (systemd.is_some() || headers.is_some()) {
            return Err(
                "`--check` and `--from-snapshots` read the snapshots alone: give no other source"
                    .into(),
            );
        }
        Ok(Some(Self {
            sources: Sources { systemd, headers },
            check,
        }))
    }
}
