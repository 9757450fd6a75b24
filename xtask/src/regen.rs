//! `cargo xtask regen-tables`: from sources to snapshots, from snapshots to generated Rust files.
//!
//! A *source* is what only some machines have (an installed systemd, kernel headers). Refreshing reads it into
//! a *snapshot*, a text file in `syscallset-tables/data/`. Generating turns snapshots, and nothing else, into
//! Rust files, so that it gives the same result everywhere and for ever. Everything happens in memory first:
//! an error anywhere leaves all files as they were.

mod calls;
mod cpp;
mod errno;
mod expression;
mod headers;
mod matrix;
mod numbers;
mod options;
mod rust_sets;
mod sets;
mod snapshots;
mod systemd;
mod write;

use options::{Options, Sources};
use snapshots::Snapshots;
use std::path::{Path, PathBuf};

/// Why a run stopped, as a sentence for the person who started it.
type Result<T> = std::result::Result<T, String>;

/// One kind of table: how its snapshots are renewed, and which files come from them.
struct Table {
    /// Replaces snapshots in memory when `Sources` names a source for them; `None` for snapshots written by hand.
    refresh: Option<fn(&Sources, &mut Snapshots) -> Result<()>>,
    /// Generates the files, from the snapshots alone.
    generate: fn(&Snapshots) -> Result<Vec<Generated>>,
    /// Says what is different from the older snapshots (first) to the newer ones, for the person who reviews
    /// the change; empty if nothing is.
    compare: Option<fn(&Snapshots, &Snapshots) -> Result<String>>,
}

/// A generated file, complete with its header.
struct Generated {
    /// The path below `syscallset-tables/`.
    path: String,
    text: String,
}

/// Every table there is: a new one is a module with a `TABLE` and its line here.
const TABLES: &[Table] = &[
    sets::TABLE,    // systemd-sets.txt and rust-sets.txt
    numbers::TABLE, // linux-numbers.txt
    errno::TABLE,   // linux-errno.txt
    calls::TABLE,   // every name in the sets and numbers
];

/// What `--check` tells the reader to run.
const REMEDY: &str = "cargo xtask regen-tables --from-snapshots";

pub(crate) fn main(arguments: impl Iterator<Item = String>) -> Result<()> {
    let Some(options) = Options::parse(arguments)? else {
        print!("{}", options::USAGE);
        return Ok(());
    };
    let package = package();
    let old = Snapshots::read(&package.join("data"))?;
    let mut snapshots = old.clone();
    for refresh in TABLES.iter().filter_map(|table| table.refresh) {
        refresh(&options.sources, &mut snapshots)?;
    }
    let mut files = Vec::new();
    for table in TABLES {
        files.extend((table.generate)(&snapshots)?);
    }
    files.extend(snapshots.changed());
    let changed = write::changed(&package, files)?;
    if options.check {
        return write::refuse(&changed, REMEDY);
    }
    for compare in TABLES.iter().filter_map(|table| table.compare) {
        print!("{}", compare(&old, &snapshots)?);
    }
    write::write(&package, &changed)?;
    for file in &changed {
        println!("wrote syscallset-tables/{}", file.path);
    }
    if changed.is_empty() {
        println!("the tables are up to date");
    }
    Ok(())
}

/// The directory of `syscallset-tables`, next to this package.
fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("syscallset-tables")
}
