//! Faults of a filter string, with carets under the place.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use syscallset_compiler::error::Error;

/// Columns that are shown of a line.
const WIDTH: usize = 110;

/// The fault in several lines, without a trailing newline.
pub(crate) fn render(text: &str, origin: Option<&str>, error: &Error) -> String {
    let headline = error.headline(text).to_string();
    let label = error.label();
    let mut annotation = AnnotationKind::Primary.span(error.span.start..error.span.end);
    if !label.is_empty() {
        annotation = annotation.label(label.as_ref());
    }
    let snippet = Snippet::source(text).path(origin).annotation(annotation);
    let mut group = Level::ERROR
        .primary_title(headline.as_str())
        .element(snippet);
    let help = error.help();
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(help.as_ref()));
    }
    Renderer::styled().term_width(WIDTH).render(&[group])
}
