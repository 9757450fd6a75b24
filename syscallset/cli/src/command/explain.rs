//! `syscallset explain`: what a filter string allows.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use syscallset_compiler::lowered::Decision;
use syscallset_compiler::policy::Policy;
use syscallset_compiler::resolve::action_name;
use syscallset_tables::{LINUX_VERSION, SYSTEMD_VERSION};

use crate::describe::DecisionText;
use crate::explain::effect::{Effect, Nothing, effects};
use crate::explain::findings::Findings;
use crate::explain::lint::lint;
use crate::explain::matrix::Matrix;
use crate::explain::verdicts::Verdicts;
use crate::failure::Failure;
use crate::grouping::Headed;
use crate::output::Output;
use crate::program;
use crate::report::{Report, write_wrapped};
use crate::source::FilterArguments;
use crate::style::{BAD, DIM, GOOD, HEADING};
use crate::warning::{Warning, write_warnings};

const EXAMPLES: &str = "\
Examples:
  syscallset explain \"@system-service ~@network-io\"
  syscallset explain --arch aarch64 \"@basic-io socket(domain=AF_UNIX)\"
  syscallset explain --program FILE";

/// The arguments.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Explain {
    #[command(flatten)]
    filter: FilterArguments,

    /// Explain the program in this file (`-` for standard input), an array of `struct sock_filter`, instead of a filter string.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["filter", "policy", "on_violation"])]
    program: Option<PathBuf>,

    /// Print a table of all architectures: which calls are allowed on each. The exit status is 1 if the filter
    /// string cannot be read for one of them.
    #[arg(long, conflicts_with_all = ["arch", "program"])]
    all_arches: bool,

    /// List what an item adds however many calls it is.
    #[arg(long, short, conflicts_with_all = ["program", "all_arches"])]
    verbose: bool,
}

/// Up to this many calls that an item adds are listed. All of them are in the list of what is allowed.
const BRIEF: usize = 20;

impl Explain {
    pub(crate) fn run(self, output: &mut Output) -> Result<u8, Failure> {
        if let Some(path) = &self.program {
            let arch = self.filter.options.arch()?;
            let program = program::read(path, arch)?;
            output.report(&Findings::new(path, &program, arch))?;
            return Ok(0);
        }
        let source = self.filter.source()?;
        if self.all_arches {
            let matrix = Matrix::new(&source, |arch| self.filter.options.violation(arch))?;
            output.report(&matrix)?;
            return Ok(u8::from(!matrix.is_complete()));
        }
        let arch = self.filter.options.arch()?;
        let filter = source.parse(arch)?;
        let violation = self.filter.options.violation(arch)?;
        let steps = source.steps(&filter, arch, violation)?;
        let items = effects(&filter, &steps);
        let policy = steps.last().expect("there is one step more than items");
        let mut explanation = Explanation::new(&source.text, policy, items);
        explanation.brief = if self.verbose { usize::MAX } else { BRIEF };
        output.report(&explanation)?;
        Ok(0)
    }
}

#[derive(Serialize)]
struct Explanation {
    filter: String,
    arch: &'static str,
    on_violation: Cow<'static, str>,
    systemd: &'static str,
    linux: &'static str,
    items: Vec<Effect>,
    allowed: Vec<Headed>,
    conditional: Vec<DecisionText>,
    refused: Vec<DecisionText>,
    warnings: Vec<Warning>,
    /// Longer lists of what an item adds are left out of the text.
    #[serde(skip)]
    brief: usize,
}

impl Explanation {
    fn new(filter: &str, policy: &Policy, items: Vec<Effect>) -> Self {
        let arch = policy.arch;
        let mut allowed = Vec::new();
        let mut conditional = Vec::new();
        let mut refused = Vec::new();
        for call in arch.calls() {
            let decision = policy.decision(call.name);
            let text = || DecisionText::new(call.name, &decision, arch);
            if decision.is_allowed() {
                allowed.push(call.name);
            } else if !decision.is_refused() {
                conditional.push(text());
            } else if decision != Decision::constant(policy.violation) {
                refused.push(text());
            }
        }
        Self {
            filter: filter.to_owned(),
            arch: arch.name(),
            on_violation: action_name(policy.violation, arch),
            systemd: SYSTEMD_VERSION,
            linux: LINUX_VERSION,
            warnings: lint(&Verdicts::of_policy(policy), &items),
            items,
            allowed: Headed::group(allowed, arch),
            conditional,
            refused,
            brief: BRIEF,
        }
    }
}

impl Report for Explanation {
    const NAME: &'static str = "explain";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{HEADING}items{HEADING:#}")?;
        for (index, item) in self.items.iter().enumerate() {
            let listed = if index == 0 { 0 } else { self.brief };
            write_item(out, item, listed)?;
        }
        write!(out, "\n{HEADING}allowed{HEADING:#} on {}: ", self.arch)?;
        Headed::write(&self.allowed, out)?;
        write_decisions(out, "allowed under conditions", &self.conditional)?;
        write_decisions(out, "refused in another way", &self.refused)?;
        writeln!(
            out,
            "\nall other calls: {BAD}{}{BAD:#}; calls newer than Linux {}: ENOSYS",
            self.on_violation, self.linux
        )?;
        write_warnings(out, &self.warnings)
    }
}

/// Writes an item and what it changes; what it adds only if it is at most `listed` calls.
fn write_item(out: &mut dyn Write, effect: &Effect, listed: usize) -> io::Result<()> {
    write!(out, "  {}", effect.item)?;
    if effect.span.is_none() {
        write!(out, " {DIM}(always){DIM:#}")?;
    }
    let Effect { adds, removes, .. } = effect;
    if !adds.is_empty() {
        write!(out, "  {GOOD}+{}{GOOD:#}", adds.len())?;
    }
    if !removes.is_empty() {
        write!(out, "  {BAD}-{}{BAD:#}", removes.len())?;
    }
    if let Some(nothing) = effect.nothing {
        let reason = match nothing {
            Nothing::AlreadyAllowed => "all of it was allowed before",
            Nothing::AlreadyRefused => "none of it was allowed before",
            Nothing::OtherArchitectures => "other architectures only",
        };
        write!(out, "  {DIM}changes nothing: {reason}{DIM:#}")?;
    }
    writeln!(out)?;
    let signed = |sign| move |call: &&'static str| format!("{sign}{call}");
    if adds.len() <= listed {
        write_wrapped(out, 6, adds.iter().map(signed('+')))?;
    }
    write_wrapped(out, 6, removes.iter().map(signed('-')))?;
    for decision in &effect.changes {
        writeln!(out, "      {}: {decision}", decision.call)?;
    }
    Ok(())
}

fn write_decisions(
    out: &mut dyn Write,
    heading: &str,
    decisions: &[DecisionText],
) -> io::Result<()> {
    if decisions.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{HEADING}{heading}{HEADING:#}")?;
    for decision in decisions {
        writeln!(out, "  {}: {decision}", decision.call)?;
    }
    Ok(())
}
