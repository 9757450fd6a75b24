//! The graph of a program: runs of instructions that are entered at the top only.

use std::collections::BTreeSet;
use std::io::{self, Write};

use syscallset_compiler::insn::Insn;

use super::Dump;
use crate::program::check::successors;
use crate::program::operation::Operation;

pub(super) fn write_dot(dump: &Dump, out: &mut dyn Write) -> io::Result<()> {
    let starts = starts(&dump.program);
    writeln!(out, "digraph filter {{")?;
    writeln!(out, "    label=\"{}\";", escape(&dump.source))?;
    writeln!(out, "    node [shape=box, fontname=monospace];")?;
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(dump.program.len());
        let mut label = String::new();
        for line in &dump.instructions[start..end] {
            // Where a test leads is what the edges say.
            let text = line.text.split(',').next().unwrap_or_default();
            label.push_str(&escape(text));
            if !line.comment.is_empty() {
                label.push_str("  ; ");
                label.push_str(&escape(&line.comment));
            }
            label.push_str("\\l");
        }
        writeln!(out, "    n{start} [label=\"{label}\"];")?;
        write_edges(out, &dump.program, end - 1, start)?;
    }
    writeln!(out, "}}")
}

/// Where runs begin: at the top, and wherever a test or jump leads.
fn starts(program: &[Insn]) -> Vec<usize> {
    let mut starts = BTreeSet::from([0]);
    for (at, insn) in program.iter().enumerate() {
        let Some(operation) = Operation::decode(*insn) else {
            continue;
        };
        if matches!(operation, Operation::Test(..) | Operation::Jump(_)) {
            starts.extend(successors(operation, *insn, at));
        }
        if ends(operation) && at + 1 < program.len() {
            starts.insert(at + 1);
        }
    }
    starts.into_iter().collect()
}

fn ends(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::Test(..)
            | Operation::Jump(_)
            | Operation::Return(_)
            | Operation::ReturnAccumulator
    )
}

fn write_edges(out: &mut dyn Write, program: &[Insn], at: usize, start: usize) -> io::Result<()> {
    let insn = program[at];
    match Operation::decode(insn) {
        Some(Operation::Test(..)) => {
            let (yes, no) = (at + 1 + usize::from(insn.jt), at + 1 + usize::from(insn.jf));
            writeln!(out, "    n{start} -> n{yes} [label=yes];")?;
            writeln!(out, "    n{start} -> n{no} [label=no];")
        }
        Some(operation) => {
            for next in successors(operation, insn, at) {
                writeln!(out, "    n{start} -> n{next};")?;
            }
            Ok(())
        }
        None => Ok(()),
    }
}

fn escape(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").replace('\\', "\\\\").replace('"', "\\\"")
}
