//! Integer expressions of the C preprocessor.

use super::Result;
use std::collections::BTreeMap;

/// Macros that refer to each other deeper than this refer to themselves.
const DEEPEST: u32 = 32;

/// Operators by rising precedence; those of one row bind alike, from left to right.
const OPERATORS: &[&[&str]] = &[
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/"],
];

/// The value of an expression.
///
/// In a condition (`strict` is false) an unknown name counts as 0, as in C; in the body of a macro it is an error.
pub(super) fn evaluate(text: &str, macros: &BTreeMap<String, String>, strict: bool) -> Result<i64> {
    evaluate_nested(text, macros, strict, 0)
}

fn evaluate_nested(
    text: &str,
    macros: &BTreeMap<String, String>,
    strict: bool,
    depth: u32,
) -> Result<i64> {
    if depth > DEEPEST {
        return Err(format!("`{text}` never ends"));
    }
    let mut expression = Expression {
        rest: text.trim_start(),
        macros,
        strict,
        depth,
    };
    let value = expression.binary(0)?;
    if expression.rest.is_empty() {
        Ok(value)
    } else {
        Err(format!(
            "`{}` is not understood in `{text}`",
            expression.rest
        ))
    }
}

/// An expression being read.
struct Expression<'a> {
    /// What is still to read, without leading blanks.
    rest: &'a str,
    macros: &'a BTreeMap<String, String>,
    strict: bool,
    depth: u32,
}

impl<'a> Expression<'a> {
    /// Takes an operator or bracket if it comes next.
    fn take(&mut self, symbol: &str) -> bool {
        match self.rest.strip_prefix(symbol) {
            // `|` and `&` are also the first halves of other operators.
            Some(rest)
                if symbol.len() > 1
                    || !matches!(symbol, "|" | "&" | "<" | ">")
                    || !rest.starts_with(symbol) =>
            {
                self.rest = rest.trim_start();
                true
            }
            _ => false,
        }
    }

    /// Takes a name or number.
    fn word(&mut self) -> &'a str {
        let end = self
            .rest
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn binary(&mut self, level: usize) -> Result<i64> {
        let Some(operators) = OPERATORS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.take(operator)) {
            let right = self.binary(level + 1)?;
            left = apply(operator, left, right)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<i64> {
        if self.take("!") {
            return Ok(i64::from(self.unary()? == 0));
        }
        if self.take("-") {
            return Ok(-self.unary()?);
        }
        if self.take("(") {
            let value = self.binary(0)?;
            return if self.take(")") {
                Ok(value)
            } else {
                Err("a bracket is not closed".into())
            };
        }
        let word = self.word();
        if word == "defined" {
            let bracket = self.take("(");
            let name = self.word();
            if bracket && !self.take(")") {
                return Err("a bracket is not closed".into());
            }
            return Ok(i64::from(self.macros.contains_key(name)));
        }
        if word.starts_with(|first: char| first.is_ascii_digit()) {
            return number(word);
        }
        match self.macros.get(word) {
            Some(body) => evaluate_nested(body, self.macros, self.strict, self.depth + 1),
            None if self.strict || word.is_empty() => Err(format!("`{word}` has no value")),
            None => Ok(0),
        }
    }
}

fn apply(operator: &str, left: i64, right: i64) -> Result<i64> {
    let shift = || u32::try_from(right).map_err(|_| format!("`{right}` is no shift"));
    let value = match operator {
        "||" => Some(i64::from(left != 0 || right != 0)),
        "&&" => Some(i64::from(left != 0 && right != 0)),
        "|" => Some(left | right),
        "^" => Some(left ^ right),
        "&" => Some(left & right),
        "==" => Some(i64::from(left == right)),
        "!=" => Some(i64::from(left != right)),
        "<=" => Some(i64::from(left <= right)),
        ">=" => Some(i64::from(left >= right)),
        "<" => Some(i64::from(left < right)),
        ">" => Some(i64::from(left > right)),
        "<<" => left.checked_shl(shift()?),
        ">>" => left.checked_shr(shift()?),
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "/" => left.checked_div(right),
        _ => None,
    };
    value.ok_or_else(|| format!("`{left} {operator} {right}` has no value"))
}

/// A literal: decimal, `0x` or octal, with or without a suffix such as `UL`.
fn number(word: &str) -> Result<i64> {
    let digits = word.trim_end_matches(['u', 'U', 'l', 'L']);
    let value = if let Some(hexadecimal) = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        i64::from_str_radix(hexadecimal, 16)
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(digits, 8)
    } else {
        digits.parse()
    };
    value.map_err(|_| format!("`{word}` is not a number"))
}

#[cfg(test)]
mod tests {
    use super::evaluate;
    use std::collections::BTreeMap;

    fn macros() -> BTreeMap<String, String> {
        [
            ("BASE", "(0x0f0000)"),
            ("EMPTY", ""),
            ("LOOP", "LOOP + 1"),
            ("ONE", "1"),
            ("SUM", "BASE + ONE"),
        ]
        .map(|(name, body)| (name.to_owned(), body.to_owned()))
        .into()
    }

    #[test]
    fn values() {
        for (text, value) in [
            ("17", 17),
            ("017", 15),
            ("0", 0),
            ("0x40000000UL", 0x4000_0000),
            ("(BASE+5)", 0xf_0005),
            ("SUM", 0xf_0001),
            ("1 + 2 * 3 - 4", 3),
            ("10 - 3 - 2", 5),
            ("(1 << 4) | 2", 18),
            ("1 << 2 << 3", 32),
            ("6 & 3 == 3", 0),
            ("-1", -1),
            ("!0 && !EMPTY_IS_UNKNOWN", 1),
            ("defined(ONE) || UNKNOWN != 32", 1),
            ("defined ONE && !defined(UNKNOWN)", 1),
            ("UNKNOWN == ONE", 0),
            ("2 >= 2 && 1 < 2 && 2 > 1 && 1 <= 1", 1),
            ("1 ^ 3", 2),
        ] {
            assert_eq!(evaluate(text, &macros(), false), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_has_no_value() {
        for text in [
            "",
            "EMPTY",
            "1 +",
            "(1",
            "1)",
            "LOOP",
            "1 / 0",
            "1 << 99",
            "0x",
            "1 2",
            "sizeof(int)",
            "defined(ONE",
            "9223372036854775807 + 1",
        ] {
            assert!(evaluate(text, &macros(), true).is_err(), "{text}");
        }
        assert_eq!(evaluate("UNKNOWN", &macros(), false), Ok(0));
        assert!(evaluate("UNKNOWN", &macros(), true).is_err());
    }
}
