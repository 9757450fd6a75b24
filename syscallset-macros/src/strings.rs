//! The string literals of one filter, joined, and the way back from a place in the joined string
//! to the literal.

use proc_macro2::Span;
use syn::LitStr;

/// The literals of one filter.
pub(crate) struct Strings {
    /// All literals, each on lines of its own: a comment ends with its literal, and messages show
    /// the literal that they are about.
    pub(crate) source: String,
    /// Where each literal begins in `source`, and its place in the user's program.
    starts: Vec<(usize, Span)>,
}

impl Strings {
    /// Joins literals; at least one is expected, with no literal everything is at `fallback`.
    pub(crate) fn join(literals: &[LitStr], fallback: Span) -> Self {
        let mut source = String::new();
        let mut starts = Vec::new();
        for literal in literals {
            if !starts.is_empty() {
                source.push('\n');
            }
            starts.push((source.len(), literal.span()));
            source.push_str(&literal.value());
        }
        if starts.is_empty() {
            starts.push((0, fallback));
        }
        Self { source, starts }
    }

    /// The literal that holds the byte at `offset`.
    pub(crate) fn span_at(&self, offset: usize) -> Span {
        let after = self.starts.partition_point(|(start, _)| *start <= offset);
        self.starts[after.saturating_sub(1)].1
    }
}
