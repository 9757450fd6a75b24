//! From a profile to the shortest filter string that means the same.
//!
//! What is allowed whatever its arguments becomes sets and calls by `cover`; errors and conditions follow
//! behind. The outcome is compiled again and held against the profile.

mod conditions;
mod refused;
mod same;
mod simplify;

use std::collections::BTreeMap;

use syscallset_compiler::action::Action;
use syscallset_compiler::compile::parse_for;
use syscallset_compiler::error::ErrorKind;
use syscallset_compiler::lowered::Decision;
use syscallset_compiler::policy::Policy;
use syscallset_compiler::render::render_all;
use syscallset_compiler::resolve::{action_name, resolve};
use syscallset_tables::Arch;

use super::profile::{Completeness, Profile};
use crate::cover::{self, Cover, Implicit, Scope, cover};

/// How to write a profile.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// How many harmless calls may be allowed that the profile does not, for a shorter string.
    pub(crate) allow_extra: usize,
    /// A profile that allows everything but some calls is one that allows all other calls of the tables.
    pub(crate) allow_known: bool,
    /// Calls that every filter begins with are taken away if the profile does not have them, even if it
    /// says only what is needed.
    pub(crate) exact: bool,
}

/// A filter string and what it leaves open.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// The filter string.
    pub(crate) filter: String,
    /// What happens to refused calls that have no action of their own.
    pub(crate) on_violation: Action,
    /// Calls that it allows although the profile does not.
    pub(crate) extra: Vec<&'static str>,
    /// Words of the profile that are no calls of the architecture.
    pub(crate) unknown: Vec<String>,
    /// No string that allows the same calls has fewer items than this; those that refuse with an error of
    /// their own or have conditions come on top.
    pub(crate) least: usize,
    pub(crate) notes: Vec<String>,
}

/// Writes a profile as a filter string.
///
/// # Errors
///
/// What the language cannot say.
pub(crate) fn write(mut profile: Profile, options: Options) -> Result<Written, String> {
    let arch = profile.arch;
    if profile.default.passes() {
        if !options.allow_known {
            return Err(
                "it allows every call that it does not list, those of newer kernels included, which no \
                 filter string does; with `--allow-known` all other calls of the tables are allowed"
                    .to_owned(),
            );
        }
        profile.default = Action::Allow;
    }
    let wanted = decisions(&profile, profile.default)?;
    let violation = violation(&profile, &wanted);
    let wanted = decisions(&profile, violation)?;
    let allowed = wanted
        .iter()
        .filter(|(_, decision)| decision.is_allowed() && decision.otherwise == Action::Allow)
        .map(|(call, _)| *call);
    let stay = profile.completeness == Completeness::Needed && !options.exact;
    let covered = cover(
        allowed,
        &cover::Options {
            scope: Scope::Arch(arch),
            implicit: if stay { Implicit::Stay } else { Implicit::Go },
            allow_extra: options.allow_extra,
        },
    );

    let mut items = covered.items.clone();
    let mut special: BTreeMap<Action, Vec<&'static str>> = BTreeMap::new();
    let mut conditional = Vec::new();
    for (call, decision) in &wanted {
        if !decision.rules.is_empty() {
            conditional.push((*call, decision));
        } else if decision.otherwise != Action::Allow && decision.otherwise != violation {
            special.entry(decision.otherwise).or_default().push(call);
        }
    }
    for (action, calls) in &special {
        items.extend(refused::items(calls, *action, arch));
    }
    begin(&mut items);
    let begun = resolved(&items, arch, violation)?;
    for (call, decision) in conditional {
        let before = begun.as_ref().map(|policy| policy.decision(call));
        items.extend(conditions::items(
            call,
            decision,
            before.as_ref(),
            violation,
            arch,
        )?);
    }
    begin(&mut items);
    mend(&mut items, arch, violation);
    let policy = resolved(&items, arch, violation)?;
    check(&wanted, policy.as_ref(), &covered, stay)?;
    Ok(finish(profile, &covered, &items, violation))
}

/// Says what holds anyway where the first item has a `~`, because no string begins so.
fn begin(items: &mut Vec<String>) {
    if items.first().is_some_and(|item| item.starts_with('~')) {
        items.insert(0, "@default".to_owned());
    }
}

