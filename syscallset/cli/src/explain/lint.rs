//! What a security reviewer would ask about a filter.

use std::fmt::Write as _;

use serde::Serialize;
use syscallset_compiler::action::Action;
use syscallset_compiler::policy::Policy;
use syscallset_tables::Arch;

use super::effect::{Effect, Nothing, homes};
use super::siblings::{EXEC, RING, SIBLINGS, TAKEOVER};
use crate::describe::{is_allowed, is_refused, lets_through};

/// Of a hundred calls of the architecture, a filter that allows this many keeps hardly anything out.
const WIDE_PERCENT: usize = 90;

/// A question to ask about a filter. It may have a good answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Warning {
    /// What it is about, for programs.
    pub(crate) code: &'static str,
    /// What is noteworthy.
    pub(crate) message: String,
    /// What to write if it was not meant.
    pub(crate) help: Option<String>,
}

/// All warnings about a filter. `policy` is what its items, whose effects these are, have led to.
pub(crate) fn lint(policy: &Policy, effects: &[Effect]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(nothing_refused(policy));
    warnings.extend(wide(policy));
    warnings.extend(ring(policy));
    warnings.extend(exec(policy));
    warnings.extend(takeover(policy));
    warnings.extend(SIBLINGS.iter().filter_map(|group| siblings(policy, group)));
    warnings.extend(
        effects
            .iter()
            .filter_map(|effect| idle(effect, policy.arch)),
    );
    warnings
}

fn nothing_refused(policy: &Policy) -> Option<Warning> {
    lets_through(policy.violation).then(|| Warning {
        code: "log-only",
        message: "violations are logged and let through: this filter keeps nothing out".to_owned(),
        help: Some("for production, use `kill` or an error".to_owned()),
    })
}

fn wide(policy: &Policy) -> Option<Warning> {
    let calls = policy.arch.calls();
    let allowed = calls
        .iter()
        .filter(|call| is_allowed(&policy.decision(call.name)))
        .count();
    (allowed * 100 >= calls.len() * WIDE_PERCENT).then(|| Warning {
        code: "wide",
        message: format!(
            "{allowed} of the {} calls are allowed: this filter keeps hardly anything out",
            calls.len()
        ),
        help: Some("begin with `@system-service`, which is enough for most programs".to_owned()),
    })
}

fn ring(policy: &Policy) -> Option<Warning> {
    if open(policy, &["io_uring_setup"]).is_empty() {
        return None;
    }
    let refused: Vec<_> = RING
        .iter()
        .copied()
        .filter(|call| policy.arch.number(call).is_some())
        .filter(|call| !is_allowed(&policy.decision(call)))
        .collect();
    (!refused.is_empty()).then(|| Warning {
        code: "io-uring",
        message: format!(
            "`io_uring_setup` is allowed: through a ring, a process does the work of {} without \
             making these calls",
            list(&refused)
        ),
        help: Some("add `~io_uring_setup`; programs that can do without a ring then do".to_owned()),
    })
}

fn exec(policy: &Policy) -> Option<Warning> {
    let open = open(policy, EXEC);
    (!open.is_empty()).then(|| Warning {
        code: "exec",
        message: format!(
            "{} {} allowed: the process may start other programs, which stay under this filter",
            list(&open),
            is(&open)
        ),
        help: Some(format!("if it need not, add {}", refusals(&open))),
    })
}

fn takeover(policy: &Policy) -> Option<Warning> {
    let open = open(policy, TAKEOVER);
    (!open.is_empty()).then(|| Warning {
        code: "takeover",
        message: format!(
            "{} {} allowed: the process may read or control other processes of the same user, \
             which are not under this filter",
            list(&open),
            is(&open)
        ),
        help: Some(format!("if it need not, add {}", refusals(&open))),
    })
}

/// A member of the group was restricted on purpose, and another one is open.
fn siblings(policy: &Policy, group: &[&'static str]) -> Option<Warning> {
    let open = open(policy, group);
    let closed: Vec<_> = group
        .iter()
        .copied()
        .filter(|call| policy.arch.number(call).is_some() && restricted(policy, call))
        .collect();
    if open.is_empty() || closed.is_empty() {
        return None;
    }
    let conditional = closed
        .iter()
        .any(|call| !is_refused(&policy.decision(call)));
    let how = if conditional {
        "allowed under conditions only"
    } else {
        "refused"
    };
    Some(Warning {
        code: "sibling",
        message: format!(
            "{} {} {how}, but {}, which can do the same, {} allowed",
            list(&closed),
            is(&closed),
            list(&open),
            is(&open)
        ),
        help: Some(format!("add {}", refusals(&open))),
    })
}

/// Whether an item, and not the mere lack of one, keeps the call from being allowed. `ENOSYS` sends a
/// C library to an older call on purpose.
fn restricted(policy: &Policy, call: &str) -> bool {
    let Some(verdict) = policy.calls.get(call) else {
        return false;
    };
    let fallback = policy.arch.errno("ENOSYS").map(Action::Errno);
    let decision = &verdict.decision;
    let sent_on = decision.rules.is_empty() && Some(decision.otherwise) == fallback;
    verdict.item.is_some() && !is_allowed(decision) && !sent_on
}

fn idle(effect: &Effect, arch: Arch) -> Option<Warning> {
    let (code, message) = match effect.nothing? {
        Nothing::AlreadyAllowed => (
            "redundant",
            format!(
                "`{}` adds nothing: all of it was allowed before",
                effect.item
            ),
        ),
        Nothing::AlreadyRefused => (
            "takes-nothing",
            format!(
                "`{}` takes nothing away: none of it was allowed before",
                effect.item
            ),
        ),
        Nothing::OtherArchitectures => {
            let mut message = format!("`{}` means nothing on {}", effect.item, arch.name());
            if let [call] = effect.elsewhere[..] {
                let homes = homes(call);
                let _ = match &homes[..] {
                    [] => write!(message, ": no architecture with tables has it"),
                    homes => write!(message, ": it exists on {} only", homes.join(", ")),
                };
            }
            ("elsewhere", message)
        }
    };
    Some(Warning {
        code,
        message,
        help: None,
    })
}

/// Those of the calls that the architecture has and that are allowed whatever their arguments.
fn open(policy: &Policy, calls: &[&'static str]) -> Vec<&'static str> {
    calls
        .iter()
        .copied()
        .filter(|call| policy.arch.number(call).is_some())
        .filter(|call| is_allowed(&policy.decision(call)))
        .collect()
}

/// `a`, `b` and `c`
fn list(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match &quoted[..] {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn is(names: &[&str]) -> &'static str {
    if names.len() == 1 { "is" } else { "are" }
}

/// The items that refuse these calls.
fn refusals(names: &[&str]) -> String {
    let items: Vec<_> = names.iter().map(|name| format!("~{name}")).collect();
    format!("`{}`", items.join(" "))
}
