//! What a program of unknown origin decides, and where it is weak.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use syscallset_compiler::action::Action;
use syscallset_compiler::insn::Insn;
use syscallset_compiler::resolve::action_name;
use syscallset_tables::Arch;

use super::lint::lint;
use super::verdicts::Verdicts;
use crate::grouping::Headed;
use crate::program::audit::audit;
use crate::program::decisions::{Case, Decided, Numbers, decide, numbers};
use crate::report::{Report, write_wrapped};
use crate::style::HEADING;
use crate::warning::{Warning, write_warnings};

/// What there is to say about a program.
#[derive(Serialize)]
pub(crate) struct Findings {
    program: String,
    arch: &'static str,
    instructions: usize,
    allowed: Vec<Headed>,
    conditional: Vec<Conditional>,
    /// Calls that are not made, by what happens instead.
    refused: BTreeMap<String, Vec<&'static str>>,
    /// What is decided about numbers that no call has.
    other_numbers: Vec<Numbers>,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct Conditional {
    call: &'static str,
    cases: Vec<CaseText>,
    otherwise: String,
}

#[derive(Serialize)]
struct CaseText {
    action: String,
    /// All conditions of one of the lists hold.
    alternatives: Vec<Vec<String>>,
}

impl Findings {
    pub(crate) fn new(path: &Path, program: &[Insn], arch: Arch) -> Self {
        let calls = decide(program, arch);
        let numbers = numbers(program, arch);
        let mut warnings = audit(program, arch, &calls, &numbers);
        warnings.extend(lint(
            &Verdicts::of_program(arch, program, &calls, &numbers),
            &[],
        ));
        let mut findings = Self {
            program: path.display().to_string(),
            arch: arch.name(),
            instructions: program.len(),
            allowed: Vec::new(),
            conditional: Vec::new(),
            refused: BTreeMap::new(),
            other_numbers: numbers,
            warnings,
        };
        let name = |action: Action| action_name(action, arch).into_owned();
        let mut allowed = Vec::new();
        for call in calls {
            match call.decided {
                Decided::Always(action) if action.passes() => allowed.push(call.call),
                Decided::Always(action) => {
                    findings
                        .refused
                        .entry(name(action))
                        .or_default()
                        .push(call.call);
                }
                Decided::Depends(cases, otherwise) => findings.conditional.push(Conditional {
                    call: call.call,
                    cases: cases
                        .into_iter()
                        .map(
                            |Case {
                                 action,
                                 alternatives,
                             }| CaseText {
                                action: name(action),
                                alternatives,
                            },
                        )
                        .collect(),
                    otherwise: name(otherwise),
                }),
                // The audit tells.
                Decided::Unclear => {}
            }
        }
        findings.allowed = Headed::group(allowed, arch);
        findings
    }
}

impl Report for Findings {
    const NAME: &'static str = "explain-program";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { program, arch, .. } = self;
        writeln!(
            out,
            "{program}: {} instructions, read as {arch}",
            self.instructions
        )?;
        write!(out, "\n{HEADING}allowed{HEADING:#}: ")?;
        Headed::write(&self.allowed, out)?;
        if !self.conditional.is_empty() {
            writeln!(out, "\n{HEADING}depends on arguments{HEADING:#}")?;
        }
        for Conditional {
            call,
            cases,
            otherwise,
        } in &self.conditional
        {
            writeln!(out, "  {call}")?;
            for CaseText {
                action,
                alternatives,
            } in cases
            {
                for alternative in alternatives {
                    writeln!(out, "    {action} if {}", alternative.join(" and "))?;
                }
            }
            writeln!(out, "    else {otherwise}")?;
        }
        for (action, calls) in &self.refused {
            writeln!(out, "\n{HEADING}{action}{HEADING:#}: {} calls", calls.len())?;
            write_wrapped(out, 4, calls)?;
        }
        writeln!(out, "\n{HEADING}numbers of no call{HEADING:#}")?;
        for Numbers {
            first,
            last,
            action,
            ..
        } in &self.other_numbers
        {
            if first == last {
                writeln!(out, "  {first}: {action}")?;
            } else {
                writeln!(out, "  {first} to {last}: {action}")?;
            }
        }
        write_warnings(out, &self.warnings)
    }
}
