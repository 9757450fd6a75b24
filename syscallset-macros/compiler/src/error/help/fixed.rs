//! The remedies that are the same whatever was written.

use crate::error::ErrorKind;

/// What to write instead; `None` for faults whose remedy depends on what was written, or that have none.
pub(super) fn help(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::UnknownAction { .. } => {
            "an action is the name of an error such as `EPERM`, or one of `kill`, `kill-thread`, \
             `trap`, `log`, `trace` and `notify`; `on_violation` also takes `report`"
        }
        ErrorKind::LeadingTilde => {
            "in systemd a leading `~` turns the whole line into a list of refused calls; here every \
             filter is a list of allowed calls: write what is allowed first, as in \
             `@system-service ~@network-io`; to take calls away from the implicit sets, begin with \
             `@default`"
        }
        ErrorKind::LoneTilde => "write the set or call right behind it, as in `~@io-event`",
        ErrorKind::LoneAt => "write the name of the set right behind it, as in `@basic-io`",
        ErrorKind::DoubleTilde => "a single `~` refuses; to allow again, write no `~`",
        ErrorKind::Comma | ErrorKind::OtherSeparator(_) => "items are separated by spaces",
        ErrorKind::OtherSpace(_) => "use an ordinary space",
        ErrorKind::OutsideParentheses => {
            "conditions on the arguments of a call stand in parentheses right behind its name, as in \
             `socket(domain=AF_UNIX)`"
        }
        ErrorKind::MissingSpace => "put a space between two items",
        ErrorKind::UnexpectedCharacter => {
            "an item is a set or call, as in `@basic-io`, `~@io-event`, `~openat:EPERM` or \
             `socket(domain=AF_UNIX)`"
        }
        ErrorKind::EmptyAction => "write the error to return, as in `~openat:EPERM`",
        ErrorKind::ActionWithoutTilde => {
            "an action goes with a refused call: write a `~` before the name, or leave the action \
             out to allow the call"
        }
        ErrorKind::ExpectedParameter
        | ErrorKind::ExpectedOperator
        | ErrorKind::ExpectedCommaOrParenthesis => {
            "a condition reads `parameter=value`, several are separated by commas, as in \
             `socket(domain=AF_UNIX, type&0xf=SOCK_STREAM)`"
        }
        ErrorKind::UnknownOperator { .. } => {
            "the operators are `=` `!=` `<` `<=` `>` `>=`, and `&mask` before one of them"
        }
        ErrorKind::ExpectedValue => {
            "a value is a number or the name of a constant, several joined by `|`"
        }
        ErrorKind::BadInteger => {
            "a number is decimal, `0x` hexadecimal or `0o` octal, and has at most 64 bits"
        }
        ErrorKind::UnclosedParenthesis => "close it with `)`",
        ErrorKind::ConditionOnSet => {
            "the calls of a set have different parameters: name the call instead"
        }
        ErrorKind::ActionInGroup => {
            "write the bare set or call; the group's action is for all of it"
        }
        ErrorKind::RefusalAllows => {
            "what is refused without an action of its own is allowed here: write one, as in \
             `~openat:EPERM`"
        }
        ErrorKind::ErrnoOutOfRange { .. } => "an error number is 1 to 4095",
        ErrorKind::NoParameters { .. } => "leave the conditions out",
        ErrorKind::PointerParameter { .. } => {
            "a filter sees the address, not what is stored there, and another thread could change \
             it after the check: allow or refuse the call as a whole"
        }
        ErrorKind::SplitParameter { .. } => {
            "leave the condition out, or compare the halves by their index, 0 to 5"
        }
        ErrorKind::ForeignConstant { .. } => "write the number",
        ErrorKind::ConstantCondition { holds: true } => "leave the condition out",
        ErrorKind::ConstantCondition { holds: false }
        | ErrorKind::NothingChanged { refused: true, .. } => "leave the item out",
        ErrorKind::Contradiction => {
            "the conditions of an item must all hold; alternatives are items of their own, as in \
             `socket(domain=AF_UNIX) socket(domain=AF_INET)`"
        }
        ErrorKind::SignedMask => "use `=` or `!=` with a mask",
        ErrorKind::TakenFromRuntime { .. } => {
            "add `@rust-runtime` behind it to keep them; a program that does without std's exit says \
             so by `~@rust-runtime`"
        }
        ErrorKind::TooLong { .. } => "name fewer calls with conditions",
        ErrorKind::TooComplex => {
            "use fewer items on one call, or items that test the same arguments"
        }
        ErrorKind::Unproven { .. } => {
            "this is a bug of syscallset: please report the filter string"
        }
        ErrorKind::UnknownCall { .. } => {
            "a call has the kernel's name, as in syscalls(2): `newfstatat`, not `fstatat`"
        }
        ErrorKind::UnknownConstant { .. } => {
            "a constant has the name that the kernel's headers give it, such as `AF_UNIX`; or write \
             the number"
        }
        ErrorKind::UnknownSet { .. } => "`syscallset sets` lists the sets",
        _ => return of_unit(kind),
    })
}

/// What to write instead of a line of a systemd unit.
fn of_unit(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::UnitFilter { refuses: false } => {
            "a filter string is what stands behind `=`; `syscallset import --from systemd FILE` \
             reads units"
        }
        ErrorKind::UnitFilter { refuses: true } => {
            "a filter string is what stands behind `=`, but in systemd a `~` there refuses \
             everything that follows on the line: write what is allowed first and a `~` before each \
             item that is refused, as in `@system-service ~@privileged ~@resources`; `syscallset \
             import --from systemd FILE` reads units"
        }
        ErrorKind::UnitErrorNumber => {
            "leave it out: `on_violation` says what refused calls get; `syscallset import --from \
             systemd FILE` reads units"
        }
        ErrorKind::UnitSection | ErrorKind::UnitSetting => {
            "a filter string is what stands behind `SystemCallFilter=`; `syscallset import --from \
             systemd FILE` reads units"
        }
        _ => return None,
    })
}
