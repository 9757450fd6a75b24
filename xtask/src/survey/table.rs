//! The table of common programs and their filters.
//!
//! It lives in `xtask/survey/filters.md`, and the README shows it under "What do I write?". Every row names the program
//! of the survey that runs it.

use std::fs;
use std::path::Path;

use super::Result;
use super::program::Program;

/// What a row says: `| text with a link to the program | `filter` |`.
#[derive(Debug, PartialEq, Eq)]
struct Row<'a> {
    program: &'a str,
    filter: &'a str,
}

/// The directory that rows point to.
const PROGRAMS: &str = "xtask/survey/programs/src/bin/";

/// Compares the table with the programs, and the README with the table; a message for each difference.
///
/// # Errors
/// A file that cannot be read, or a table that is not understood.
pub(super) fn check(root: &Path, programs: &[Program]) -> Result<Vec<String>> {
    let read = |name: &str| {
        let path = root.join(name);
        fs::read_to_string(&path)
            .map_err(|error| format!("cannot read `{}`: {error}", path.display()))
    };
    let table = read("xtask/survey/filters.md")?;
    let rows = parse(&table).map_err(|fault| format!("filters.md: {fault}"))?;
    let mut faults: Vec<String> = rows
        .iter()
        .filter_map(|row| compare(row, programs))
        .collect();
    let readme = read("README.md").unwrap_or_default();
    if readme.contains("What do I write?") && !readme.contains(table.trim()) {
        faults.push(
            "README.md: its table of filters is not that of `xtask/survey/filters.md`".into(),
        );
    }
    Ok(faults)
}

/// The rows below the head of the table.
fn parse(text: &str) -> Result<Vec<Row<'_>>> {
    let lines = text.lines().filter(|line| line.starts_with('|')).skip(2);
    let rows: Result<Vec<_>> = lines
        .map(|line| row(line).ok_or_else(|| format!("`{line}` is not understood")))
        .collect();
    rows.and_then(|rows| {
        if rows.is_empty() {
            Err("no rows".into())
        } else {
            Ok(rows)
        }
    })
}

fn row(line: &str) -> Option<Row<'_>> {
    let (description, filter) = line.strip_suffix('|')?.rsplit_once(" | ")?;
    let (_, target) = description.split_once(PROGRAMS)?;
    let (program, _) = target.split_once(".rs)")?;
    let filter = filter.trim().strip_prefix("`\"")?.strip_suffix("\"`")?;
    Some(Row { program, filter })
}

fn compare(row: &Row<'_>, programs: &[Program]) -> Option<String> {
    let Row {
        program: name,
        filter,
    } = row;
    let Some(program) = programs.iter().find(|program| program.name == *name) else {
        return Some(format!("filters.md: there is no program `{name}`"));
    };
    let has = program.filters.iter().any(|has| has == filter);
    (!has).then(|| {
        let has = program.filters.join("\", \"");
        format!("filters.md: `{name}` is run with \"{has}\", the table says \"{filter}\"")
    })
}

#[cfg(test)]
mod tests {
    use super::{Row, compare, parse};
    use crate::survey::program::Program;

    const TABLE: &str = "Text.\n\n| Program | Filter |\n|---|---|\n\
                         | says [hello](xtask/survey/programs/src/bin/hello.rs) | `\"@basic-io ioctl(cmd=A|B)\"` |\n";

    #[test]
    fn rows_are_programs() {
        let rows = parse(TABLE).unwrap();
        let filter = "@basic-io ioctl(cmd=A|B)";
        assert_eq!(
            rows,
            [Row {
                program: "hello",
                filter
            }]
        );
        let program = |filter: &str| Program {
            name: "hello".into(),
            filters: vec!["@x".into(), filter.into()],
            ..Program::default()
        };
        assert_eq!(compare(&rows[0], &[program(filter)]), None);
        assert!(compare(&rows[0], &[program("@basic-io")]).is_some());
        assert!(compare(&rows[0], &[]).is_some());
    }

    #[test]
    fn slips_are_refused() {
        assert_eq!(parse("no table\n").unwrap_err(), "no rows");
        let slip = TABLE.replace(".rs)", ".r)");
        assert!(parse(&slip).unwrap_err().ends_with("is not understood"));
    }

    /// Without running anything: what CI's survey finds out late is told early.
    #[test]
    fn the_table_fits_the_programs() {
        let root = crate::survey::root();
        let programs = crate::survey::program::read_all(&root.join(super::PROGRAMS)).unwrap();
        assert_eq!(
            super::check(&root, &programs).unwrap(),
            Vec::<String>::new()
        );
    }
}
