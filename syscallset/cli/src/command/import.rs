//! `syscallset import`: the shortest filter string that means the same as a file in the format of another.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use syscallset_compiler::resolve::action_name;
use syscallset_tables::Arch;

use crate::exchange::import::{Circumstances, Origin, import};
use crate::exchange::write::{Options, write};
use crate::failure::Failure;
use crate::input;
use crate::output::Output;
use crate::report::Report;
use crate::source::native_or;

const EXAMPLES: &str = "\
The string is one of the shortest that mean exactly the file; `--json` tells how short one could be at best \
(`least_items`). Notes on standard error say what else to know about it.

Examples:
  strace -qcf -o FILE ls; syscallset import --from strace FILE
  systemctl cat UNIT | syscallset import --from systemd -
  syscallset import --from oci config.json --allow-extra 10";

/// The arguments.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Import {
    /// The format to read.
    #[arg(long, value_name = "FORMAT")]
    from: Origin,

    /// The file; `-` for standard input.
    file: PathBuf,

    /// The architecture; the one this command runs on if left out.
    #[arg(long, value_name = "ARCH", value_parser = crate::arch::parse)]
    arch: Option<Arch>,

    /// Allow up to this many harmless calls that the file does not, for a shorter string, and list them.
    #[arg(long, value_name = "N", default_value_t = 0)]
    allow_extra: usize,

    /// Take a list of what is refused to allow all other calls of the tables.
    #[arg(long)]
    allow_known: bool,

    /// Take calls that every filter begins with away, if a list of names, a trace or a log does not have them.
    #[arg(long)]
    exact: bool,

    /// A capability that rules of Docker and Podman depend on, such as `CAP_SYS_ADMIN`; may be given several
    /// times.
    #[arg(long = "capability", value_name = "NAME")]
    capabilities: Vec<String>,

    /// Which thread's filter to take from a file of seccompiler.
    #[arg(long, value_name = "NAME")]
    thread: Option<String>,
}

impl Import {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        let arch = native_or(self.arch)?;
        self.check_format()?;
        let place = input::shown(&self.file);
        let at = |fault: String| Failure::failed(format!("{place}: {fault}"));
        let circumstances = Circumstances {
            arch,
            capabilities: self.capabilities,
            thread: self.thread,
        };
        let profile = import(&input::read(&self.file)?, self.from, &circumstances).map_err(at)?;
        let options = Options {
            allow_extra: self.allow_extra,
            allow_known: self.allow_known,
            exact: self.exact,
        };
        let written = write(profile, options).map_err(at)?;
        let imported = Imported {
            filter: written.filter,
            on_violation: action_name(written.on_violation, arch).into_owned(),
            arch: arch.name(),
            extra: written.extra,
            unknown: written.unknown,
            least_items: written.least,
            notes: written.notes,
        };
        output.notes(&imported.talk());
        output.report(&imported)?;
        Ok(0)
    }

    /// Refuses options that mean nothing for the format.
    fn check_format(&self) -> Result<(), Failure> {
        let wants = |option, format| {
            Err(
                Failure::usage(format!("`{option}` is for `--from {format}`"))
                    .with_help("leave it out"),
            )
        };
        match self.from {
            from if self.thread.is_some() && from != Origin::SeccompilerJson => {
                wants("--thread", "seccompiler-json")
            }
            from if !self.capabilities.is_empty() && from != Origin::Oci => {
                wants("--capability", "oci")
            }
            _ => Ok(()),
        }
    }
}

#[derive(Serialize)]
struct Imported {
    filter: String,
    on_violation: String,
    arch: &'static str,
    /// Calls that the string allows and the file does not.
    extra: Vec<&'static str>,
    /// Words of the file that no table knows.
    unknown: Vec<String>,
    /// No string that allows the same calls has fewer items than this.
    least_items: usize,
    notes: Vec<String>,
}

impl Imported {
    /// What people have to know besides the string.
    fn talk(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        if !self.extra.is_empty() {
            notes.push(format!("it also allows {}", self.extra.join(" ")));
        }
        if !self.unknown.is_empty() {
            notes.push(format!("no such calls: {}", self.unknown.join(" ")));
        }
        if self.on_violation != "kill" {
            notes.push(format!(
                "refused calls get {0}: use `on_violation = \"{0}\"`",
                self.on_violation
            ));
        }
        notes
    }
}

impl Report for Imported {
    const NAME: &'static str = "import";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.filter)
    }
}
