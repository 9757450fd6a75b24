//! What a security reviewer would ask about a filter.

use std::fmt::Write as _;

use syscallset_tables::{Arch, constant};

use super::effect::{Effect, Nothing, homes};
use super::powers::{Left, left, word};
use super::siblings::{EXEC, RING, SIBLINGS, TAKEOVER};
use super::verdicts::{State, Verdicts};
use crate::warning::Warning;

/// Of a hundred calls of the architecture, a filter that allows this many keeps hardly anything out.
const WIDE_PERCENT: usize = 90;

/// Says that what other items took from the runtime by the way is refused on purpose.
const RUNTIME_REFUSED: &str = "~@rust-runtime";

/// All warnings about a filter under which calls fare like this, and whose items have these effects.
pub(crate) fn lint(verdicts: &Verdicts<'_>, effects: &[Effect]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(nothing_refused(verdicts));
    warnings.extend(wide(verdicts));
    warnings.extend(ring(verdicts));
    warnings.extend(exec(verdicts));
    warnings.extend(takeover(verdicts));
    let siblings = SIBLINGS
        .iter()
        .filter_map(|(group, others)| siblings(verdicts, group, others));
    warnings.extend(siblings);
    warnings.extend(left(verdicts).iter().map(power));
    let idle = effects
        .iter()
        .filter_map(|effect| idle(effect, verdicts.arch));
    warnings.extend(idle);
    warnings.extend(given_back(effects));
    warnings
}

fn nothing_refused(verdicts: &Verdicts<'_>) -> Option<Warning> {
    verdicts.open.then(|| Warning {
        code: "log-only",
        message: "violations are logged and let through: this filter keeps nothing out".to_owned(),
        help: Some("for production, use `kill` or an error".to_owned()),
    })
}

fn wide(verdicts: &Verdicts<'_>) -> Option<Warning> {
    let (allowed, of) = verdicts.count();
    (allowed * 100 >= of * WIDE_PERCENT).then(|| Warning {
        code: "wide",
        message: format!(
            "{allowed} of the {of} calls are allowed: this filter keeps hardly anything out"
        ),
        help: Some("begin with `@system-service`, which is enough for most programs".to_owned()),
    })
}

fn ring(verdicts: &Verdicts<'_>) -> Option<Warning> {
    if verdicts.open_among(&["io_uring_setup"]).is_empty() {
        return None;
    }
    let refused = verdicts.among(RING, |state| state != State::Allowed);
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

fn exec(verdicts: &Verdicts<'_>) -> Option<Warning> {
    let open = verdicts.open_among(EXEC);
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

fn takeover(verdicts: &Verdicts<'_>) -> Option<Warning> {
    let open = verdicts.open_among(TAKEOVER);
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

/// A member of the group was restricted on purpose, and another one is open. A call that merely is not
/// allowed says nothing: a program that needs `write` need not be allowed all its siblings.
fn siblings(
    verdicts: &Verdicts<'_>,
    group: &[&'static str],
    others: &[&'static str],
) -> Option<Warning> {
    let mut open = verdicts.open_among(group);
    open.extend(verdicts.open_among(others));
    open.retain(|call| !clones_anyway(verdicts, call));
    let conditional = verdicts.among(group, |state| state == State::Conditional);
    let refused = verdicts.among(group, |state| state == State::Refused);
    let (closed, how) = if conditional.is_empty() {
        (refused, "refused")
    } else {
        (conditional, "allowed under conditions only")
    };
    if open.is_empty() || closed.is_empty() {
        return None;
    }
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

/// Whether this is fork(2) or vfork(2) and no more than what conditions leave to clone(2).
fn clones_anyway(verdicts: &Verdicts<'_>, call: &str) -> bool {
    if verdicts.state("clone") != Some(State::Conditional) {
        return false;
    }
    let flags: &[_] = match call {
        "fork" => &["SIGCHLD"],
        "vfork" => &["CLONE_VFORK", "CLONE_VM", "SIGCHLD"],
        _ => return false,
    };
    let flags = flags
        .iter()
        .filter_map(|name| constant(verdicts.arch, name));
    let flags = flags.fold(0, |all, flag| all | flag);
    let (Some(word), Ok(flags)) = (
        word(verdicts.arch, "clone", "clone_flags"),
        u64::try_from(flags),
    ) else {
        return false;
    };
    let mut args = [0; 6];
    args[usize::from(word)] = flags;
    verdicts.makes("clone", &args)
}

fn power(left: &Left) -> Warning {
    let Left {
        what,
        narrowed,
        open,
        constants,
        remedy,
    } = left;
    Warning {
        code: "sibling",
        message: format!(
            "{} {} allowed under conditions on {} only, but {} may {what} as well",
            list(narrowed),
            is(narrowed),
            list(constants),
            list(open)
        ),
        help: Some(format!("add `{}`", remedy.join(" "))),
    }
}

/// Sets right behind a refused one from which they give back: in a unit of systemd, a `~` goes for all names on its
/// line. Sets of Rust are none of systemd's.
fn given_back(effects: &[Effect]) -> Vec<Warning> {
    let mut refused: Option<&Effect> = None;
    let mut warnings = Vec::new();
    for effect in effects {
        if effect.item.starts_with("~@") {
            refused = Some(effect);
            continue;
        }
        let Some(before) = refused.filter(|_| effect.item.starts_with('@')) else {
            refused = None;
            continue;
        };
        let gives_back = !effect.item.starts_with("@rust-")
            && !effect.adds.is_empty()
            && effect.adds.iter().all(|call| before.removes.contains(call));
        if gives_back {
            warnings.push(Warning {
                code: "given-back",
                message: format!(
                    "`{}` allows again what `{}` takes away: a `~` goes for one item",
                    effect.item, before.item
                ),
                help: Some(format!(
                    "if it is to be refused as well, write `~{}`",
                    effect.item
                )),
            });
        }
    }
    warnings
}

fn idle(effect: &Effect, arch: Arch) -> Option<Warning> {
    if effect.item == RUNTIME_REFUSED && effect.nothing == Some(Nothing::AlreadyRefused) {
        return None;
    }
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
