//! What can be wrong with a filter string, and what to write instead.
//!
//! A fault has a headline (`Display`), a short label for the place ([`Error::label`]) and a remedy
//! ([`Error::help`]); [`crate::render`] puts the three around the source.

mod headline;
mod help;

pub use headline::Headline;

use crate::span::Span;

/// A fault of a filter string and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where, in bytes of the filter string.
    pub span: Span,
}

/// The kinds of fault.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The first item begins with `~`.
    LeadingTilde,
    /// A `~` with nothing behind it.
    LoneTilde,
    /// An `@` with nothing behind it.
    LoneAt,
    /// `~~x`.
    DoubleTilde,
    /// A comma between items.
    Comma,
    /// White space that is not ASCII, such as a no-break space.
    OtherSpace(char),
    /// Another sign between items, such as `;`.
    OtherSeparator(char),
    /// A condition, or a part of one, where an item should be.
    OutsideParentheses,
    /// Two items without a space between them.
    MissingSpace,
    /// The heading of a section of a systemd unit.
    UnitSection,
    /// `SystemCallFilter=`, which stands before the filter string in a systemd unit.
    UnitFilter {
        /// Whether a `~` follows, which refuses everything on the line.
        refuses: bool,
    },
    /// `SystemCallErrorNumber=`.
    UnitErrorNumber,
    /// Another setting of a systemd unit.
    UnitSetting,
    /// A character that begins no item.
    UnexpectedCharacter,
    /// `~x:` with nothing behind the colon.
    EmptyAction,
    /// `x:EPERM` without `~`.
    ActionWithoutTilde,
    /// An action that is none.
    UnknownAction {
        /// The action to write instead, where one is similar.
        suggestion: Option<String>,
    },
    /// No parameter where a condition should begin.
    ExpectedParameter,
    /// No operator behind a parameter.
    ExpectedOperator,
    /// An operator such as `==`.
    UnknownOperator {
        /// The operator to write instead, where one is meant.
        suggestion: Option<&'static str>,
    },
    /// A value where a condition should begin.
    UnnamedParameter {
        /// The condition to write instead.
        instead: String,
        /// Other parameters that the value may be one of.
        others: Vec<&'static str>,
    },
    /// No number and no constant behind an operator, `&` or `|`.
    ExpectedValue,
    /// A number that is malformed or has more than 64 bits.
    BadInteger,
    /// Something else than `,` or `)` behind a condition.
    ExpectedCommaOrParenthesis,
    /// A parenthesis without its closing one.
    UnclosedParenthesis,
    /// A set that neither systemd nor this crate has.
    UnknownSet {
        /// The name to write instead, where one is similar.
        suggestion: Option<String>,
    },
    /// A call that no architecture has.
    UnknownCall {
        /// The name to write instead, where one is similar.
        suggestion: Option<String>,
    },
    /// Conditions behind the name of a set.
    ConditionOnSet,
    /// `~` or `:` in a group of items, which has an action of its own.
    ActionInGroup,
    /// `~` without an action, where what is refused without one is allowed.
    RefusalAllows,
    /// An error number that the kernel cannot return.
    ErrnoOutOfRange {
        /// The number.
        number: u16,
    },
    /// A parameter that the call does not have.
    UnknownParameter {
        /// The call.
        call: &'static str,
        /// The parameters it has, as they may be written.
        known: Vec<&'static str>,
        /// The parameter to write instead, where one is similar.
        suggestion: Option<String>,
    },
    /// A condition on a call whose parameters are not known.
    NoParameters {
        /// The call.
        call: &'static str,
    },
    /// A condition on a pointer.
    PointerParameter {
        /// The parameter.
        name: &'static str,
    },
    /// A condition on a 64-bit value that this architecture passes in two registers.
    SplitParameter {
        /// The parameter.
        name: &'static str,
        /// The architecture.
        arch: &'static str,
    },
    /// A constant that no architecture has.
    UnknownConstant {
        /// The name to write instead, where one is similar.
        suggestion: Option<String>,
    },
    /// A constant that this architecture lacks.
    ForeignConstant {
        /// The architecture.
        arch: &'static str,
    },
    /// A value or mask that the parameter cannot hold.
    ValueDoesNotFit {
        /// The parameter's type in words.
        kind: &'static str,
        /// The least value that fits.
        least: i128,
        /// The greatest value that fits.
        greatest: i128,
    },
    /// A condition that no value satisfies, or that every value satisfies.
    ConstantCondition {
        /// Whether it always holds.
        holds: bool,
    },
    /// A mask together with `<`, `<=`, `>` or `>=` on a signed parameter.
    SignedMask,
    /// A conditional item after others that have already decided the same.
    NothingChanged {
        /// The call.
        call: &'static str,
        /// Whether the item refuses.
        refused: bool,
        /// Whether the same was decided for every argument, not only for those that the item is about.
        always: bool,
        /// The item, as written.
        item: String,
    },
    /// Conditions of one item that no call satisfies together.
    Contradiction,
    /// Two values joined by `|`, which make a third one.
    JoinedValues {
        /// One of the values.
        first: String,
        /// The other one.
        second: String,
    },
    /// A value of several bits as a mask, which lets other values through.
    ValueAsMask {
        /// The parameter.
        parameter: String,
        /// The value.
        name: String,
        /// The bits that it is a value of; all of the parameter's if there is no name for them.
        field: Option<&'static str>,
    },
    /// `<`, `<=`, `>` or `>=` with flags, or with a value beside which there may be flags.
    OrderedFlags {
        /// What to compare instead.
        masked: String,
    },
    /// A constant that belongs to another parameter.
    OtherFamily {
        /// The parameter.
        parameter: String,
        /// How the constants begin that it takes.
        takes: &'static [&'static str],
        /// The condition to write instead, where the call has such a parameter.
        suggestion: Option<String>,
    },
    /// A refusal of flags without others, or of a value without flags beside it.
    OtherFlags {
        /// The condition to write instead.
        instead: String,
        /// The condition that says that it is meant.
        exactly: String,
    },
    /// An item that a later one undoes, so that the filter is weaker than it reads.
    Undone(Box<Undone>),
    /// A condition on one form of a call, of which a set leaves other forms open.
    OtherForm {
        /// The other forms.
        open: Vec<&'static str>,
        /// Those of them for which the condition can be repeated.
        alike: Vec<&'static str>,
    },
    /// A call without which no process can run or end is not allowed.
    CannotExist {
        /// The calls.
        calls: Vec<&'static str>,
    },
    /// A set takes calls away that std needs to run and to exit.
    TakenFromRuntime {
        /// The calls.
        calls: Vec<&'static str>,
    },
    /// A call fails without which a memory fault would repeat for ever instead of ending the process.
    EndlessFault {
        /// The call.
        call: &'static str,
    },
    /// The program would be longer than the kernel takes.
    TooLong {
        /// Its length in instructions.
        instructions: usize,
    },
    /// The conditions are too many and too entangled for the compiler to prove that a program does as they say.
    TooComplex,
    /// The compiler's own check failed.
    Unproven {
        /// What differs.
        reason: String,
    },
}

/// An item that a later one undoes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The calls that are weaker than it says.
    pub calls: Vec<&'static str>,
    /// The item, as written.
    pub item: String,
    /// The call that it names, if it does.
    pub call: Option<String>,
    /// The later item, as written.
    pub by: String,
    /// How.
    pub how: Undoing,
}

/// How an item is undone by a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undoing {
    /// What it refuses is allowed again.
    Refusal,
    /// What it allows under conditions is allowed whatever its arguments.
    Condition,
    /// Each of the two allows under its conditions what the other one does not.
    Union,
}

impl Error {
    /// A fault at a place.
    pub const fn new(kind: ErrorKind, span: Span) -> Self {
        Self { kind, span }
    }
}
