//! A parsed filter string: its items in the order in which they were written.

use std::fmt;

use crate::action::Action;
use crate::lowered::Op;
use crate::span::Span;

/// A parsed filter string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter<'s> {
    /// The string it was parsed from.
    pub source: &'s str,
    /// The items, left to right.
    pub items: Vec<Item<'s>>,
}

/// One word of a filter string: what it names, and what is to happen to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'s> {
    /// The whole item, from `~` to the action.
    pub span: Span,
    /// Whether a `~` stands before it.
    pub refused: bool,
    /// The name with its `@` for a set.
    pub name: &'s str,
    /// Where the name stands.
    pub name_span: Span,
    /// The conditions in parentheses; all must hold.
    pub conditions: Vec<ParsedCondition<'s>>,
    /// The action behind `:`.
    pub action: Option<ParsedAction<'s>>,
    /// An action that was given by other means than the text, as for a group of items; it decides.
    pub given: Option<Action>,
}

impl Filter<'_> {
    /// Whether an item asks for `SIGSYS` (`SECCOMP_RET_TRAP`), which the program then means to
    /// handle itself.
    pub fn traps(&self) -> bool {
        self.items.iter().any(|item| {
            item.given == Some(Action::Trap)
                || item
                    .action
                    .as_ref()
                    .is_some_and(|action| action.text == "trap")
        })
    }
}

impl Item<'_> {
    /// Whether the item names a set.
    pub fn is_set(&self) -> bool {
        self.name.starts_with('@')
    }
}

/// An action as written behind `:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedAction<'s> {
    /// The word.
    pub text: &'s str,
    /// Where it stands.
    pub span: Span,
}

/// A condition as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedCondition<'s> {
    /// From the parameter to the last value.
    pub span: Span,
    /// The parameter's name, or its index as a digit.
    pub parameter: &'s str,
    /// Where the parameter stands.
    pub parameter_span: Span,
    /// The value behind `&`.
    pub mask: Option<ParsedValue<'s>>,
    /// The operator.
    pub op: Op,
    /// The right-hand side.
    pub value: ParsedValue<'s>,
}

/// One or more terms joined by `|`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedValue<'s> {
    /// From the first to the last term.
    pub span: Span,
    /// The terms, at least one.
    pub terms: Vec<Term<'s>>,
}

/// A number or the name of a constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term<'s> {
    /// Where it stands.
    pub span: Span,
    /// What stands there.
    pub kind: TermKind<'s>,
}

/// What a term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermKind<'s> {
    /// A number, -2^63 to 2^64-1.
    Integer(i128),
    /// The name of a kernel constant.
    Constant(&'s str),
}

/// Prints the items separated by single spaces, in a form that parses to the same items.
impl fmt::Display for Filter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.items.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            item.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.refused {
            f.write_str("~")?;
        }
        f.write_str(self.name)?;
        for (index, condition) in self.conditions.iter().enumerate() {
            f.write_str(if index == 0 { "(" } else { "," })?;
            condition.fmt(f)?;
        }
        if !self.conditions.is_empty() {
            f.write_str(")")?;
        }
        match &self.action {
            Some(action) => write!(f, ":{}", action.text),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ParsedCondition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.parameter)?;
        if let Some(mask) = &self.mask {
            write!(f, "&{mask}")?;
        }
        write!(f, "{}{}", self.op, self.value)
    }
}

impl fmt::Display for ParsedValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            match term.kind {
                TermKind::Integer(number) => write!(f, "{number}")?,
                TermKind::Constant(name) => f.write_str(name)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        })
    }
}
