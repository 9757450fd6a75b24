//! From a filter string to its items. All faults of the string are found in one go.

use crate::error::{Error, ErrorKind};
use crate::filter::{Filter, Item, ParsedAction, ParsedCondition, ParsedValue, Term, TermKind};
use crate::lowered::Op;
use crate::span::Span;

/// Parses a filter string.
///
/// # Errors
///
/// Every fault of form: what is not an item, bare `~` and `@`, commas, a leading `~`, an action
/// without `~`, malformed conditions. Whether names exist is decided later.
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
    let mut parser = Parser {
        source,
        at: 0,
        errors: Vec::new(),
    };
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut words = 0;
    loop {
        parser.skip_space();
        if parser.at == source.len() {
            break;
        }
        let start = parser.at;
        match parser.item() {
            Ok(item) => {
                if words == 0 && item.refused {
                    parser
                        .errors
                        .push(Error::new(ErrorKind::LeadingTilde, item.span));
                }
                items.push(item);
            }
            Err(error) => {
                parser.errors.push(error);
                parser.skip_item(start);
            }
        }
        words += 1;
    }
    (Filter { source, items }, parser.errors)
}

/// Parses a value as it stands behind an operator: numbers and constants joined by `|`.
///
/// # Errors
///
/// What is malformed, and anything behind the value.
pub fn parse_value(source: &str) -> Result<ParsedValue<'_>, Error> {
    let mut parser = Parser {
        source,
        at: 0,
        errors: Vec::new(),
    };
    if source.trim().is_empty() {
        return Err(Error::new(ErrorKind::ExpectedValue, parser.here()));
    }
    let value = parser.value(Span::new(0, 0))?;
    parser.skip_space();
    if parser.at < source.len() {
        return Err(Error::new(ErrorKind::UnexpectedCharacter, parser.here()));
    }
    Ok(value)
}

struct Parser<'s> {
    source: &'s str,
    at: usize,
    errors: Vec<Error>,
}

/// What ends a word. `~` does not: within a word it is a fault that deserves its own message.
const fn ends_word(byte: u8) -> bool {
    byte.is_ascii_whitespace() || is_vertical_tab(byte) || matches!(byte, b'(' | b')' | b':' | b'#')
}

