//! Filter strings on the command line.

mod options;

use std::path::Path;

use syscallset_compiler::action::Action;
use syscallset_compiler::compile::{Program, compile_policy, parse_for};
use syscallset_compiler::error::{Error, ErrorKind};
use syscallset_compiler::filter::Filter;
use syscallset_compiler::policy::Policy;
use syscallset_compiler::resolve::{self, Lookup, resolve, resolve_in};
use syscallset_compiler::span::Span;
use syscallset_tables::Arch;

pub(crate) use options::{FilterArguments, FilterOptions};

use crate::diagnostic;
use crate::failure::{Failure, Fault, USAGE};
use crate::input::{read_text, shown};

/// The longest file that is taken for a filter string. All calls with an item each are shorter.
const LONGEST: usize = 64 << 10;

/// What to do about a filter string that the shell has split.
pub(crate) const IN_QUOTES: &str = "a filter string is one argument: write it in quotes";

/// Whether a word is an item that can only be part of a filter string.
pub(crate) fn is_item(word: &str) -> bool {
    word.starts_with(['@', '~'])
}

/// Of more faults than this, nobody reads the last.
const MOST_SHOWN: usize = 20;

/// The architecture named, or else that of this machine.
pub(crate) fn native_or(arch: Option<Arch>) -> Result<Arch, Failure> {
    arch.or_else(crate::arch::native).ok_or_else(|| {
        Failure::usage("this machine's architecture has no tables")
            .with_help("name one with `--arch`")
    })
}

/// Reads the value of `--on-violation`.
pub(crate) fn violation(text: &str, arch: Arch) -> Result<Action, Failure> {
    if text == "report" {
        // Whoever knows it from the attribute or from `run`, which asks before.
        return Err(Failure::usage(
            "`report` is for `syscallset run` and the attribute: a filter alone tells nobody",
        )
        .with_help("write `kill`, in which a report ends"));
    }
    resolve::action(text, arch).map_err(|kind| {
        let source = Source::one("--on-violation", text);
        source.failure(&[Error::new(kind, Span::new(0, text.len()))])
    })
}

/// A filter string that may have come in parts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    /// All parts, a line break between them.
    pub(crate) text: String,
    parts: Vec<Part>,
    /// Whether the option `--policy` would have read it from a file.
    may_be_file: bool,
}

/// Where a part begins in the text, and the file that it came from.
#[derive(Clone, Debug)]
struct Part {
    start: usize,
    origin: Option<String>,
}

impl Source {
    /// A string from one place.
    pub(crate) fn one(origin: &str, text: &str) -> Self {
        let mut source = Self::default();
        source.push(Some(origin.to_owned()), text);
        source
    }

    /// The filter string of the command line.
    pub(crate) fn argument(text: &str) -> Self {
        let mut source = Self::default();
        source.push(None, text);
        source
    }

    /// Adds the filter string in a file.
    pub(crate) fn push_file(&mut self, path: &Path) -> Result<(), Failure> {
        let text = read_text(path)?;
        if text.len() > LONGEST {
            return Err(Failure::failed(format!(
                "{} has more than {} KiB, which no filter string has",
                shown(path),
                LONGEST >> 10
            )));
        }
        self.push(Some(path.display().to_string()), &text);
        Ok(())
    }

    /// Adds a part; one of the command line has no origin.
    pub(crate) fn push(&mut self, origin: Option<String>, text: &str) {
        if !self.parts.is_empty() {
            // A comment in the last line of a file must not take in what follows.
            self.text.push('\n');
        }
        let start = self.text.len();
        self.parts.push(Part { start, origin });
        self.text.push_str(text);
    }

