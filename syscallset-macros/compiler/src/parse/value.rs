//! Values: numbers and constants, joined by `|`.

use crate::error::{Error, ErrorKind};
use crate::filter::{ParsedValue, Term, TermKind};
use crate::parse::cursor::Cursor;
use crate::span::Span;

/// Parses a value as it stands behind an operator: numbers and constants joined by `|`.
///
/// # Errors
///
/// What is malformed, and anything behind the value.
pub fn parse_value(source: &str) -> Result<ParsedValue<'_>, Error> {
    let mut cursor = Cursor::new(source);
    if source.trim().is_empty() {
        return Err(Error::new(ErrorKind::ExpectedValue, cursor.here()));
    }
    let value = self::value(&mut cursor, Span::new(0, 0))?;
    cursor.skip_space();
    if !cursor.is_at_end() {
        return Err(Error::new(ErrorKind::UnexpectedCharacter, cursor.here()));
    }
    Ok(value)
}

/// Reads a value up to its last term; `open` is the parenthesis that it stands behind.
pub(super) fn value<'s>(cursor: &mut Cursor<'s>, open: Span) -> Result<ParsedValue<'s>, Error> {
    let mut terms = Vec::new();
    loop {
        cursor.skip_space();
        let start = cursor.at();
        cursor.eat(b'-');
        cursor.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let (text, span) = cursor.since(start);
        if text.is_empty() || text == "-" {
            cursor.go_back(start);
            return Err(cursor.unexpected(open, ErrorKind::ExpectedValue));
        }
        let kind = if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            let number = integer(text).ok_or(Error::new(ErrorKind::BadInteger, span))?;
            TermKind::Integer(number)
        } else {
            TermKind::Constant(text)
        };
        terms.push(Term { span, kind });
        let end = cursor.at();
        cursor.skip_space();
        if !cursor.eat(b'|') {
            // White space behind the last term belongs to what follows.
            cursor.go_back(end);
            let span = Span::new(terms[0].span.start, end);
            return Ok(ParsedValue { span, terms });
        }
    }
}

/// Reads a decimal, `0x` or `0o` integer with an optional sign, -2^63 to 2^64-1.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (radix, digits) = if let Some(digits) = digits.strip_prefix("0x") {
        (16, digits)
    } else if let Some(digits) = digits.strip_prefix("0o") {
        (8, digits)
    } else if digits.len() > 1 && digits.starts_with('0') {
        // C reads this as octal, most other languages as decimal: neither is guessed.
        return None;
    } else {
        (10, digits)
    };
    if digits.is_empty() || !digits.bytes().all(|byte| char::from(byte).is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, radix).ok()?;
    let number = if negative { -magnitude } else { magnitude };
    (i128::from(i64::MIN)..=i128::from(u64::MAX))
        .contains(&number)
        .then_some(number)
}
