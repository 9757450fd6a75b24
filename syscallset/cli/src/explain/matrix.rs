//! What a filter string allows on every architecture.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;
use syscallset_compiler::action::Action;
use syscallset_compiler::policy::Policy;
use syscallset_compiler::resolve::{action_name, resolve};
use syscallset_tables::Arch;

use crate::report::{Report, write_wrapped};
use crate::source::Source;
use crate::style::{BAD, DIM, GOOD, HEADING, WARNING};

/// What is decided about a call on one architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Cell {
    /// It is made.
    Allowed,
    /// It depends on its arguments.
    Conditional,
    /// It is not made.
    Refused,
    /// There is no such call.
    Absent,
}

impl Cell {
    fn of(policy: &Policy, call: &str) -> Self {
        if policy.arch.number(call).is_none() {
            return Self::Absent;
        }
        let decision = policy.decision(call);
        if decision.is_allowed() {
            Self::Allowed
        } else if decision.is_refused() {
            Self::Refused
        } else {
            Self::Conditional
        }
    }

    fn symbol(self) -> char {
        match self {
            Self::Allowed => '+',
            Self::Conditional => '?',
            Self::Refused => '-',
            Self::Absent => '.',
        }
    }
}

/// The calls by what is decided about them on each architecture.
#[derive(Debug, Serialize)]
pub(crate) struct Matrix {
    filter: String,
    on_violation: String,
    /// The columns.
    arches: Vec<Column>,
    /// Architectures that the filter string cannot be read for.
    failed: Vec<Failed>,
    /// Calls that are allowed, under conditions or always, on one of the architectures; a cell for each column.
    calls: BTreeMap<&'static str, Vec<Cell>>,
}

#[derive(Debug, Serialize)]
struct Column {
    arch: &'static str,
    allowed: usize,
    conditional: usize,
}

#[derive(Debug, Serialize)]
struct Failed {
    arch: &'static str,
    /// The first line of each fault.
    faults: Vec<String>,
}

impl Matrix {
    /// Reads the filter for each architecture.
    ///
    /// # Errors
    ///
    /// The faults, if the string can be read for none; otherwise they are part of the report.
    pub(crate) fn new(
        source: &Source,
        violation: impl Fn(Arch) -> Result<Action, crate::failure::Failure>,
    ) -> Result<Self, crate::failure::Failure> {
        let mut policies = Vec::new();
        let mut failed = Vec::new();
        for arch in Arch::ALL.iter().copied() {
            let filter = source.parse(arch)?;
            match resolve(&filter, arch, violation(arch)?) {
                Ok(policy) => policies.push(policy),
                Err(faults) => failed.push(Failed {
                    arch: arch.name(),
                    faults: faults
                        .iter()
                        .map(|fault| fault.headline(&source.text).to_string())
                        .collect(),
                }),
            }
        }
        let Some(first) = policies.first() else {
            // The same faults everywhere: those of one architecture tell all.
            let arch = Arch::ALL[0];
            let filter = source.parse(arch)?;
            source.resolve(&filter, arch, violation(arch)?)?;
            unreachable!("it has failed before");
        };
        let names: BTreeSet<&'static str> = policies
            .iter()
            .flat_map(|policy| policy.arch.calls())
            .map(|call| call.name)
            .collect();
        let mut calls: BTreeMap<&'static str, Vec<Cell>> = names
            .into_iter()
            .map(|call| {
                let cells = policies.iter().map(|policy| Cell::of(policy, call));
                (call, cells.collect())
            })
            .collect();
        let is_used = |cell: &Cell| matches!(cell, Cell::Allowed | Cell::Conditional);
        calls.retain(|_, row| row.iter().any(is_used));
        let count = |column: usize, wanted| {
            let column = calls.values().map(|cells| cells[column]);
            column.filter(|cell| *cell == wanted).count()
        };
        let arches = policies.iter().enumerate().map(|(column, policy)| Column {
            arch: policy.arch.name(),
            allowed: count(column, Cell::Allowed),
            conditional: count(column, Cell::Conditional),
        });
        let arches = arches.collect();
        Ok(Self {
            filter: source.text.clone(),
            on_violation: action_name(first.violation, first.arch).into_owned(),
            arches,
            failed,
            calls,
        })
    }

    /// Whether the string can be read for every architecture.
    pub(crate) fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }

    /// The letter of a column.
    fn letter(column: usize) -> char {
        char::from(b'a' + u8::try_from(column % 26).unwrap_or(0))
    }
}

