//! `syscallset diff`: what one filter decides otherwise than another one.

use std::path::{Path, PathBuf};

use clap::Args;
use syscallset_compiler::filter::Filter;
use syscallset_tables::Arch;

use crate::comparison::{Comparison, Side};
use crate::failure::{FAILED, Failure, USAGE};
use crate::input::{is_dash, shown};
use crate::output::Output;
use crate::report::quoted;
use crate::snapshot::Snapshot;
use crate::source::{Source, native_or, violation};

const EXAMPLES: &str = "\
Examples:
  syscallset diff \"@basic-io @file-system\" \"@basic-io @rust-fs\"
  syscallset diff --arch x86_64..aarch64 \"@system-service\"
  syscallset diff --policy FILE --to-policy FILE
  systemd-analyze syscall-filter >FILE; syscallset diff --sets FILE \"@system-service\"";

/// The arguments.
///
/// The two sides differ in the filter string, the architecture or the release of systemd's sets. The exit
/// status is 0 if they decide alike, 1 if not, and 2 where that could not be told.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES,
    override_usage = "syscallset diff [OPTIONS] <A> [B]\n       \
    syscallset diff [OPTIONS] <A> --to-policy FILE\n       \
    syscallset diff [OPTIONS] --policy FILE [B | --to-policy FILE]"
)]
pub(crate) struct Diff {
    /// The filter string to begin with.
    #[arg(value_name = "A", required_unless_present = "policy")]
    from: Option<String>,

    /// The filter string to compare it with; A itself if left out.
    #[arg(value_name = "B", conflicts_with_all = ["policy", "to_policy"])]
    to: Option<String>,

    /// Read A from this file, `-` for standard input; a filter string, if given, is B then.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Read B from this file.
    #[arg(long, value_name = "FILE")]
    to_policy: Option<PathBuf>,

    /// The architecture, or those of A and B, as in `x86_64..aarch64`; the one this command runs on where
    /// left out. Conditions of two architectures are compared as they are shown: where values go by the names
    /// of constants by these (`SOCK_STREAM` is 2 on MIPS, and 1 elsewhere), and as numbers otherwise.
    #[arg(long, value_name = "ARCH[..ARCH]", value_parser = Arches::parse)]
    arch: Option<Arches>,

    /// Read A with the sets in this file, which `systemd-analyze syscall-filter` wrote; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    sets: Option<PathBuf>,

    /// Read B with the sets in this file.
    #[arg(long, value_name = "FILE")]
    to_sets: Option<PathBuf>,

    /// What happens to refused calls that have no action of their own.
    #[arg(long, value_name = "ACTION", default_value = "kill")]
    on_violation: String,
}

