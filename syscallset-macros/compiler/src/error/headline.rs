//! The first line of a message: what is wrong.

use std::fmt;

use super::help::list;
use super::{Error, ErrorKind};
use crate::render::printable;

impl Error {
    /// The headline; `source` is the string in which the fault was found.
    pub fn headline(&self, source: &str) -> Headline<'_> {
        Headline {
            error: self,
            text: self.span.of(source).chars().map(printable).collect(),
        }
    }
}

/// The headline of a fault: says what is wrong, naming what was written.
pub struct Headline<'a> {
    error: &'a Error,
    /// What was written, fit for a terminal.
    text: String,
}

impl fmt::Display for Headline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text.as_str();
        match &self.error.kind {
            ErrorKind::LeadingTilde => f.write_str("a filter cannot begin with `~`"),
            ErrorKind::LoneTilde => f.write_str("`~` without a set or call"),
            ErrorKind::LoneAt => f.write_str("`@` without the name of a set"),
            ErrorKind::DoubleTilde => write!(f, "more than one `~`: `{text}`"),
            ErrorKind::Comma => f.write_str("a comma between items"),
            ErrorKind::OtherSpace(character) => {
                write!(f, "U+{:04X} does not separate items", u32::from(*character))
            }
            ErrorKind::OtherSeparator(_) => write!(f, "`{text}` between items"),
            ErrorKind::OutsideParentheses => write!(f, "`{text}` outside parentheses"),
            ErrorKind::UnitSection
            | ErrorKind::UnitFilter { .. }
            | ErrorKind::UnitErrorNumber
            | ErrorKind::UnitSetting => {
                write!(f, "`{text}` belongs to a systemd unit, not to a filter")
            }
            ErrorKind::MissingSpace => write!(f, "no space before `{text}`"),
            ErrorKind::UnexpectedCharacter => write!(f, "unexpected `{text}`"),
            ErrorKind::EmptyAction => f.write_str("no action behind `:`"),
            ErrorKind::ActionWithoutTilde => {
                write!(
                    f,
                    "the action `{}` on an allowed call",
                    text.trim_start_matches(':')
                )
            }
            ErrorKind::UnknownAction { .. } => write!(f, "unknown action `{text}`"),
            ErrorKind::ExpectedParameter => write!(f, "expected a parameter, found `{text}`"),
            ErrorKind::ExpectedOperator => write!(f, "expected an operator, found `{text}`"),
            ErrorKind::UnknownOperator { .. } => write!(f, "unknown operator `{text}`"),
            ErrorKind::UnnamedParameter { .. } => write!(f, "no parameter before `{text}`"),
            ErrorKind::ExpectedValue => write!(f, "expected a value, found `{text}`"),
            ErrorKind::BadInteger => write!(f, "malformed number `{text}`"),
            ErrorKind::ExpectedCommaOrParenthesis => {
                write!(f, "expected `,` or `)`, found `{text}`")
            }
            ErrorKind::UnclosedParenthesis => f.write_str("`(` without `)`"),
            ErrorKind::UnknownSet { .. } => write!(f, "unknown system call set `{text}`"),
            ErrorKind::UnknownCall { .. } => write!(f, "unknown system call `{text}`"),
            ErrorKind::ConditionOnSet => write!(f, "conditions on the set `{text}`"),
            ErrorKind::ActionInGroup => write!(f, "`{text}` in a group with an action of its own"),
            ErrorKind::RefusalAllows => write!(f, "`{text}` refuses nothing"),
            ErrorKind::ErrnoOutOfRange { number } => {
                write!(f, "the kernel cannot return {number} as an error")
            }
            ErrorKind::UnknownParameter { call, .. } => {
                write!(f, "`{call}` has no parameter `{text}`")
            }
            ErrorKind::NoParameters { call } => write!(f, "`{call}` has no parameters"),
            ErrorKind::PointerParameter { name } => {
                write!(f, "a condition on the pointer `{name}`")
            }
            ErrorKind::SplitParameter { name, arch } => {
                write!(f, "`{name}` is passed in two registers on {arch}")
            }
            ErrorKind::UnknownConstant { .. } => write!(f, "unknown constant `{text}`"),
            ErrorKind::ForeignConstant { arch } => write!(f, "{arch} has no constant `{text}`"),
            ErrorKind::ValueDoesNotFit { .. } => write!(f, "`{text}` does not fit the parameter"),
            ErrorKind::ConstantCondition { holds: true } => write!(f, "`{text}` always holds"),
            ErrorKind::ConstantCondition { holds: false } | ErrorKind::Contradiction => {
                write!(f, "`{text}` never holds")
            }
            kind @ (ErrorKind::JoinedValues { .. }
            | ErrorKind::ValueAsMask { .. }
            | ErrorKind::OrderedFlags { .. }
            | ErrorKind::OtherFamily { .. }
            | ErrorKind::OtherFlags { .. }
            | ErrorKind::Undone(_)
            | ErrorKind::OtherForm { .. }) => weaker(kind, text, f),
            ErrorKind::SignedMask => {
                write!(f, "a mask in an ordering of a signed parameter: `{text}`")
            }
            ErrorKind::NothingChanged { .. } => write!(f, "`{text}` changes nothing"),
            kind @ (ErrorKind::CannotExist { .. }
            | ErrorKind::TakenFromRuntime { .. }
            | ErrorKind::EndlessFault { .. }
            | ErrorKind::TooLong { .. }
            | ErrorKind::TooComplex
            | ErrorKind::Unproven { .. }) => of_program(kind, text, f),
        }
    }
}

/// Of faults that would make a filter weaker than it reads, though each of its names is right.
fn weaker(kind: &ErrorKind, text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match kind {
        ErrorKind::JoinedValues { .. } => write!(f, "`{text}` is one value, not two"),
        ErrorKind::ValueAsMask { name, .. } => {
            write!(f, "`{name}` as a mask lets other values through")
        }
        ErrorKind::OrderedFlags { .. } => write!(f, "an ordering of flags: `{text}`"),
        ErrorKind::OtherFamily { parameter, .. } => {
            write!(f, "`{text}` does not belong to `{parameter}`")
        }
        ErrorKind::OtherFlags { .. } => {
            write!(f, "any other flag is a way around `{text}`")
        }
        ErrorKind::Undone(undone) => write!(f, "`{text}` is undone by `{}`", undone.by),
        ErrorKind::OtherForm { open, .. } => {
            let are = if open.len() == 1 {
                "is a way"
            } else {
                "are ways"
            };
            write!(f, "{} {are} around `{text}`", list(open))
        }
        _ => Ok(()),
    }
}

/// Of faults of the whole filter and of its program.
fn of_program(kind: &ErrorKind, text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match kind {
        ErrorKind::CannotExist { calls } => {
            write!(f, "no process can run or end without {}", list(calls))
        }
        ErrorKind::TakenFromRuntime { calls } => write!(
            f,
            "`{text}` takes away what every Rust program needs: {}",
            list(calls)
        ),
        ErrorKind::EndlessFault { call } => {
            write!(
                f,
                "a memory fault would repeat for ever where `{call}` fails"
            )
        }
        ErrorKind::TooLong { instructions } => write!(
            f,
            "the program has {instructions} instructions, the kernel takes at most {}",
            crate::insn::MAX_INSNS
        ),
        ErrorKind::TooComplex => {
            write!(f, "the conditions are too complex to be proven")
        }
        ErrorKind::Unproven { reason } => {
            write!(f, "the program differs from the filter: {reason}")
        }
        _ => Ok(()),
    }
}
