//! Text with the escape sequences by which programs ask a terminal for colours.

/// A line, in pieces of one style each.
pub(super) type Line = Vec<Piece>;

/// Text of one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) style: Style,
}

/// How text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) colour: Colour,
}

/// The colours that compilers use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Colour {
    #[default]
    None,
    Red,
    Green,
    Yellow,
    Blue,
    Cyan,
}

/// A command as it was typed.
pub(super) fn prompt(command: &str) -> Line {
    let sign = Style {
        bold: true,
        colour: Colour::Green,
    };
    vec![
        Piece {
            text: "$ ".into(),
            style: sign,
        },
        Piece {
            text: command.into(),
            style: Style {
                bold: true,
                ..Style::default()
            },
        },
    ]
}

/// Splits what was printed into lines and pieces. Sequences that are not about style are left out.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut style = Style::default();
    text.trim_end()
        .lines()
        .map(|line| {
            let mut pieces = Vec::new();
            let mut parts = line.split('\u{1b}');
            push(&mut pieces, parts.next().unwrap_or_default(), style);
            for part in parts {
                let text = match part.strip_prefix('[').and_then(|part| part.split_once('m')) {
                    Some((codes, text)) => {
                        style = change(style, codes);
                        text
                    }
                    None => part,
                };
                push(&mut pieces, text, style);
            }
            pieces
        })
        .collect()
}

fn push(pieces: &mut Line, text: &str, style: Style) {
    if !text.is_empty() {
        pieces.push(Piece {
            text: text.to_owned(),
            style,
        });
    }
}

/// The style after a sequence "select graphic rendition".
fn change(mut style: Style, codes: &str) -> Style {
    // `38;5;N` chooses one of 256 colours, of which the first 16 are those of the short codes.
    let codes = codes.replace("38;5;9", "91").replace("38;5;", "9");
    for code in codes.split(';') {
        match code {
            "" | "0" => style = Style::default(),
            "1" => style.bold = true,
            "22" => style.bold = false,
            "31" | "91" => style.colour = Colour::Red,
            "32" | "92" => style.colour = Colour::Green,
            "33" | "93" => style.colour = Colour::Yellow,
            "34" | "94" => style.colour = Colour::Blue,
            "36" | "96" => style.colour = Colour::Cyan,
            "39" => style.colour = Colour::None,
            _ => {}
        }
    }
    style
}

#[cfg(test)]
mod tests {
    use super::{Colour, lines};

    #[test]
    fn styles_begin_and_end() {
        let lines = lines("\u{1b}[1m\u{1b}[91merror\u{1b}[0m: no\n  plain\n\n");
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0][0].text, "error");
        assert!(lines[0][0].style.bold);
        assert_eq!(lines[0][0].style.colour, Colour::Red);
        assert_eq!(lines[0][1].text, ": no");
        assert!(!lines[0][1].style.bold);
        assert_eq!(lines[1][0].text, "  plain");
    }
}
