//! The snapshots of numbers: one row a name, one column an ABI, `-` where the ABI has no such name.

use super::Result;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Numbers by name, then by column.
#[derive(Default)]
pub(super) struct Matrix {
    pub(super) columns: Vec<String>,
    pub(super) rows: BTreeMap<String, Vec<Option<u32>>>,
}

const COLUMNS: &str = "columns:";

impl Matrix {
    /// Adds a column to the right.
    pub(super) fn push(&mut self, column: &str, numbers: BTreeMap<String, u32>) {
        let width = self.columns.len();
        self.columns.push(column.to_owned());
        for (name, number) in numbers {
            let row = self.rows.entry(name).or_default();
            row.resize(width, None);
            row.push(Some(number));
        }
        for row in self.rows.values_mut() {
            row.resize(width + 1, None);
        }
    }

    /// One column: the names that have a number, sorted.
    pub(super) fn column(&self, index: usize) -> impl Iterator<Item = (&str, u32)> {
        self.rows
            .iter()
            .filter_map(move |(name, row)| row[index].map(|number| (name.as_str(), number)))
    }

    /// Reads the text below its head of comments.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut matrix = Self::default();
        for (index, line) in text.lines().enumerate() {
            let at = |fault: &str| format!("line {}: {fault}", index + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(columns) = line.strip_prefix(COLUMNS) {
                matrix.columns = columns.split_whitespace().map(str::to_owned).collect();
                continue;
            }
            let mut words = line.split_whitespace();
            let name = words.next().ok_or_else(|| at("no name"))?;
            let row = words
                .map(|word| match word {
                    "-" => Ok(None),
                    _ => word
                        .parse()
                        .map(Some)
                        .map_err(|_| at(&format!("`{word}` is not a number"))),
                })
                .collect::<Result<Vec<_>>>()?;
            if row.len() != matrix.columns.len() {
                return Err(at(&format!(
                    "{} numbers for {} columns",
                    row.len(),
                    matrix.columns.len()
                )));
            }
            if matrix.rows.insert(name.to_owned(), row).is_some() {
                return Err(at(&format!("`{name}` comes twice")));
            }
        }
        if matrix.rows.is_empty() {
            return Err("no rows".into());
        }
        Ok(matrix)
    }

    /// Prints what `parse` reads.
    pub(super) fn print(&self) -> String {
        let mut text = format!("{COLUMNS} {}\n", self.columns.join(" "));
        for (name, row) in &self.rows {
            text.push_str(name);
            for number in row {
                let _ = match number {
                    Some(number) => write!(text, " {number}"),
                    None => write!(text, " -"),
                };
            }
            text.push('\n');
        }
        text
    }
}
