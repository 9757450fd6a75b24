//! The figures, and how they are printed.

use std::fmt::{self, Write as _};

use serde::Serialize;

/// All that one run found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// What was measured on and with.
    pub machine: Vec<String>,
    /// What was left out, and why.
    pub skipped: Vec<String>,
    /// The tables.
    pub sections: Vec<Section>,
    /// What was aimed at, and what was reached.
    pub targets: Vec<Target>,
}

/// Something aimed at.
#[derive(Clone, Debug, Serialize)]
pub struct Target {
    /// What is compared with what.
    pub what: String,
    /// At most this, or at least, as [`at_least`](Self::at_least) says.
    pub limit: f64,
    /// Whether more is better.
    pub at_least: bool,
    /// What was measured.
    pub found: f64,
    /// Whether that is enough.
    pub met: bool,
}

/// A table of one quantity.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// A word for it.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// The unit of all figures; empty for counts.
    pub unit: &'static str,
    /// What the columns are.
    pub columns: Vec<String>,
    /// The rows. Each is compared with [`baseline`](Self::baseline).
    pub rows: Vec<Row>,
    /// The row that the others are compared with, if comparing makes sense.
    pub baseline: Option<&'static str>,
    /// What one has to know to read it.
    pub notes: Vec<String>,
}

/// A row of figures, one for each column.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Whose figures.
    pub name: String,
    /// The figures.
    pub cells: Vec<Option<Cell>>,
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// The count, or the median.
    pub value: f64,
    /// The lower and upper quartile of what was measured several times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quartiles: Option<[f64; 2]>,
}

impl Cell {
    /// What was counted.
    pub fn count(value: f64) -> Self {
        Self {
            value,
            quartiles: None,
        }
    }
}

impl Report {
    /// A figure by section, row and column.
    pub fn value(&self, section: &str, row: &str, column: &str) -> Option<f64> {
        let section = self.sections.iter().find(|other| other.id == section)?;
        section.value(row, column)
    }
}

impl Section {
    /// A figure by row and column.
    pub fn value(&self, row: &str, column: &str) -> Option<f64> {
        let index = self.columns.iter().position(|other| other == column)?;
        let row = self.rows.iter().find(|other| other.name == row)?;
        (*row.cells.get(index)?).map(|cell| cell.value)
    }

    fn cell(&self, row: &Row, index: usize) -> String {
        let Some(Some(cell)) = row.cells.get(index) else {
            return "-".to_owned();
        };
        let mut text = figure(cell.value);
        let base = self
            .baseline
            .and_then(|baseline| self.value(baseline, &self.columns[index]));
        if let Some(base) = base.filter(|base| *base != 0.0) {
            let _ = write!(text, " {:>7}", format!("({}x)", figure(cell.value / base)));
        }
        text
    }
}

/// As many digits as a figure deserves.
pub fn figure(value: f64) -> String {
    let digits = match value.abs() {
        magnitude if magnitude >= 100.0 || value.fract() == 0.0 => 0,
        magnitude if magnitude >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$}")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.machine {
            writeln!(f, "{line}")?;
        }
        for line in &self.skipped {
            writeln!(f, "skipped: {line}")?;
        }
        for section in &self.sections {
            write!(f, "\n{section}")?;
        }
        if !self.targets.is_empty() {
            writeln!(f, "\nTargets")?;
        }
        let width = self
            .targets
            .iter()
            .map(|target| target.what.chars().count());
        let width = width.max().unwrap_or(0);
        for target in &self.targets {
            let bound = if target.at_least {
                "at least"
            } else {
                "at most"
            };
            writeln!(
                f,
                "  {:width$}  {bound:8} {:>5}: {:>7}  {}",
                target.what,
                figure(target.limit),
                figure(target.found),
                if target.met { "met" } else { "MISSED" }
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.title)?;
        if !self.unit.is_empty() {
            write!(f, ", {}", self.unit)?;
        }
        if let Some(baseline) = self.baseline {
            write!(f, " (and times {baseline})")?;
        }
        writeln!(f)?;
        let mut lines = vec![(String::new(), self.columns.clone())];
        for row in &self.rows {
            let cells = (0..self.columns.len()).map(|index| self.cell(row, index));
            lines.push((row.name.clone(), cells.collect()));
        }
        let name_width = lines.iter().map(|(name, _)| name.chars().count()).max();
        let name_width = name_width.unwrap_or(0);
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|index| {
                lines
                    .iter()
                    .map(|(_, cells)| cells[index].chars().count())
                    .max()
            })
            .map(|width| width.unwrap_or(0))
            .collect();
        for (name, cells) in lines {
            write!(f, "  {name:name_width$}")?;
            for (cell, width) in cells.iter().zip(&widths) {
                write!(f, "  {cell:>width$}")?;
            }
            writeln!(f)?;
        }
        for note in &self.notes {
            writeln!(f, "  {note}")?;
        }
        Ok(())
    }
}
