//! The JSON of rust-vmm/seccompiler (`docs/json_format.md` there).

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use syscallset_compiler::action::{Action, MAX_ERRNO};

/// Filters by the names of threads.
pub(crate) type File = BTreeMap<String, Thread>;

/// The filter of one thread.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Thread {
    /// The action for calls that no rule matches; also spelled `default_action`.
    #[serde(alias = "default_action")]
    pub(crate) mismatch_action: Word,
    /// The action for calls that a rule matches; also spelled `filter_action`.
    #[serde(alias = "filter_action")]
    pub(crate) match_action: Word,
    pub(crate) filter: Vec<Rule>,
}

/// A rule; several for one call are alternatives.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) syscall: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) args: Option<Vec<Test>>,
    #[serde(default, skip_serializing)]
    #[allow(dead_code, reason = "for people")]
    pub(crate) comment: Option<IgnoredAny>,
}

/// A condition on one argument, unsigned.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test {
    pub(crate) index: u8,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    pub(crate) op: Op,
    pub(crate) val: u64,
    #[serde(default, skip_serializing)]
    #[allow(dead_code, reason = "for people")]
    pub(crate) comment: Option<IgnoredAny>,
}

/// How many bits are compared, from the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Dword,
    Qword,
}

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Op {
    Eq,
    Ge,
    Gt,
    Le,
    Lt,
    /// Equal after masking.
    MaskedEq(u64),
    Ne,
}

/// An action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    Allow,
    Errno(u32),
    KillThread,
    KillProcess,
    Log,
    Trace(u32),
    Trap,
}

impl Word {
    /// The word for an action; it has none for notifications.
    pub(crate) fn of(action: Action) -> Option<Self> {
        Some(match action {
            Action::Allow => Self::Allow,
            Action::Errno(errno) => Self::Errno(errno.into()),
            Action::KillThread => Self::KillThread,
            Action::KillProcess => Self::KillProcess,
            Action::Log => Self::Log,
            Action::Trace(data) => Self::Trace(data.into()),
            Action::Trap => Self::Trap,
            _ => return None,
        })
    }

    /// The action.
    ///
    /// # Errors
    ///
    /// Numbers that are no errors.
    pub(crate) fn action(self) -> Result<Action, String> {
        Ok(match self {
            Self::Allow => Action::Allow,
            Self::KillThread => Action::KillThread,
            Self::KillProcess => Action::KillProcess,
            Self::Log => Action::Log,
            Self::Trap => Action::Trap,
            Self::Errno(errno) => {
                let number = u16::try_from(errno).ok();
                let number = number.filter(|number| (1..=MAX_ERRNO).contains(number));
                Action::Errno(number.ok_or_else(|| format!("the error {errno} is not 1 to 4095"))?)
            }
            Self::Trace(data) => {
                let data = u16::try_from(data);
                Action::Trace(data.map_err(|_| "a number of `trace` has more than 16 bits")?)
            }
        })
    }
}
