//! The snapshots of numbers: one row a name, one column an ABI, `-` where the ABI has no such name.

use super::Result;
use std::collections::{BTreeMap, BTreeSet};
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

    /// Tells what is different in a newer matrix, a line for each name; empty if nothing is.
    pub(super) fn compare(&self, new: &Self) -> String {
        let mut report = String::new();
        let names: BTreeSet<_> = self.rows.keys().chain(new.rows.keys()).collect();
        let columns: BTreeSet<_> = self.columns.iter().chain(&new.columns).collect();
        for name in names {
            // Columns that changed in the same way are told together.
            let mut changes: BTreeMap<_, Vec<&str>> = BTreeMap::new();
            for column in &columns {
                let change = (self.get(name, column), new.get(name, column));
                if change.0 != change.1 {
                    changes.entry(change).or_default().push(column);
                }
            }
            for ((before, after), places) in changes {
                let what = match (before, after) {
                    (None, Some(number)) => format!("+{name} {number}"),
                    (Some(number), None) => format!("-{name} {number}"),
                    (before, after) => format!(
                        "{name} {} -> {} (a number never changes: look closely)",
                        before.unwrap_or_default(),
                        after.unwrap_or_default()
                    ),
                };
                let places = if places.len() == columns.len() {
                    "all".to_owned()
                } else {
                    places.join(" ")
                };
                let _ = writeln!(report, "  {what}: {places}");
            }
        }
        report
    }

    /// One number.
    fn get(&self, name: &str, column: &str) -> Option<u32> {
        let index = self.columns.iter().position(|other| other == column)?;
        self.rows.get(name)?[index]
    }
}

#[cfg(test)]
mod tests {
    use super::Matrix;
    use std::collections::BTreeMap;

    fn matrix(columns: &[(&str, &[(&str, u32)])]) -> Matrix {
        let mut matrix = Matrix::default();
        for (column, numbers) in columns {
            let numbers: BTreeMap<_, _> = numbers
                .iter()
                .map(|&(name, number)| (name.to_owned(), number))
                .collect();
            matrix.push(column, numbers);
        }
        matrix
    }

    #[test]
    fn text_comes_back() {
        let matrix = matrix(&[
            ("a", &[("read", 0), ("write", 1)]),
            ("b", &[("mmap2", 7), ("write", 0x4000_0001)]),
        ]);
        let text = matrix.print();
        assert_eq!(
            text,
            "columns: a b\nmmap2 - 7\nread 0 -\nwrite 1 1073741825\n"
        );
        let parsed = Matrix::parse(&format!("# head\n\n{text}")).unwrap();
        assert_eq!(parsed.print(), text);
        assert_eq!(
            parsed.column(1).collect::<Vec<_>>(),
            [("mmap2", 7), ("write", 0x4000_0001)]
        );
    }

    #[test]
    fn damaged_text_is_refused() {
        for (text, expected) in [
            ("", "no rows"),
            ("columns: a b\n", "no rows"),
            ("columns: a b\nread 0\n", "line 2: 1 numbers for 2 columns"),
            ("columns: a\nread 0 1\n", "line 2: 2 numbers for 1 columns"),
            ("columns: a\nread x\n", "line 2: `x` is not a number"),
            ("columns: a\nread 0\nread 0\n", "line 3: `read` comes twice"),
            ("read 0\n", "line 1: 1 numbers for 0 columns"),
        ] {
            assert_eq!(
                Matrix::parse(text).err().as_deref(),
                Some(expected),
                "{text:?}"
            );
        }
    }

    #[test]
    fn differences_are_told_by_name() {
        let old = matrix(&[
            ("a", &[("read", 0), ("old", 5)]),
            ("b", &[("read", 0), ("old", 5)]),
            ("c", &[("read", 0), ("old", 6)]),
        ]);
        let new = matrix(&[
            ("a", &[("read", 0), ("new", 9)]),
            ("b", &[("read", 3), ("new", 9)]),
            ("c", &[("read", 0), ("new", 9), ("old", 6)]),
        ]);
        assert_eq!(
            old.compare(&new),
            "  +new 9: all\n  -old 5: a b\n  read 0 -> 3 (a number never changes: look closely): b\n"
        );
        assert_eq!(old.compare(&old), "");
    }
}
