//! The filter that a program has in it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::failure::Failure;
use crate::notes;
use crate::source::Source;

/// The filter string in the notes of a program.
///
/// # Errors
///
/// A program without notes, or with those of several filters: which of them is in force where cannot be told.
pub(crate) fn source(path: &Path) -> Result<Source, Failure> {
    let shown = path.display();
    let notes = notes::read(path)?;
    let filters: BTreeSet<String> = notes.into_iter().map(|note| note.filter).collect();
    let mut filters = filters.into_iter();
    match (filters.next(), filters.len()) {
        (Some(filter), 0) => Ok(Source::one(&format!("the note of `{shown}`"), &filter)),
        (Some(_), more) => Err(Failure::failed(format!(
            "`{shown}` has {} filters of its own",
            more + 1
        ))
        .with_help("choose one of those that `syscallset inspect` lists, with `--filter`")),
        (None, _) => Err(
            Failure::failed(format!("`{shown}` has no note of a filter of its own"))
                .with_help("give the filter string with `--filter`"),
        ),
    }
}
