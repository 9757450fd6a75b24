//! The text of one filter, from string literals or from a file, and the way back from a place in it
//! to the user's program.

use std::path::PathBuf;

use proc_macro2::Span;
use syn::LitStr;
use syscallset_compiler::error::Error;
use syscallset_compiler::render::{line_and_column, render};

use crate::diagnostics::Fault;

/// The text of one filter.
pub(crate) struct Strings {
    /// All literals, each on lines of its own: a comment ends with its literal, and messages show
    /// the literal that they are about.
    pub(crate) source: String,
    /// Where each literal begins in `source`, and its place in the user's program.
    starts: Vec<(usize, Span)>,
    /// The file that the text comes from.
    pub(crate) file: Option<FilterFile>,
}

/// Whether a string literal, as written, has a comment that a `\` joins with the next line.
fn comment_goes_on(literal: &str) -> bool {
    if !literal.starts_with('"') {
        // A raw string: what is written is what it means.
        return false;
    }
    let mut comment = false;
    let mut characters = literal.chars();
    while let Some(character) = characters.next() {
        match (character, comment) {
            ('#', _) => comment = true,
            ('\n', _) => comment = false,
            ('\\', _) => match characters.next() {
                Some('n') => comment = false,
                Some('\n' | '\r') if comment => return true,
                _ => {}
            },
            _ => {}
        }
    }
    false
}

/// A file with a filter string.
pub(crate) struct FilterFile {
    /// The path as written.
    pub(crate) name: String,
    /// The path from the root.
    pub(crate) path: PathBuf,
}

impl Strings {
    /// Joins literals, of which there is at least one.
    ///
    /// # Errors
    ///
    /// A comment that goes on in the next line of the program, and takes items with it.
    pub(crate) fn join(literals: &[LitStr]) -> Result<Self, Fault> {
        let mut source = String::new();
        let mut starts = Vec::new();
        for literal in literals {
            if !starts.is_empty() {
                source.push('\n');
            }
            if comment_goes_on(&literal.token().to_string()) {
                return Err(Fault::new(
                    literal.span(),
                    "a `\\` at the end of a line makes the next line part of the comment\n\
                     help: write each line as a string of its own, separated by commas, or use a \
                     raw string without `\\`",
                ));
            }
            starts.push((source.len(), literal.span()));
            source.push_str(&literal.value());
        }
        Ok(Self {
            source,
            starts,
            file: None,
        })
    }

    /// Reads a file; a relative path begins at the directory of the crate's `Cargo.toml`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is not UTF-8.
    pub(crate) fn read(literal: &LitStr) -> Result<Self, Fault> {
        let name = literal.value();
        let root = std::env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .unwrap_or_default();
        let path = root.join(&name);
        let source = std::fs::read_to_string(&path).map_err(|error| {
            let message = format!(
                "cannot read the filter file `{}`: {error}\nhelp: a relative path begins at the \
                 directory of Cargo.toml",
                path.display()
            );
            Fault::new(literal.span(), message)
        })?;
        let source = source.trim_start_matches('\u{feff}').to_owned();
        let starts = vec![(0, literal.span())];
        Ok(Self {
            source,
            starts,
            file: Some(FilterFile { name, path }),
        })
    }

    /// The compiler's messages at the literals, or with file, line and column.
    pub(crate) fn faults(&self, errors: &[Error]) -> Vec<Fault> {
        errors.iter().map(|error| self.fault(error)).collect()
    }

    fn fault(&self, error: &Error) -> Fault {
        let offset = error.span.start;
        let mut message = render(&self.source, error);
        if let Some(file) = &self.file {
            let (line, column) = line_and_column(&self.source, offset);
            message.insert_str(0, &format!("{}:{line}:{column}: ", file.name));
        }
        let after = self.starts.partition_point(|(start, _)| *start <= offset);
        let (_, span) = self.starts[after.saturating_sub(1)];
        Fault::new(span, message)
    }
}
