//! The rest of a message: a label for the place, and the remedy.

use std::borrow::Cow;

use super::{Error, ErrorKind, Undoing, Undone};

impl Error {
    /// What to print under the place, after the carets; empty where the headline says it all.
    pub fn label(&self) -> Cow<'static, str> {
        match &self.kind {
            ErrorKind::UnknownSet { .. } => format!(
                "not a set of systemd {}",
                syscallset_tables::SYSTEMD_RELEASE
            )
            .into(),
            ErrorKind::UnknownCall { .. } => format!(
                "on no architecture, as of Linux {} and systemd {}",
                syscallset_tables::LINUX_VERSION,
                syscallset_tables::SYSTEMD_RELEASE
            )
            .into(),
            ErrorKind::NothingChanged { always: false, .. } => "already allowed".into(),
            ErrorKind::NothingChanged { refused: false, .. } => {
                "already allowed whatever its arguments".into()
            }
            ErrorKind::NothingChanged { refused: true, .. } => {
                "already refused whatever its arguments".into()
            }
            ErrorKind::Undone(undone) => {
                let calls = some(&undone.calls);
                match undone.how {
                    Undoing::Refusal => format!("{calls} allowed again behind it").into(),
                    Undoing::Condition => {
                        format!("{calls} allowed behind it whatever the arguments").into()
                    }
                    Undoing::Union => "together they allow it whatever its arguments".into(),
                }
            }
            ErrorKind::OtherForm { .. } => "allowed by sets, whatever the arguments".into(),
            ErrorKind::LeadingTilde => "the first item".into(),
            ErrorKind::UnclosedParenthesis => "opened here".into(),
            ErrorKind::CannotExist { .. } | ErrorKind::EndlessFault { .. } => {
                "refused by this item".into()
            }
            _ => "".into(),
        }
    }

    /// What to write instead.
    pub fn help(&self) -> Option<Cow<'static, str>> {
        if let Some(suggestion) = self.suggestion() {
            return Some(format!("did you mean `{suggestion}`?").into());
        }
        let text = match &self.kind {
            ErrorKind::UnknownParameter { known, .. } => {
                if known.is_empty() {
                    return Some(
                        "its parameters are pointers, behind which no filter can look".into(),
                    );
                }
                format!(
                    "its parameters but for pointers are {}; an index counts all of them from 0",
                    list(known)
                )
            }
            ErrorKind::ValueDoesNotFit {
                kind,
                least,
                greatest,
            } => {
                format!("the kernel takes it as {kind}, {least} to {greatest}")
            }
            ErrorKind::NothingChanged {
                call,
                refused: false,
                item,
                ..
            } => {
                format!("to allow it under this condition only, write `~{call} {item}`")
            }
            ErrorKind::JoinedValues { first, second } => format!(
                "`|` joins bits, and these are no flags: write an item with `{first}` and one with \
                 `{second}`"
            ),
            ErrorKind::ValueAsMask {
                parameter,
                name,
                field,
            } => match field {
                Some(field) => format!("compare the whole field: `{parameter}&{field}={name}`"),
                None => format!("compare the whole parameter: `{parameter}={name}`"),
            },
            ErrorKind::OrderedFlags { masked } => format!(
                "any other flag changes the order: compare `{masked}` by `=` or `!=`, in an item for \
                 each value"
            ),
            ErrorKind::OtherFamily { takes, .. } => format!(
                "its constants begin with {}; any other number can be written as one",
                list(takes)
            ),
            ErrorKind::OtherFlags { instead, exactly } => format!(
                "whatever other flags are set, it is `{instead}`; if no other may be, `{exactly}`"
            ),
            ErrorKind::Undone(undone) => instead_of_undone(undone),
            ErrorKind::OtherForm { open, alike } => instead_of_open_forms(open, alike),
            ErrorKind::EndlessFault { call } => {
                format!(
                    "std's handler of faults gives way by this call: leave the item out, or add \
                     `{call}` behind it; `~{call}:kill` kills the process instead"
                )
            }
            ErrorKind::CannotExist { calls } => {
                let calls = calls.join(" ");
                format!("leave it out, or add `{calls}` behind it")
            }
            kind => return fixed_help(kind).map(Cow::Borrowed),
        };
        Some(text.into())
    }

    fn suggestion(&self) -> Option<&str> {
        match &self.kind {
            ErrorKind::UnknownSet { suggestion }
            | ErrorKind::UnknownCall { suggestion }
            | ErrorKind::UnknownAction { suggestion }
            | ErrorKind::UnknownConstant { suggestion }
            | ErrorKind::UnknownParameter { suggestion, .. }
            | ErrorKind::OtherFamily { suggestion, .. } => suggestion.as_deref(),
            _ => None,
        }
    }
}

/// The remedies that are the same whatever was written.
fn fixed_help(kind: &ErrorKind) -> Option<&'static str> {
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
        ErrorKind::Comma => "items are separated by spaces",
        ErrorKind::OtherSpace(_) => "use an ordinary space",
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
        ErrorKind::UnknownOperator => {
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
        ErrorKind::TooComplex => "use fewer conditions on one call",
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
        _ => return None,
    })
}

/// What to write instead of an item and the later one that undoes it.
fn instead_of_undone(undone: &Undone) -> String {
    let Undone {
        item,
        call,
        by,
        how,
        ..
    } = undone;
    let named_again = call.as_deref() == by.split('(').next();
    match (how, call) {
        (Undoing::Union, _) => {
            "items are alternatives; what must hold together stands in one item, \
                                separated by `,`"
                .to_owned()
        }
        (Undoing::Condition, _) if named_again => {
            format!("to allow it under this condition only, leave `{by}` out")
        }
        (Undoing::Condition, Some(call)) => {
            format!("to allow it under this condition only, write `{by} ~{call} {item}`")
        }
        (Undoing::Refusal, _) if named_again => {
            "the last item that matches a call decides: leave one of the two out".to_owned()
        }
        _ => format!(
            "the last item that matches a call decides: write `{by} {item}`, or leave `{item}` out"
        ),
    }
}

/// What to write about other forms of a call; `alike` can have the condition.
fn instead_of_open_forms(open: &[&str], alike: &[&str]) -> String {
    let items: Vec<String> = open.iter().map(|call| format!("~{call}:ENOSYS")).collect();
    let repeat = if alike.is_empty() {
        String::new()
    } else {
        format!(", or repeat the condition for {}", list(alike))
    };
    format!(
        "add `{}`, as if the kernel had nothing else{repeat}; to allow it all the same, name it: `{}`",
        items.join(" "),
        open.join(" ")
    )
}

/// A few of the names, and whether they are one.
fn some(names: &[&str]) -> String {
    match names {
        [name] => format!("`{name}` is"),
        [_, _] | [_, _, _] => format!("{} are", list(names)),
        [first, second, rest @ ..] => {
            format!("{} and {} more are", list(&[first, second]), rest.len())
        }
        [] => String::new(),
    }
}

/// Names in back-ticks, separated by commas.
pub(super) fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