    /// The items. Where some are malformed, the faults of the others on this architecture are said as well.
    pub(crate) fn parse(&self, arch: Arch) -> Result<Filter<'_>, Failure> {
        parse_for(&self.text, arch).map_err(|errors| self.failure(&errors))
    }

    /// What the filter means before, between and after its items.
    pub(crate) fn steps(
        &self,
        filter: &Filter<'_>,
        arch: Arch,
        violation: Action,
    ) -> Result<Vec<Policy>, Failure> {
        resolve::steps(filter, arch, violation).map_err(|errors| self.sorted_failure(errors))
    }

    /// What the filter means on an architecture.
    pub(crate) fn resolve(
        &self,
        filter: &Filter<'_>,
        arch: Arch,
        violation: Action,
    ) -> Result<Policy, Failure> {
        resolve(filter, arch, violation).map_err(|errors| self.sorted_failure(errors))
    }

    /// What the filter means with the sets of another release.
    pub(crate) fn resolve_in(
        &self,
        filter: &Filter<'_>,
        arch: Arch,
        violation: Action,
        sets: Lookup<'_>,
    ) -> Result<Policy, Failure> {
        resolve_in(filter, arch, violation, sets).map_err(|errors| self.sorted_failure(errors))
    }

    /// Finds only the faults of names: whether the filter as a whole makes sense does not matter.
    pub(crate) fn check_names(&self, filter: &Filter<'_>, arch: Arch) -> Result<(), Failure> {
        let outcome = resolve(filter, arch, Action::KillProcess);
        let mut errors = outcome.err().unwrap_or_default();
        errors.retain(|error| {
            matches!(
                error.kind,
                ErrorKind::UnknownSet { .. } | ErrorKind::UnknownCall { .. }
            )
        });
        if errors.is_empty() {
            return Ok(());
        }
        Err(self.sorted_failure(errors))
    }

    /// The program of a policy that this source led to.
    pub(crate) fn compile(&self, policy: Policy) -> Result<Program, Failure> {
        compile_policy(policy)
            .map_err(|kind| self.failure(&[Error::new(kind, Span::new(0, self.text.len()))]))
    }

    /// All faults in the order of their places.
    fn sorted_failure(&self, mut errors: Vec<Error>) -> Failure {
        errors.sort_by_key(|error| error.span);
        self.failure(&errors)
    }

    /// All faults, each with its place.
    pub(crate) fn failure(&self, errors: &[Error]) -> Failure {
        let placed: Vec<_> = errors.iter().map(|error| self.place(error)).collect();
        let mut rendered: Vec<_> = placed.iter().take(MOST_SHOWN).map(Placed::render).collect();
        if placed.len() > MOST_SHOWN {
            rendered.push(format!("and {} more faults", placed.len() - MOST_SHOWN));
        }
        let failure = Failure::Rendered {
            message: rendered.join("\n\n"),
            faults: placed.iter().map(Placed::fault).collect(),
            help: None,
            status: USAGE,
        };
        let file = &self.text;
        if self.may_be_file && !file.contains(char::is_whitespace) && Path::new(file).is_file() {
            return failure.with_help(format!(
                "there is a file `{file}`: with `--policy {file}`, the filter string in it is read"
            ));
        }
        failure
    }

    /// The part of the text that a fault is in.
    fn place(&self, error: &Error) -> Placed<'_> {
        let index = self
            .parts
            .iter()
            .rposition(|part| part.start <= error.span.start)
            .unwrap_or(0);
        let part = &self.parts[index];
        let end = self
            .parts
            .get(index + 1)
            .map_or(self.text.len(), |next| next.start - 1);
        let span = Span::new(
            error.span.start.min(end) - part.start,
            error.span.end.clamp(error.span.start.min(end), end) - part.start,
        );
        Placed {
            text: &self.text[part.start..end],
            origin: part.origin.as_deref(),
            error: Error::new(error.kind.clone(), span),
        }
    }
}

/// A fault, and the part of the text that it is in.
struct Placed<'s> {
    text: &'s str,
    origin: Option<&'s str>,
    error: Error,
}

impl Placed<'_> {
    fn render(&self) -> String {
        diagnostic::render(self.text, self.origin, &self.error)
    }

    fn fault(&self) -> Fault {
        let label = self.error.label();
        Fault {
            message: self.error.headline(self.text).to_string(),
            label: (!label.is_empty()).then(|| label.into_owned()),
            help: self.error.help().map(|help| help.to_string()),
            file: self.origin.map(str::to_owned),
            span: (self.error.span.start, self.error.span.end),
        }
    }
}