fn finish(profile: Profile, covered: &Cover, items: &[String], violation: Action) -> Written {
    let arch = profile.arch;
    let mut notes = profile.notes;
    let enosys = arch.errno("ENOSYS").map(Action::Errno);
    if profile.completeness == Completeness::Whole && Some(profile.default) != enosys {
        notes.push(format!(
            "{}calls newer than the tables get {} there; under the filter string they fail with ENOSYS",
            profile.before,
            action_name(profile.default, arch)
        ));
    }
    // A whole list, such as Docker's, has them for other architectures; of calls that were needed it tells
    // that the list was made on another one.
    if profile.completeness == Completeness::Needed {
        let calls = profile.calls.keys().copied();
        let elsewhere: Vec<_> = calls.filter(|call| arch.number(call).is_none()).collect();
        if !elsewhere.is_empty() {
            notes.push(format!(
                "not on {}, and left out: {}",
                arch.name(),
                elsewhere.join(" ")
            ));
        }
    }
    let mut unknown = profile.unknown;
    unknown.sort();
    unknown.dedup();
    Written {
        filter: items.join(" "),
        on_violation: violation,
        extra: covered.extra.clone(),
        unknown,
        least: covered.least,
        notes,
    }
}

/// What is decided about each call of the architecture. Two names of one number are one call.
fn decisions(profile: &Profile, usual: Action) -> Result<BTreeMap<&'static str, Decision>, String> {
    let mut decisions = BTreeMap::new();
    for call in profile.arch.calls() {
        let name = profile.arch.name_of(call.number).unwrap_or(call.name);
        let listed = profile
            .calls
            .get(call.name)
            .or_else(|| profile.calls.get(name));
        let decision = match listed {
            Some(listed) => simplify::simplify(name, listed, profile.default, usual, profile.arch)?,
            None => Decision::constant(profile.default),
        };
        // The name that is listed wins over one that is not.
        if listed.is_some() || !decisions.contains_key(name) {
            decisions.insert(name, decision);
        }
    }
    Ok(decisions)
}

/// The action that most refused calls have, so that it need not be written for each.
fn violation(profile: &Profile, wanted: &BTreeMap<&'static str, Decision>) -> Action {
    let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
    // Calls that are logged and made count as refused ones: a string says both in the same way.
    let apart =
        |decision: &&Decision| decision.rules.is_empty() && decision.otherwise != Action::Allow;
    for decision in wanted.values().filter(apart) {
        *counts.entry(decision.otherwise).or_default() += 1;
    }
    let preferred = if profile.default.passes() {
        Action::KillProcess
    } else {
        profile.default
    };
    counts
        .into_iter()
        .max_by_key(|(action, count)| (*count, *action == preferred))
        .map_or(preferred, |(action, _)| action)
}

/// Leaves out what the language refuses because no call gets to it, and names the other forms of a call
/// with conditions that the profile allows: the language does not believe that a set is meant to. The
/// outcome is held against the profile all the same.
fn mend(items: &mut Vec<String>, arch: Arch, violation: Action) {
    for error in cover::tidy(items, arch, violation) {
        if let ErrorKind::OtherForm { open, .. } = error.kind {
            items.extend(open.into_iter().map(str::to_owned));
        }
    }
    leave_out_repeated(items, arch, violation);
}

/// Leaves out items that refuse what later ones with the same name refuse with an error, if they decide nothing else.
fn leave_out_repeated(items: &mut Vec<String>, arch: Arch, violation: Action) {
    let decisions = |items: &[String]| {
        let policy = resolved(items, arch, violation).ok().flatten()?;
        let calls = arch.calls().iter();
        Some(
            calls
                .map(|call| policy.decision(call.name))
                .collect::<Vec<_>>(),
        )
    };
    let mut place = 0;
    while place < items.len() {
        let again = format!("{}:", items[place]);
        let is_repeated = items[place].starts_with('~')
            && items[place + 1..]
                .iter()
                .any(|later| later.starts_with(&again));
        if is_repeated {
            let before = decisions(items);
            let item = items.remove(place);
            if before.is_some() && decisions(items) == before {
                continue;
            }
            items.insert(place, item);
        }
        place += 1;
    }
}

/// What the items mean; `None` if there are none yet that a string could consist of.
fn resolved(items: &[String], arch: Arch, violation: Action) -> Result<Option<Policy>, String> {
    let text = items.join(" ");
    let outcome = parse_for(&text, arch).and_then(|filter| resolve(&filter, arch, violation));
    outcome.map(Some).map_err(|errors| {
        format!(
            "it cannot be said in a filter string:\n{}",
            render_all(&text, &errors)
        )
    })
}

/// Holds the string against the profile.
fn check(
    wanted: &BTreeMap<&'static str, Decision>,
    policy: Option<&Policy>,
    covered: &Cover,
    stay: bool,
) -> Result<(), String> {
    let Some(policy) = policy else {
        return Ok(());
    };
    for (call, decision) in wanted {
        let found = policy.decision(call);
        let implicit = stay
            && policy
                .calls
                .get(call)
                .is_some_and(|verdict| verdict.item.is_none());
        if implicit || covered.extra.contains(call) {
            continue;
        }
        if !same::same(call, decision, &found, policy.arch) {
            return Err(format!(
                "`{call}` comes out differently under the filter string; please report this file"
            ));
        }
    }
    Ok(())
}
