//! The conditions of an item.

use crate::error::{Error, ErrorKind};
use crate::filter::ParsedCondition;
use crate::lowered::Op;
use crate::parse::cursor::{Cursor, is_name};
use crate::parse::value::value;
use crate::resolve;
use crate::span::Span;

/// Reads the conditions of an item that names `call`, from behind the opening parenthesis to the closing one.
pub(super) fn conditions<'s>(
    cursor: &mut Cursor<'s>,
    call: &str,
) -> Result<Vec<ParsedCondition<'s>>, Error> {
    let open = Span::new(cursor.at() - 1, cursor.at());
    let mut conditions = Vec::new();
    loop {
        let start = cursor.at();
        let condition = condition(cursor, open);
        conditions.push(condition.map_err(|error| unnamed(cursor, call, start).unwrap_or(error))?);
        cursor.skip_space();
        if cursor.eat(b')') {
            return Ok(conditions);
        }
        if !cursor.eat(b',') {
            return Err(cursor.unexpected(open, ErrorKind::ExpectedCommaOrParenthesis));
        }
    }
}

fn condition<'s>(cursor: &mut Cursor<'s>, open: Span) -> Result<ParsedCondition<'s>, Error> {
    cursor.skip_space();
    let start = cursor.at();
    let (parameter, parameter_span) = cursor.take_while(is_name);
    if parameter.is_empty() {
        return Err(cursor.unexpected(open, ErrorKind::ExpectedParameter));
    }
    cursor.skip_space();
    let mask = if cursor.eat(b'&') {
        Some(value(cursor, open)?)
    } else {
        None
    };
    cursor.skip_space();
    let op = operator(cursor, open)?;
    let value = value(cursor, open)?;
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

fn operator(cursor: &mut Cursor<'_>, open: Span) -> Result<Op, Error> {
    let (text, span) = cursor.take_while(|byte| matches!(byte, b'=' | b'!' | b'<' | b'>'));
    match text {
        "=" => Ok(Op::Eq),
        "!=" => Ok(Op::Ne),
        "<" => Ok(Op::Lt),
        "<=" => Ok(Op::Le),
        ">" => Ok(Op::Gt),
        ">=" => Ok(Op::Ge),
        "" => Err(cursor.unexpected(open, ErrorKind::ExpectedOperator)),
        _ => {
            let suggestion = match text {
                "==" | "===" => Some("="),
                "!" | "=!" | "!==" | "<>" => Some("!="),
                "=<" => Some("<="),
                // `=>` is `>=` to some, and an arrow to others.
                _ => None,
            };
            Err(Error::new(ErrorKind::UnknownOperator { suggestion }, span))
        }
    }
}

/// The fault of a condition that begins at `start` and is nothing but a value: `socket(AF_UNIX)`.
fn unnamed(cursor: &mut Cursor<'_>, call: &str, start: usize) -> Option<Error> {
    cursor.go_back(start);
    let value = value(cursor, Span::new(start, start)).ok()?;
    let (text, _) = cursor.since(value.span.start);
    cursor.skip_space();
    if !matches!(cursor.peek(), Some(b')' | b',')) {
        return None;
    }
    let (instead, others) = resolve::unnamed(call, &value, text)?;
    let kind = ErrorKind::UnnamedParameter { instead, others };
    Some(Error::new(kind, value.span))
}
