//! The words for actions.

use std::borrow::Cow;

use syscallset_tables::Arch;

use crate::action::Action;
use crate::error::ErrorKind;
use crate::suggest;

/// The words for actions other than errors.
const ACTIONS: [(&str, Action); 6] = [
    ("kill", Action::KillProcess),
    ("kill-thread", Action::KillThread),
    ("log", Action::Log),
    ("notify", Action::Notify),
    ("trace", Action::Trace(0)),
    ("trap", Action::Trap),
];

/// Reads an action as written behind `:` or in `on_violation`; errors by name, as the architecture
/// numbers them.
///
/// # Errors
///
/// A word that is neither an action nor an error of the architecture.
pub fn action(text: &str, arch: Arch) -> Result<Action, ErrorKind> {
    if let Some(&(_, action)) = ACTIONS.iter().find(|(name, _)| *name == text) {
        return Ok(action);
    }
    arch.errno(text)
        .map(Action::Errno)
        .ok_or_else(|| ErrorKind::UnknownAction {
            suggestion: suggest_action(text, arch),
        })
}

/// The word for an action, as [`action`] reads it; where the architecture has no name for an error,
/// its number.
pub fn action_name(action: Action, arch: Arch) -> Cow<'static, str> {
    match action {
        Action::Allow => "allow".into(),
        Action::Trace(data @ 1..) => format!("trace {data}").into(),
        Action::Errno(errno) => arch
            .errno_name(errno)
            .map_or_else(|| format!("errno {errno}").into(), Cow::Borrowed),
        action => ACTIONS
            .iter()
            .find(|(_, other)| *other == action)
            .map_or("", |(name, _)| *name)
            .into(),
    }
}

fn suggest_action(text: &str, arch: Arch) -> Option<String> {
    if let Some(number) = text.parse().ok().filter(|number| *number != 0) {
        return arch.errno_name(number).map(str::to_owned);
    }
    let dashed = text.to_ascii_lowercase().replace('_', "-");
    let upper = text.to_ascii_uppercase();
    if arch.errno(&upper).is_some() {
        return Some(upper);
    }
    suggest::nearest(&dashed, ACTIONS.iter().map(|(name, _)| *name))
        .or_else(|| suggest::nearest(&upper, arch.errno_names()))
        .map(str::to_owned)
}
