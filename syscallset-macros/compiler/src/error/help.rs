//! The rest of a message: a label for the place, and the remedy.

mod fixed;

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
            ErrorKind::UnnamedParameter { instead, others } => {
                let or = if others.is_empty() {
                    String::new()
                } else {
                    format!("; the call also has {}", list(others))
                };
                format!("a condition names a parameter of the call: write `{instead}`{or}")
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
            kind => return fixed::help(kind).map(Cow::Borrowed),
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
            ErrorKind::UnknownOperator { suggestion } => *suggestion,
            _ => None,
        }
    }
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
