//! A terminal as a picture.

use std::fmt::Write as _;

use super::ansi::{Colour, Line, Piece};

/// The grid, in pixels. Each piece is drawn exactly as wide as its characters have room, whatever font there is.
const WIDTH: f64 = 8.4;
const HEIGHT: f64 = 19.0;
const SIZE: f64 = 14.0;
const MARGIN: f64 = 18.0;
const BAR: f64 = 30.0;

/// Columns that there are at least.
const COLUMNS: usize = 72;

pub(super) fn draw(lines: &[Line]) -> String {
    let columns = lines.iter().map(length).max().unwrap_or(0);
    let columns = columns.max(COLUMNS);
    let width = px(columns) * WIDTH + 2.0 * MARGIN;
    let height = BAR + px(lines.len()) * HEIGHT + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" \
         font-size=\"{SIZE}\" fill=\"#d6dce4\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1b2029\"/>\n"
    );
    for (index, colour) in ["#e0605e", "#e0b04f", "#68b25b"].iter().enumerate() {
        let x = MARGIN + px(index) * 18.0;
        let _ = writeln!(
            svg,
            "<circle cx=\"{x}\" cy=\"15\" r=\"5.5\" fill=\"{colour}\"/>"
        );
    }
    for (index, line) in lines.iter().enumerate() {
        let y = BAR + px(index) * HEIGHT + SIZE;
        let mut column = 0;
        for piece in line {
            text(&mut svg, piece, column, y);
            column += piece.text.chars().count();
        }
    }
    svg += "</svg>\n";
    svg
}

/// Draws a piece without the spaces around it, which would be drawn as wide as the font likes.
fn text(svg: &mut String, piece: &Piece, column: usize, y: f64) {
    let inner = piece.text.trim();
    if inner.is_empty() {
        return;
    }
    let before = piece.text.chars().take_while(|c| *c == ' ').count();
    let x = MARGIN + px(column + before) * WIDTH;
    let length = px(inner.chars().count()) * WIDTH;
    let colour = match piece.style.colour {
        Colour::None => "",
        Colour::Red => " fill=\"#ff7b72\"",
        Colour::Green => " fill=\"#7ee787\"",
        Colour::Yellow => " fill=\"#e3b341\"",
        Colour::Blue => " fill=\"#79b8ff\"",
        Colour::Cyan => " fill=\"#76e3ea\"",
    };
    let weight = if piece.style.bold {
        " font-weight=\"bold\""
    } else {
        ""
    };
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\"{colour}{weight}>{}</text>",
        escape(inner)
    );
}

fn length(line: &Line) -> usize {
    line.iter().map(|piece| piece.text.chars().count()).sum()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[allow(clippy::cast_precision_loss, reason = "a few hundred at most")]
fn px(count: usize) -> f64 {
    count as f64
}
