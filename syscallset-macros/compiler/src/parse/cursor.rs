//! The place that reading a filter string has reached, and the characters around it.

use crate::error::{Error, ErrorKind};
use crate::span::Span;

/// A filter string, read from the left.
pub(super) struct Cursor<'s> {
    source: &'s str,
    at: usize,
}

/// What ends a word. `~` does not: within a word it is a fault that deserves its own message.
pub(super) const fn ends_word(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'(' | b')' | b':' | b'#')
}

/// C's `isspace` counts the vertical tab, Rust's `is_ascii_whitespace` does not.
const fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

pub(super) const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl<'s> Cursor<'s> {
    pub(super) const fn new(source: &'s str) -> Self {
        Self { source, at: 0 }
    }

    /// Offset of the next byte.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// What was read from `start` on.
    pub(super) fn since(&self, start: usize) -> (&'s str, Span) {
        let span = Span::new(start, self.at);
        (span.of(self.source), span)
    }

    /// Reads again from `start` on.
    pub(super) const fn go_back(&mut self, start: usize) {
        self.at = start;
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.at == self.source.len()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> (&'s str, Span) {
        let start = self.at;
        while self.peek().is_some_and(&keep) {
            self.at += 1;
        }
        self.since(start)
    }

    /// Skips white space and comments.
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'#' {
                self.take_while(|byte| byte != b'\n');
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// The word or character at the place reached, as a span, for messages.
    pub(super) fn here(&self) -> Span {
        let rest = &self.source[self.at..];
        let word = rest.bytes().take_while(|byte| is_name(*byte)).count();
        let character = rest.chars().next().map_or(0, char::len_utf8);
        Span::new(self.at, self.at + word.max(character))
    }

    /// Goes on behind the faulty item that began at `start`: at the next white space outside
    /// parentheses.
    pub(super) fn skip_item(&mut self, start: usize) {
        self.at = start;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b'#' => break,
                _ if depth == 0 && is_space(byte) => break,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Goes on behind the line, and behind those that a `\` at its end joins to it.
    pub(super) fn skip_line(&mut self) {
        let mut joined = false;
        while let Some(byte) = self.peek().filter(|byte| joined || *byte != b'\n') {
            joined = byte == b'\\' || joined && byte == b'\r';
            self.at += 1;
        }
    }

    /// Goes to the end of the string.
    pub(super) const fn skip_rest(&mut self) {
        self.at = self.source.len();
    }

    /// A fault inside parentheses: at the end of the string, what is missing is the `)`.
    pub(super) fn unexpected(&self, open: Span, kind: ErrorKind) -> Error {
        if self.is_at_end() {
            Error::new(ErrorKind::UnclosedParenthesis, open)
        } else {
            Error::new(kind, self.here())
        }
    }
}