impl Diff {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        // Status 1 says that there is a difference.
        let instead = |status| if status == FAILED { USAGE } else { status };
        self.compare(output)
            .map_err(|failure| failure.map_status(instead))
    }

    fn compare(self, output: &mut Output) -> Result<u8, Failure> {
        self.check()?;
        let arches = self.arch.unwrap_or_default();
        let (arch, to_arch) = (native_or(arches.from)?, native_or(arches.to)?);
        let (from, to) = self.filters()?;
        let (sets, to_sets) = (self.sets.as_deref(), self.to_sets.as_deref());
        let snapshot = sets.map(Snapshot::read).transpose()?;
        // Standard input can be read once.
        let other = to_sets.filter(|path| Some(*path) != sets);
        let other = other.map(Snapshot::read).transpose()?;
        let to_snapshot = to_sets.and(other.as_ref().or(snapshot.as_ref()));
        let comparison = Comparison::new(
            &self.side(&from, arch, sets.zip(snapshot.as_ref()))?,
            &self.side(&to, to_arch, to_sets.zip(to_snapshot))?,
        );
        output.report(&comparison)?;
        Ok(u8::from(!comparison.is_empty()))
    }

    /// Finds out whether there are two sides, and both can be read.
    fn check(&self) -> Result<(), Failure> {
        if self.policy.is_some() && self.to_policy.is_some() && self.from.is_some() {
            return Err(
                Failure::usage("a filter string beside `--policy` and `--to-policy`")
                    .with_help("leave the string out, or the file that it takes the place of"),
            );
        }
        let second = match &self.policy {
            Some(_) => self.from.is_some(),
            None => self.to.is_some(),
        };
        let sets = self.sets.is_some() || self.to_sets.is_some();
        let arches = self.arch.is_some_and(|arches| arches.two);
        if !(second || self.to_policy.is_some() || sets || arches) {
            return Err(Failure::usage("nothing to compare the filter with").with_help(
                "give a second filter or `--to-policy`, two architectures (`--arch A..B`), `--sets` or `--to-sets`",
            ));
        }
        let to_sets = self.to_sets.as_ref();
        let to_sets = to_sets.filter(|path| Some(*path) != self.sets.as_ref());
        let files = [
            self.policy.as_ref(),
            self.to_policy.as_ref(),
            self.sets.as_ref(),
            to_sets,
        ];
        if files
            .into_iter()
            .flatten()
            .filter(|path| is_dash(path))
            .count()
            > 1
        {
            return Err(Failure::usage("standard input cannot be read as two files")
                .with_help("write one of them to a file, and name that instead of `-`"));
        }
        Ok(())
    }

    /// The filter strings of both sides.
    fn filters(&self) -> Result<(Text, Text), Failure> {
        let argument = |text: &Option<String>| text.as_deref().map(Text::argument);
        let file = |path: &Option<PathBuf>| path.as_deref().map(Text::file).transpose();
        let (from, to) = match file(&self.policy)? {
            Some(from) => (Some(from), argument(&self.from)),
            None => (argument(&self.from), argument(&self.to)),
        };
        let to = file(&self.to_policy)?.or(to);
        // The arguments are not taken without a string or file.
        let from = from.unwrap_or_else(|| Text::argument(""));
        Ok((from.clone(), to.unwrap_or(from)))
    }

    fn side(
        &self,
        Text { source, file }: &Text,
        arch: Arch,
        sets: Option<(&Path, &Snapshot)>,
    ) -> Result<Side, Failure> {
        let filter = source.parse(arch)?;
        let violation = violation(&self.on_violation, arch)?;
        let policy = match sets {
            Some((path, snapshot)) => {
                lacking(&filter, path, snapshot)?;
                source.resolve_in(&filter, arch, violation, &|name| snapshot.set(name))?
            }
            None => source.resolve(&filter, arch, violation)?,
        };
        Ok(Side {
            text: source.text.clone(),
            file: file.clone(),
            sets: sets.map(|(path, _)| path.display().to_string()),
            policy,
        })
    }
}

/// Refuses sets that our tables have and the file has not. The compiler, which knows our tables, would suggest the
/// same names again.
fn lacking(filter: &Filter<'_>, path: &Path, snapshot: &Snapshot) -> Result<(), Failure> {
    let mut names: Vec<_> = filter
        .items
        .iter()
        .filter(|item| item.is_set() && snapshot.set(item.name).is_none())
        .filter_map(|item| syscallset_tables::set(item.name).map(|set| set.name))
        .collect();
    names.sort_unstable();
    names.dedup();
    let Some(first) = names.first() else {
        return Ok(());
    };
    Err(Failure::usage(format!("{} has no set {}", shown(path), quoted(&names)))
        .with_help(format!(
            "write a filter string without it for this side; `syscallset sets {first}` lists the calls that systemd {} has in it",
            syscallset_tables::SYSTEMD_RELEASE
        )))
}

/// A filter string, and the file that it comes from.
#[derive(Clone)]
struct Text {
    source: Source,
    file: Option<String>,
}

impl Text {
    fn argument(text: &str) -> Self {
        Self {
            source: Source::argument(text),
            file: None,
        }
    }

    fn file(path: &Path) -> Result<Self, Failure> {
        let mut source = Source::default();
        source.push_file(path)?;
        Ok(Self {
            source,
            file: Some(path.display().to_string()),
        })
    }
}

/// The value of `--arch`; what is left out is this machine's.
#[derive(Clone, Copy, Debug, Default)]
struct Arches {
    from: Option<Arch>,
    to: Option<Arch>,
    /// Whether there are two, of which one is named.
    two: bool,
}

impl Arches {
    fn parse(text: &str) -> Result<Self, String> {
        let side = |name: &str| {
            let named = (!name.is_empty()).then(|| crate::arch::parse(name));
            named.transpose()
        };
        let two = text.split_once("..");
        let (from, to) = two.unwrap_or((text, text));
        Ok(Self {
            from: side(from)?,
            to: side(to)?,
            two: two.is_some_and(|two| two != ("", "")),
        })
    }
}
