//! The table of what the programs came to.

use std::fmt::Write as _;
use std::path::Path;

/// What one program came to.
pub(crate) struct Row {
    pub(crate) name: String,
    /// How many calls were traced.
    pub(crate) traced: usize,
    /// How many can be reached from the entry point, and from `main`.
    pub(crate) entry: usize,
    pub(crate) main: Option<usize>,
    /// How many are in the program and its libraries, reachable or not.
    pub(crate) naive: usize,
    /// System calls whose number is not known.
    pub(crate) unresolved: usize,
    /// Calls that were traced and not found.
    pub(crate) missed: Vec<String>,
}

/// Where the tables are kept.
const FILE: &str = "../syscallset/cli/profile/CORPUS.md";

/// Makes the table, and puts it into the file in the place of the architecture's former one if
/// `SYSCALLSET_RECORD` is set.
pub(crate) fn record(arch: &str, rows: &[Row]) -> String {
    let table = table(rows);
    if std::env::var_os("SYSCALLSET_RECORD").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
        let page = std::fs::read_to_string(&path).expect("the page is there");
        let heading = format!("\n## {arch}\n");
        let (before, rest) = page.split_once(&heading).expect("a part for each");
        let (_, after) = rest.split_once("\n## ").expect("another part follows");
        let page = format!("{before}{heading}\n{table}\n## {after}");
        std::fs::write(&path, page).expect("the page can be written to");
    }
    table
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| program | traced | found of them | from the entry | from `main` | naive | entry / naive | unresolved |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    let percent = |part: usize, whole: usize| 100 * part / whole.max(1);
    let mut line =
        |name: &str, row: &[usize; 4], main: Option<usize>, missed: usize, unresolved| {
            let [traced, entry, naive, count] = *row;
            let main = main.map_or_else(|| "-".to_owned(), |main| main.to_string());
            writeln!(
                text,
                "| {name} | {} | {} % | {} | {main} | {} | {} % | {unresolved} |",
                traced / count,
                percent(traced - missed.min(traced), traced),
                entry / count,
                naive / count,
                percent(entry, naive),
            )
            .expect("strings take all");
        };
    for row in rows {
        line(
            &row.name,
            &[row.traced, row.entry, row.naive, 1],
            row.main,
            row.missed.len(),
            row.unresolved,
        );
    }
    let sum = |value: fn(&Row) -> usize| rows.iter().map(value).sum::<usize>();
    line(
        &format!("mean of {}", rows.len()),
        &[
            sum(|row| row.traced),
            sum(|row| row.entry),
            sum(|row| row.naive),
            rows.len().max(1),
        ],
        None,
        sum(|row| row.missed.len()),
        sum(|row| row.unresolved),
    );
    text
}
