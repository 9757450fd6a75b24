//! Lines of a systemd unit, pasted with the filter string that one of them holds, or with others.

use crate::error::{Error, ErrorKind};
use crate::parse::cursor::Cursor;

/// Reads a line of a unit, if one begins here, and says what is wrong with it. Behind the heading of a section
/// everything is of the unit, and nothing more is read.
pub(super) fn unit_line(cursor: &mut Cursor<'_>) -> Option<Error> {
    let start = cursor.at();
    if is_heading(cursor) {
        let (_, span) = cursor.since(start);
        cursor.skip_rest();
        return Some(Error::new(ErrorKind::UnitSection, span));
    }
    cursor.go_back(start);
    if let Some(kind) = setting(cursor) {
        let (_, span) = cursor.since(start);
        cursor.skip_line();
        return Some(Error::new(kind, span));
    }
    cursor.go_back(start);
    None
}

/// `[Service]`.
fn is_heading(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat(b'[') && !name(cursor).is_empty() && cursor.eat(b']')
}

/// `Name=`, up to the value.
fn setting(cursor: &mut Cursor<'_>) -> Option<ErrorKind> {
    let name = name(cursor);
    cursor.take_while(is_blank);
    if name.is_empty() || !cursor.eat(b'=') {
        return None;
    }
    Some(match name {
        "SystemCallFilter" => {
            let end = cursor.at();
            cursor.take_while(is_blank);
            let refuses = cursor.eat(b'~');
            if !refuses {
                cursor.go_back(end);
            }
            ErrorKind::UnitFilter { refuses }
        }
        "SystemCallErrorNumber" => ErrorKind::UnitErrorNumber,
        _ => ErrorKind::UnitSetting,
    })
}

/// The name of a section or setting, which begins with a capital letter; no call does.
fn name<'s>(cursor: &mut Cursor<'s>) -> &'s str {
    if !cursor.peek().is_some_and(|byte| byte.is_ascii_uppercase()) {
        return "";
    }
    cursor
        .take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        .0
}

/// White space within a line.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}