/// C's `isspace` counts the vertical tab, Rust's `is_ascii_whitespace` does not.
const fn is_vertical_tab(byte: u8) -> bool {
    byte == 0x0b
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl<'s> Parser<'s> {
    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> (&'s str, Span) {
        let start = self.at;
        while self.peek().is_some_and(&keep) {
            self.at += 1;
        }
        let span = Span::new(start, self.at);
        (span.of(self.source), span)
    }

    /// Skips white space and comments.
    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'#' {
                self.take_while(|byte| byte != b'\n');
            } else if byte.is_ascii_whitespace() || is_vertical_tab(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// The word or character at the place reached, as a span, for messages.
    fn here(&self) -> Span {
        let rest = &self.source[self.at..];
        let word = rest.bytes().take_while(|byte| is_name(*byte)).count();
        let character = rest.chars().next().map_or(0, char::len_utf8);
        Span::new(self.at, self.at + word.max(character))
    }

    /// Goes on behind the faulty item that began at `start`: at the next white space outside
    /// parentheses.
    fn skip_item(&mut self, start: usize) {
        self.at = start;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b'#' => break,
                _ if depth == 0 && (byte.is_ascii_whitespace() || is_vertical_tab(byte)) => break,
                _ => {}
            }
            self.at += 1;
        }
    }

    fn item(&mut self) -> Result<Item<'s>, Error> {
        let start = self.at;
        let (tildes, tilde_span) = self.take_while(|byte| byte == b'~');
        let (name, name_span) = self.take_while(|byte| !ends_word(byte));
        check_name(tildes, tilde_span, name, name_span)?;
        if name.is_empty() {
            return Err(Error::new(ErrorKind::UnexpectedCharacter, self.here()));
        }
        let refused = !tildes.is_empty();
        let conditions = if self.eat(b'(') {
            self.conditions()?
        } else {
            Vec::new()
        };
        let action = if self.eat(b':') {
            Some(self.action(refused)?)
        } else {
            None
        };
        if self
            .peek()
            .is_some_and(|byte| matches!(byte, b'(' | b')' | b':'))
        {
            return Err(Error::new(ErrorKind::UnexpectedCharacter, self.here()));
        }
        if self.peek().is_some_and(|byte| !ends_word(byte)) {
            return Err(Error::new(ErrorKind::MissingSpace, self.here()));
        }
        let span = Span::new(start, self.at);
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

    fn action(&mut self, refused: bool) -> Result<ParsedAction<'s>, Error> {
        let (text, span) = self.take_while(|byte| !ends_word(byte));
        let colon = Span::new(span.start - 1, span.end);
        if text.is_empty() {
            return Err(Error::new(ErrorKind::EmptyAction, colon));
        }
        if !refused {
            return Err(Error::new(ErrorKind::ActionWithoutTilde, colon));
        }
        Ok(ParsedAction { text, span })
    }

    fn conditions(&mut self) -> Result<Vec<ParsedCondition<'s>>, Error> {
        let open = Span::new(self.at - 1, self.at);
        let mut conditions = Vec::new();
        loop {
            conditions.push(self.condition(open)?);
            self.skip_space();
            if self.eat(b')') {
                return Ok(conditions);
            }
            if !self.eat(b',') {
                return Err(self.unexpected(open, ErrorKind::ExpectedCommaOrParenthesis));
            }
        }
    }

    fn condition(&mut self, open: Span) -> Result<ParsedCondition<'s>, Error> {
        self.skip_space();
        let start = self.at;
        let (parameter, parameter_span) = self.take_while(is_name);
        if parameter.is_empty() {
            return Err(self.unexpected(open, ErrorKind::ExpectedParameter));
        }
        self.skip_space();
        let mask = if self.eat(b'&') {
            Some(self.value(open)?)
        } else {
            None
        };
        self.skip_space();
        let op = self.operator(open)?;
        let value = self.value(open)?;
        let span = Span::new(start, value.span.end);
        Ok(ParsedCondition {
            span,
            parameter,
            parameter_span,
            mask,
            op,
            value,
        })
    }

    fn operator(&mut self, open: Span) -> Result<Op, Error> {
        let (text, span) = self.take_while(|byte| matches!(byte, b'=' | b'!' | b'<' | b'>'));
        match text {
            "=" => Ok(Op::Eq),
            "!=" => Ok(Op::Ne),
            "<" => Ok(Op::Lt),
            "<=" => Ok(Op::Le),
            ">" => Ok(Op::Gt),
            ">=" => Ok(Op::Ge),
            "" => Err(self.unexpected(open, ErrorKind::ExpectedOperator)),
            _ => Err(Error::new(ErrorKind::UnknownOperator, span)),
        }
    }

    fn value(&mut self, open: Span) -> Result<ParsedValue<'s>, Error> {
        let mut terms = Vec::new();
        loop {
            self.skip_space();
            let start = self.at;
            self.eat(b'-');
            self.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let span = Span::new(start, self.at);
            let text = span.of(self.source);
            if text.is_empty() || text == "-" {
                self.at = start;
                return Err(self.unexpected(open, ErrorKind::ExpectedValue));
            }
            let kind = if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
                let number = integer(text).ok_or(Error::new(ErrorKind::BadInteger, span))?;
                TermKind::Integer(number)
            } else {
                TermKind::Constant(text)
            };
            terms.push(Term { span, kind });
            let end = self.at;
            self.skip_space();
            if !self.eat(b'|') {
                // White space behind the last term belongs to what follows.
                self.at = end;
                let span = Span::new(terms[0].span.start, end);
                return Ok(ParsedValue { span, terms });
            }
        }
    }

    /// A fault inside parentheses: at the end of the string, what is missing is the `)`.
    fn unexpected(&self, open: Span, kind: ErrorKind) -> Error {
        if self.at == self.source.len() {
            Error::new(ErrorKind::UnclosedParenthesis, open)
        } else {
            Error::new(kind, self.here())
        }
    }
}

/// Faults of a word that no table needs to be asked about.
fn check_name(tildes: &str, tilde_span: Span, name: &str, name_span: Span) -> Result<(), Error> {
    if tildes.len() > 1 {
        return Err(Error::new(ErrorKind::DoubleTilde, tilde_span));
    }
    if let Some(at) = name.find(',') {
        let start = name_span.start + at;
        return Err(Error::new(ErrorKind::Comma, Span::new(start, start + 1)));
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
