//! Prints a fault around its source, with carets under the place.

use std::fmt::Write as _;

use crate::error::Error;

/// The widest part of a source line that is shown; longer lines are cut around the fault.
const WIDTH: usize = 90;

/// The fault in several lines, without a trailing newline: headline, source line, carets, help.
pub fn render(source: &str, error: &Error) -> String {
    let mut text = error.headline(source).to_string();
    let excerpt = Excerpt::new(source, error);
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "\n  {}\n  {}{}",
        excerpt.line, excerpt.indent, excerpt.carets
    );
    let label = error.label();
    if !label.is_empty() {
        let _ = write!(text, " {label}");
    }
    if let Some(help) = error.help() {
        let _ = write!(text, "\nhelp: {help}");
    }
    text
}

/// All faults, separated by empty lines.
pub fn render_all(source: &str, errors: &[Error]) -> String {
    errors
        .iter()
        .map(|error| render(source, error))
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// The line and the column of a byte of `source`, both from 1, the column in characters.
pub fn line_and_column(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

/// The line of the fault, one column per character.
struct Excerpt {
    line: String,
    indent: String,
    carets: String,
}

impl Excerpt {
    fn new(source: &str, error: &Error) -> Self {
        let start = error.span.start.min(source.len());
        let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = source[start..]
            .find('\n')
            .map_or(source.len(), |at| start + at);
        let shown = &source[line_start..line_end];
        // A file may end its lines with a carriage return, too.
        let shown = shown.strip_suffix('\r').unwrap_or(shown);
        let line: Vec<char> = shown.chars().map(printable).collect();
        let column = source[line_start..start].chars().count();
        let end = error.span.end.clamp(start, line_end);
        let width = source[start..end].chars().count().max(1);

        let (from, to) = window(line.len(), column, width);
        let mut shown: String = line[from..to].iter().collect();
        let mut indent = column - from;
        if from > 0 {
            shown.insert_str(0, "… ");
            indent += 2;
        }
        if to < line.len() {
            shown.push_str(" …");
        }
        let width = width.min(to.saturating_sub(column)).max(1);
        Self {
            line: shown,
            indent: " ".repeat(indent),
            carets: "^".repeat(width),
        }
    }
}

/// The part of a line of `length` characters to show for a fault at `column`.
fn window(length: usize, column: usize, width: usize) -> (usize, usize) {
    if length <= WIDTH {
        return (0, length);
    }
    let before = (WIDTH.saturating_sub(width) / 2).min(column);
    let from = column - before;
    let to = (from + WIDTH).min(length);
    (to.saturating_sub(WIDTH).min(column), to)
}

/// Every character takes one column and moves no cursor: tabs and control characters would shift
/// the carets, and hostile input could steer the terminal.
pub(crate) fn printable(character: char) -> char {
    match character {
        '\t' => ' ',
        _ if character.is_control() => '\u{fffd}',
        // Directional formatting would reorder what is shown.
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => character,
    }
}
