//! The parts of a call as it is written, also as `strace` writes it.

use crate::failure::Failure;

/// What a call looks like.
pub(super) const LIKE: &str = "write a call like `openat(0, 0, 0x241)` or `socket(domain=1)`";

/// The name or number, and the arguments; `None` without parentheses.
///
/// # Errors
///
/// Parentheses that are not closed, something behind them, and arguments that are no numbers but what a pointer
/// points to.
pub(super) fn parts(text: &str) -> Result<(&str, Option<Vec<&str>>), Failure> {
    let Some((head, rest)) = text.split_once('(') else {
        return Ok((text.trim(), None));
    };
    let (arguments, behind) = split(rest);
    let behind = behind.map(str::trim);
    let plain = || {
        let numbers = arguments.iter().map(|argument| as_number(argument));
        let numbers: Vec<_> = numbers.collect();
        format!("write `{head}({})`", numbers.join(", "))
    };
    if let Some(behind) = behind.filter(|behind| !behind.is_empty()) {
        return Err(if behind.starts_with('=') {
            Failure::usage(format!(
                "`{text}`: `{behind}` is the result, which the kernel does not know when it asks the filter"
            ))
            .with_help(format!("leave it out: {}", plain()))
        } else {
            Failure::usage(format!(
                "`{text}`: `{behind}` stands behind the `)` of the call"
            ))
            .with_help(format!("leave it out: {}", plain()))
        });
    }
    if let Some(file) = arguments.iter().find(|argument| is_with_file(argument)) {
        let file = file.trim();
        return Err(Failure::usage(format!(
            "`{text}`: `{file}` has the file of a descriptor, which the kernel does not show to filters"
        ))
        .with_help(format!("leave it out: {}", plain())));
    }
    if arguments.iter().any(|argument| is_pointed_to(argument)) {
        return Err(Failure::usage(format!(
            "`{text}`: a filter sees pointers as numbers, and not what they point to"
        ))
        .with_help(format!("0 will do for a pointer: {}", plain())));
    }
    if behind.is_none() {
        return Err(Failure::usage(format!("`{text}`: `(` without `)`")).with_help(LIKE));
    }
    Ok((head.trim(), Some(arguments)))
}

/// The arguments up to the `)`, and what stands behind it; `None` if there is no `)`. Quotes and brackets hold
/// together what is in them.
fn split(text: &str) -> (Vec<&str>, Option<&str>) {
    let mut arguments = Vec::new();
    let (mut start, mut depth, mut quoted, mut escaped) = (0, 0_usize, false, false);
    for (at, char) in text.char_indices() {
        if quoted {
            quoted = escaped || char != '"';
            escaped = !escaped && char == '\\';
            continue;
        }
        match char {
            '"' => quoted = true,
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                arguments.push(&text[start..at]);
                return (arguments, Some(&text[at + 1..]));
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                arguments.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    arguments.push(&text[start..]);
    (arguments, None)
}

/// Whether an argument is what `strace` shows for a pointer: a text, a structure, a list, or `NULL`.
fn is_pointed_to(argument: &str) -> bool {
    let opens =
        |text: &str| text.trim() == "NULL" || text.trim_start().starts_with(['"', '{', '[']);
    opens(argument)
        || argument
            .split_once('=')
            .is_some_and(|(_, value)| opens(value))
}

/// Whether an argument is a descriptor with its file, as `strace -y` shows it: `3</etc/passwd>`.
fn is_with_file(argument: &str) -> bool {
    let argument = argument.trim();
    argument.starts_with(|first: char| first.is_ascii_digit() || first == 'A')
        && argument.contains('<')
        && argument.ends_with('>')
}

/// The argument, with 0 for a pointer that is not written as a number.
fn as_number(argument: &str) -> String {
    let argument = argument.trim();
    if is_with_file(argument) {
        let number = argument.split('<').next().unwrap_or_default();
        return number.to_owned();
    }
    if !is_pointed_to(argument) {
        return argument.to_owned();
    }
    match argument.split_once('=') {
        Some((parameter, _)) if !argument.starts_with(['"', '{', '[']) => format!("{parameter}=0"),
        _ => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{parts, split};

    #[test]
    fn quotes_and_brackets_hold_together() {
        assert_eq!(split("1, 2) = 3"), (vec!["1", " 2"], Some(" = 3")));
        assert_eq!(
            split(r#""a\"),", {b, c}"#),
            (vec![r#""a\"),""#, " {b, c}"], None)
        );
        assert_eq!(split("f(1), [2, 3])"), (vec!["f(1)", " [2, 3]"], Some("")));
        assert_eq!(split(""), (vec![""], None));
        assert_eq!(split("]})"), (vec!["]}"], Some("")));
    }

    #[test]
    fn a_call_has_a_head_and_arguments() {
        assert_eq!(parts(" read ").unwrap(), ("read", None));
        assert_eq!(parts("read () ").unwrap(), ("read", Some(vec![""])));
        assert_eq!(
            parts("read(1,fd=2)").unwrap(),
            ("read", Some(vec!["1", "fd=2"]))
        );
        for text in [
            "read(",
            "read(\"",
            "read(1) 2",
            "read(1))",
            "read({})",
            "read(fd=[1])",
            "read(3</etc/passwd>, 0, 1)",
        ] {
            assert!(parts(text).is_err(), "{text}");
        }
    }
}
