//! From a filter string to its items. All faults of the string are found in one go.

mod condition;
mod cursor;
mod unit;
mod value;

use crate::error::{Error, ErrorKind};
use crate::filter::{Filter, Item, ParsedAction};
use crate::parse::condition::conditions;
use crate::parse::cursor::{Cursor, ends_word};
use crate::parse::unit::unit_line;
use crate::span::Span;

pub use crate::parse::value::parse_value;

/// Parses a filter string.
///
/// # Errors
///
/// Every fault of form: what is not an item, bare `~` and `@`, commas, a leading `~`, an action
/// without `~`, malformed conditions, lines of a systemd unit. Whether names exist is decided later.
pub fn parse(source: &str) -> Result<Filter<'_>, Vec<Error>> {
    let (filter, errors) = parse_lossy(source);
    if errors.is_empty() {
        Ok(filter)
    } else {
        Err(errors)
    }
}

/// Parses what can be parsed of a filter string: the items that are well-formed, and the faults of
/// the rest, as [`parse`] finds them.
pub fn parse_lossy(source: &str) -> (Filter<'_>, Vec<Error>) {
    let mut cursor = Cursor::new(source);
    let mut errors = Vec::new();
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut words = 0;
    loop {
        cursor.skip_space();
        if cursor.is_at_end() {
            break;
        }
        let start = cursor.at();
        if let Some(error) = unit_line(&mut cursor) {
            // A unit has many lines, and each kind of them is explained once.
            if errors.iter().all(|other: &Error| other.kind != error.kind) {
                errors.push(error);
            }
            words += 1;
            continue;
        }
        match item(&mut cursor) {
            Ok(item) => {
                if words == 0 && item.refused {
                    errors.push(Error::new(ErrorKind::LeadingTilde, item.span));
                }
                items.push(item);
            }
            Err(error) => {
                errors.push(error);
                cursor.skip_item(start);
            }
        }
        words += 1;
    }
    (Filter { source, items }, errors)
}

/// Signs that separate items elsewhere, besides the comma.
const SEPARATORS: [char; 4] = [';', '|', '+', '&'];

/// What the operators of conditions begin with, but for `!=`.
const OPERATORS: [char; 3] = ['=', '<', '>'];

fn item<'s>(cursor: &mut Cursor<'s>) -> Result<Item<'s>, Error> {
    let start = cursor.at();
    let (tildes, tilde_span) = cursor.take_while(|byte| byte == b'~');
    let (name, name_span) = cursor.take_while(|byte| !ends_word(byte));
    check_name(tildes, tilde_span, name, name_span)?;
    if name.is_empty() {
        return Err(Error::new(ErrorKind::UnexpectedCharacter, cursor.here()));
    }
    let refused = !tildes.is_empty();
    let conditions = if cursor.eat(b'(') {
        conditions(cursor, name)?
    } else {
        Vec::new()
    };
    let action = if cursor.eat(b':') {
        Some(self::action(cursor, refused)?)
    } else {
        None
    };
    if cursor
        .peek()
        .is_some_and(|byte| matches!(byte, b'(' | b')' | b':'))
    {
        return Err(Error::new(ErrorKind::UnexpectedCharacter, cursor.here()));
    }
    if let Some(byte) = cursor.peek().filter(|byte| !ends_word(*byte)) {
        let kind = match char::from(byte) {
            ',' => ErrorKind::Comma,
            sign if SEPARATORS.contains(&sign) => ErrorKind::OtherSeparator(sign),
            _ => ErrorKind::MissingSpace,
        };
        return Err(Error::new(kind, cursor.here()));
    }
    let span = Span::new(start, cursor.at());
    Ok(Item {
        span,
        refused,
        name,
        name_span,
        conditions,
        action,
        given: None,
    })
}

fn action<'s>(cursor: &mut Cursor<'s>, refused: bool) -> Result<ParsedAction<'s>, Error> {
    let (text, span) = cursor.take_while(|byte| !ends_word(byte));
    let colon = Span::new(span.start - 1, span.end);
    if text.is_empty() {
        return Err(Error::new(ErrorKind::EmptyAction, colon));
    }
    if !refused {
        return Err(Error::new(ErrorKind::ActionWithoutTilde, colon));
    }
    Ok(ParsedAction { text, span })
}

/// Whether a word reads like a condition, or like a part of one: `fd=1`, `prot&0x4!=0`, `=`.
///
/// No item begins with `=`: a name and `=` on the next line would be printed as a line of a unit.
fn is_condition(word: &str) -> bool {
    let Some(at) = word.find(OPERATORS) else {
        return false;
    };
    let left = word[..at].strip_suffix('!').unwrap_or(&word[..at]);
    let of_parameter =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'&' | b'|');
    let of_number = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let right = word[at..].trim_start_matches(OPERATORS);
    match left.bytes().next() {
        None => word.starts_with('=') || right.bytes().all(of_number),
        Some(first) => !first.is_ascii_uppercase() && left.bytes().all(of_parameter),
    }
}

/// Faults of a word that no table needs to be asked about.
fn check_name(tildes: &str, tilde_span: Span, name: &str, name_span: Span) -> Result<(), Error> {
    if tildes.len() > 1 {
        return Err(Error::new(ErrorKind::DoubleTilde, tilde_span));
    }
    if is_condition(name) {
        return Err(Error::new(ErrorKind::OutsideParentheses, name_span));
    }
    if let Some(at) = name.find(',') {
        let start = name_span.start + at;
        return Err(Error::new(ErrorKind::Comma, Span::new(start, start + 1)));
    }
    // Before a name, `|` and `+` do not separate it from another one.
    let signs = name.chars().take_while(|c| SEPARATORS.contains(c)).count();
    let begin = if signs == name.len() { 0 } else { signs };
    if let Some(at) = name[begin..].find(SEPARATORS) {
        let start = name_span.start + begin + at;
        let sign = char::from(name.as_bytes()[begin + at]);
        let kind = ErrorKind::OtherSeparator(sign);
        return Err(Error::new(kind, Span::new(start, start + 1)));
    }
    if let Some((at, character)) = name.char_indices().find(|(_, c)| c.is_whitespace()) {
        let start = name_span.start + at;
        let span = Span::new(start, start + character.len_utf8());
        return Err(Error::new(ErrorKind::OtherSpace(character), span));
    }
    if let Some(at) = name.find('~') {
        let start = name_span.start + at;
        return Err(Error::new(
            ErrorKind::MissingSpace,
            Span::new(start, start + 1),
        ));
    }
    if name.is_empty() && !tildes.is_empty() {
        return Err(Error::new(ErrorKind::LoneTilde, tilde_span));
    }
    if name == "@" {
        return Err(Error::new(ErrorKind::LoneAt, name_span));
    }
    Ok(())
}