impl Report for Matrix {
    const NAME: &'static str = "explain-all-arches";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{HEADING}architectures{HEADING:#}")?;
        for (index, column) in self.arches.iter().enumerate() {
            let letter = Self::letter(index);
            write!(
                out,
                "  {letter} {:<12} {:>4} calls",
                column.arch, column.allowed
            )?;
            if column.conditional > 0 {
                write!(out, ", {} under conditions", column.conditional)?;
            }
            writeln!(out)?;
        }
        for failed in &self.failed {
            writeln!(
                out,
                "  {BAD}!{BAD:#} {:<12} {}",
                failed.arch,
                failed.faults.join("; ")
            )?;
        }
        let same = |cells: &[Cell]| cells.iter().all(|cell| *cell == Cell::Allowed);
        let everywhere: Vec<_> = self.calls.iter().filter(|(_, cells)| same(cells)).collect();
        writeln!(
            out,
            "\n{HEADING}allowed on all of them{HEADING:#}: {} calls",
            everywhere.len()
        )?;
        write_wrapped(out, 2, everywhere.iter().map(|(call, _)| **call))?;
        let rest = || self.calls.iter().filter(|(_, cells)| !same(cells));
        if rest().next().is_some() {
            writeln!(
                out,
                "\n{HEADING}others{HEADING:#} {DIM}(+ allowed, ? under conditions, - refused, . no such call){DIM:#}"
            )?;
            let width = rest().map(|(call, _)| call.len()).max().unwrap_or(0);
            let letters: String = (0..self.arches.len()).map(Self::letter).collect();
            writeln!(out, "  {:width$} {letters}", "")?;
            for (call, cells) in rest() {
                write!(out, "  {call:width$} ")?;
                for cell in cells {
                    let style = match cell {
                        Cell::Allowed => GOOD,
                        Cell::Conditional => WARNING,
                        Cell::Refused => BAD,
                        Cell::Absent => DIM,
                    };
                    write!(out, "{style}{}{style:#}", cell.symbol())?;
                }
                writeln!(out)?;
            }
        }
        writeln!(out, "\nall other calls: {BAD}{}{BAD:#}", self.on_violation)
    }
}

#[cfg(test)]
mod tests {
    use syscallset_compiler::action::Action;
    use syscallset_tables::Arch;

    use super::{Cell, Matrix};
    use crate::source::Source;

    fn matrix(filter: &str) -> Matrix {
        Matrix::new(&Source::argument(filter), |_| Ok(Action::KillProcess))
            .expect("some architecture has it")
    }

    fn cell(matrix: &Matrix, call: &str, arch: Arch) -> Cell {
        let mut columns = matrix.arches.iter();
        let column = columns.position(|column| column.arch == arch.name());
        matrix.calls[call][column.expect("a column for each architecture")]
    }

    #[test]
    fn calls_by_architecture() {
        let matrix = matrix("@basic-io ~open socket(domain=AF_UNIX) fstat");
        assert_eq!(matrix.arches.len(), Arch::ALL.len());
        assert!(matrix.is_complete());
        assert_eq!(cell(&matrix, "read", Arch::Csky), Cell::Allowed);
        assert_eq!(cell(&matrix, "mmap2", Arch::Arm), Cell::Allowed);
        assert_eq!(cell(&matrix, "mmap2", Arch::X86_64), Cell::Absent);
        assert_eq!(cell(&matrix, "fstat64", Arch::X86), Cell::Allowed);
        assert_eq!(cell(&matrix, "socket", Arch::Mips), Cell::Conditional);
        assert!(!matrix.calls.contains_key("open"));
    }

    #[test]
    fn architectures_that_cannot_say_it_are_told() {
        let matrix = matrix("@default ~mmap mmap(prot&PROT_EXEC=0)");
        assert!(!matrix.is_complete());
        let failed: Vec<_> = matrix.failed.iter().map(|failed| failed.arch).collect();
        assert_eq!(failed, ["s390x"]);
        assert!(matrix.failed[0].faults[0].contains("`prot`"));
        assert_eq!(matrix.arches.len() + 1, Arch::ALL.len());
    }

    #[test]
    fn faults_everywhere_are_an_error() {
        let source = Source::argument("@basic-io reed");
        assert!(Matrix::new(&source, |_| Ok(Action::KillProcess)).is_err());
    }
}
