//! From the strings of a builder to a filter.

use std::panic::Location;

use syscallset_compiler::Arch;
use syscallset_compiler::compile::{Program, compile_debug_filter, compile_filter};
use syscallset_compiler::error::Error as Fault;
use syscallset_compiler::parse::parse;

use super::FilterBuilder;
use super::actions::check_refusals;
use crate::filter::{Filter, Parts};
use crate::instruction::Instruction;
use crate::report::{self, Report, register};

impl FilterBuilder {
    /// Compiles the strings. What the filter refers to is kept until the process ends.
    pub(super) fn compile(
        &self,
        arch: Arch,
        place: &'static Location<'static>,
    ) -> Result<Filter, Vec<Fault>> {
        let mut parsed = parse(&self.source)?;
        self.give_actions(&mut parsed)?;
        let violation = self.violation(&parsed)?;
        check_refusals(&parsed, violation)?;
        // As the macros decide it, which ask the user's crate.
        let program = if cfg!(debug_assertions) {
            compile_debug_filter(&parsed, arch, violation)?
        } else {
            compile_filter(&parsed, arch, violation)?
        };
        let (file, line) = match &self.file {
            Some(file) => (leak(file), 1),
            None => (place.file(), place.line()),
        };
        let source = leak(&self.source);
        let tag = report::tag(source, file, line);
        let instructions = instructions(&program, tag);
        let report = program.refused_calls.as_deref().map(|refused_calls| {
            let report = Report {
                tag,
                at_start: false,
                source: leak(&parsed.to_string()),
                file,
                line,
                refused_calls: leak(refused_calls),
                register,
            };
            &*Box::leak(Box::new(report))
        });
        let parts = Parts {
            program: instructions,
            source,
            file,
            line,
            arch: arch.name(),
            audit_arch: arch.audit_arch(),
            log: self.options.log,
            failure: c"",
            report,
        };
        Ok(Filter::from_parts(parts).with_options(self.options))
    }
}

/// The instructions of a program, tagged if it reports.
fn instructions(program: &Program, tag: u16) -> &'static [Instruction] {
    let reports = program.refused_calls.is_some();
    let instructions = program.instructions.iter().map(|insn| {
        let instruction = Instruction::new(insn.code, insn.jt, insn.jf, insn.k);
        if reports {
            instruction.tagged(tag)
        } else {
            instruction
        }
    });
    Vec::leak(instructions.collect())
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.into())
}
