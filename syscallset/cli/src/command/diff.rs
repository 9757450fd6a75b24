//! `syscallset diff`: what one filter decides otherwise than another one.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use syscallset_compiler::lowered::Decision;
use syscallset_compiler::policy::Policy;
use syscallset_tables::Arch;

use crate::describe::DecisionText;
use crate::exchange::regions;
use crate::failure::Failure;
use crate::output::Output;
use crate::report::Report;
use crate::snapshot::Snapshot;
use crate::source::{Source, native_or, violation};
use crate::style::{BAD, DIM, GOOD, HEADING, WARNING};

const EXAMPLES: &str = "\
Examples:
  syscallset diff \"@basic-io @file-system\" \"@basic-io @rust-fs\"
  syscallset diff --arch x86_64..aarch64 \"@system-service\"
  systemd-analyze syscall-filter >FILE; syscallset diff --sets FILE \"@system-service\"";

/// The arguments.
///
/// The two sides differ in the filter string, the architecture or the release of systemd's sets. The exit
/// status is 0 if they decide alike, 1 if not.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Diff {
    /// The filter string to begin with.
    #[arg(value_name = "A")]
    from: String,

    /// The filter string to compare it with; A itself if left out.
    #[arg(value_name = "B")]
    to: Option<String>,

    /// The architecture, or those of A and B, as in `x86_64..aarch64`; the one this command runs on where
    /// left out.
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
        let Self { from, to, .. } = &self;
        let arches = self.arch.unwrap_or_default();
        let (arch, to_arch) = (native_or(arches.from)?, native_or(arches.to)?);
        if to.is_none() && to_arch == arch && self.sets == self.to_sets {
            return Err(Failure::usage("nothing to compare the filter with")
                .with_help("give a second filter, two architectures (`--arch A..B`), `--sets` or `--to-sets`"));
        }
        let to = to.as_ref().unwrap_or(from);
        let comparison = Comparison::new(
            &self.side(from, arch, self.sets.as_ref())?,
            &self.side(to, to_arch, self.to_sets.as_ref())?,
        );
        output.report(&comparison)?;
        Ok(u8::from(!comparison.changes.is_empty()))
    }

    fn side(&self, text: &str, arch: Arch, sets: Option<&PathBuf>) -> Result<Side, Failure> {
        let source = Source::argument(text);
        let filter = source.parse(arch)?;
        let violation = violation(&self.on_violation, arch)?;
        let policy = match sets {
            Some(path) => {
                let snapshot = Snapshot::read(path)?;
                source.resolve_in(&filter, arch, violation, &|name| snapshot.set(name))?
            }
            None => source.resolve(&filter, arch, violation)?,
        };
        Ok(Side {
            text: text.to_owned(),
            sets: sets.map(|path| path.display().to_string()),
            policy,
        })
    }
}

/// The value of `--arch`; what is left out is this machine's.
#[derive(Clone, Copy, Debug, Default)]
struct Arches {
    from: Option<Arch>,
    to: Option<Arch>,
}

impl Arches {
    fn parse(text: &str) -> Result<Self, String> {
        let side = |name: &str| {
            let named = (!name.is_empty()).then(|| crate::arch::parse(name));
            named.transpose()
        };
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        Ok(Self {
            from: side(from)?,
            to: side(to)?,
        })
    }
}

/// A filter, and how it is read.
struct Side {
    text: String,
    sets: Option<String>,
    policy: Policy,
}

#[derive(Serialize)]
struct Comparison {
    from: SideText,
    to: SideText,
    changes: Vec<Change>,
}

#[derive(Serialize)]
struct SideText {
    filter: String,
    arch: &'static str,
    /// The file that its sets come from.
    sets: Option<String>,
}

#[derive(Serialize)]
struct Change {
    call: &'static str,
    effect: Effect,
    /// What A decides; `None` if its architecture does not have the call.
    from: Option<DecisionText>,
    /// What B decides; `None` if its architecture does not have the call.
    to: Option<DecisionText>,
}

/// What becomes of a call from A to B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Effect {
    /// It is allowed and was not.
    Added,
    /// It is refused and was not.
    Removed,
    /// Something else.
    Changed,
}

impl Comparison {
    fn new(from: &Side, to: &Side) -> Self {
        let calls = |side: &Side| side.policy.arch.calls().iter().map(|call| call.name);
        let names: BTreeSet<_> = calls(from).chain(calls(to)).collect();
        let mut changes: Vec<_> = names
            .into_iter()
            .filter_map(|call| change(call, &from.policy, &to.policy))
            .collect();
        changes.sort_by_key(|change| (change.effect, change.call));
        let text = |side: &Side| SideText {
            filter: side.text.clone(),
            arch: side.policy.arch.name(),
            sets: side.sets.clone(),
        };
        Self {
            from: text(from),
            to: text(to),
            changes,
        }
    }
}

fn change(call: &'static str, from: &Policy, to: &Policy) -> Option<Change> {
    let decision = |policy: &Policy| policy.arch.number(call).map(|_| policy.decision(call));
    let (old, new) = (decision(from), decision(to));
    let text = |decision: &Option<_>, policy: &Policy| {
        decision
            .as_ref()
            .map(|decision| DecisionText::new(call, decision, policy.arch))
    };
    let (old_text, new_text) = (text(&old, from), text(&new, to));
    // Error numbers and widths differ between architectures; what is written does not.
    if old_text == new_text {
        return None;
    }
    let alike = |(old, new)| regions::alike(old, new) == Ok(true);
    if from.arch == to.arch && old.as_ref().zip(new.as_ref()).is_some_and(alike) {
        // The same in other words: `sig<5` and `sig<=4`.
        return None;
    }
    let refused = |decision: &Option<Decision>| decision.as_ref().is_none_or(Decision::is_refused);
    let allowed = |decision: &Option<Decision>| decision.as_ref().is_some_and(Decision::is_allowed);
    if refused(&old) && refused(&new) && (old.is_none() || new.is_none()) {
        // A call that one side does not have and the other one refuses is of no use on either.
        return None;
    }
    let effect = if allowed(&new) && !allowed(&old) {
        Effect::Added
    } else if refused(&new) && !refused(&old) {
        Effect::Removed
    } else {
        Effect::Changed
    };
    Some(Change {
        call,
        effect,
        from: old_text,
        to: new_text,
    })
}

impl Report for Comparison {
    const NAME: &'static str = "diff";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        for (sign, side) in [('-', &self.from), ('+', &self.to)] {
            write!(
                out,
                "{HEADING}{sign}{sign}{sign} {}{HEADING:#}",
                side.filter
            )?;
            write!(out, " {DIM}on {}{DIM:#}", side.arch)?;
            if let Some(sets) = &side.sets {
                write!(out, " {DIM}with the sets of {sets}{DIM:#}")?;
            }
            writeln!(out)?;
        }
        if self.changes.is_empty() {
            writeln!(out, "no difference")?;
        }
        for change in &self.changes {
            let (sign, style) = match change.effect {
                Effect::Added => ('+', GOOD),
                Effect::Removed => ('-', BAD),
                Effect::Changed => ('~', WARNING),
            };
            let text = |decision: &Option<DecisionText>| -> Cow<'_, str> {
                decision
                    .as_ref()
                    .map_or("does not exist".into(), |text| text.to_string().into())
            };
            writeln!(
                out,
                "{style}{sign}{}{style:#} {DIM}({} -> {}){DIM:#}",
                change.call,
                text(&change.from),
                text(&change.to)
            )?;
        }
        Ok(())
    }
}
