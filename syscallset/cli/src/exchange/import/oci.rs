//! `linux.seccomp` of the OCI runtime specification, and profiles of Docker and Podman.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::{Condition, Op, Width};
use syscallset_tables::Arch;

use super::super::oci::{Argument, Rule, Seccomp, action, architecture};
use super::super::profile::{Completeness, Profile};
use super::{Circumstances, json_fault};

pub(super) fn import(bytes: &[u8], circumstances: &Circumstances) -> Result<Profile, String> {
    let arch = circumstances.arch;
    let seccomp = read(bytes)?;
    check(&seccomp, arch)?;
    let default = action(
        &seccomp.default_action,
        seccomp.default_errno_ret,
        seccomp.default_errno.as_deref(),
        arch,
    )?;
    let mut profile = Profile::new(arch, default, Completeness::Whole);
    let mut skipped = 0;
    let mut contested = BTreeSet::new();
    for rule in &seccomp.syscalls {
        if !applies(rule, circumstances) {
            skipped += 1;
            continue;
        }
        let action = action(&rule.action, rule.errno_ret, rule.errno.as_deref(), arch)?;
        for alternative in alternatives(rule.args.as_deref().unwrap_or_default())? {
            for name in rule.names.iter().chain(&rule.name) {
                if alternative.is_empty() && has_another(&profile, name, action) {
                    contested.insert(name.as_str());
                } else {
                    profile.add(name, alternative.clone(), action)?;
                }
            }
        }
    }
    if skipped > 0 {
        let capabilities = &circumstances.capabilities;
        profile.notes.push(format!(
            "{skipped} rules are for other architectures or capabilities ({}); choose with `--arch` and \
             `--capability`",
            if capabilities.is_empty() {
                "none assumed".to_owned()
            } else {
                format!("assumed: {}", capabilities.join(", "))
            }
        ));
    }
    profile
        .notes
        .extend(unasked(&seccomp.syscalls, &circumstances.capabilities));
    for (call, listed) in &mut profile.calls {
        if let Some(otherwise) = listed.otherwise {
            if listed.rules.iter().any(|(_, action)| *action != otherwise) {
                contested.insert(*call);
            }
            listed.rules.clear();
        }
    }
    if !contested.is_empty() {
        let calls: Vec<_> = contested.into_iter().collect();
        profile.notes.push(format!(
            "of several rules libseccomp takes the first one without conditions, for {}",
            calls.join(" ")
        ));
    }
    Ok(profile)
}

/// Notes of capabilities that no rule asks for, which may have been misspelt.
fn unasked(rules: &[Rule], capabilities: &[String]) -> Vec<String> {
    let asked: BTreeSet<&str> = rules
        .iter()
        .flat_map(|rule| [&rule.includes, &rule.excludes])
        .flatten()
        .flat_map(|circumstances| circumstances.caps.iter().flatten())
        .map(String::as_str)
        .collect();
    let others = if asked.is_empty() {
        "none asks for any".to_owned()
    } else {
        let asked: Vec<_> = asked.iter().copied().collect();
        format!("some ask for {}", asked.join(", "))
    };
    capabilities
        .iter()
        .filter(|capability| !asked.contains(capability.as_str()))
        .map(|capability| format!("no rule asks for the capability `{capability}`; {others}"))
        .collect()
}

/// Whether a rule without conditions says something else about the call: libseccomp takes the first one
/// (`src/db.c` there; seen with 2.5.4).
fn has_another(profile: &Profile, name: &str, action: Action) -> bool {
    let listed = profile.calls.get(name);
    listed.is_some_and(|listed| listed.otherwise.is_some_and(|other| other != action))
}

/// The profile itself, or that in a container's `config.json`.
fn read(bytes: &[u8]) -> Result<Seccomp, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| json_fault(&error))?;
    let inner = value.get("linux").and_then(|linux| linux.get("seccomp"));
    let found = if value.get("ociVersion").is_some() || inner.is_some() {
        inner.cloned().ok_or("there is no `linux.seccomp` in it")?
    } else {
        value
    };
    serde_json::from_value(found).map_err(|error| error.to_string())
}

fn check(seccomp: &Seccomp, arch: Arch) -> Result<(), String> {
    if seccomp.listener_path.is_some() || seccomp.listener_metadata.is_some() {
        return Err("`listenerPath` asks a process outside of the filter".to_owned());
    }
    for flag in &seccomp.flags {
        let harmless = [
            "SECCOMP_FILTER_FLAG_LOG",
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
            "SECCOMP_FILTER_FLAG_TSYNC",
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
        ];
        if !harmless.contains(&flag.as_str()) {
            return Err(format!("unknown flag `{flag}`"));
        }
    }
    let mapped = seccomp.arch_map.iter().flatten().flat_map(|map| {
        let subordinate = map.sub_architectures.iter().flatten();
        std::iter::once(&map.architecture).chain(subordinate)
    });
    let named: Vec<_> = seccomp.architectures.iter().chain(mapped).collect();
    let wanted = architecture(arch);
    // Without any, the container's own is meant.
    if named.is_empty() || named.iter().any(|name| Some(name.as_str()) == wanted) {
        return Ok(());
    }
    Err(format!(
        "it is not for {}: choose another architecture with `--arch`",
        arch.name()
    ))
}

/// Whether a rule of Docker or Podman counts. The kernel is taken to be new enough for any.
fn applies(rule: &Rule, circumstances: &Circumstances) -> bool {
    let here = |names: &Option<Vec<String>>| {
        names.as_ref().is_some_and(|names| {
            names
                .iter()
                .any(|name| Arch::from_name(name) == Some(circumstances.arch))
        })
    };
    let has = |capability: &String| circumstances.capabilities.contains(capability);
    let included = rule.includes.as_ref().is_none_or(|includes| {
        let arches = includes.arches.as_ref().is_none_or(Vec::is_empty) || here(&includes.arches);
        arches && includes.caps.iter().flatten().all(has)
    });
    let excluded = rule.excludes.as_ref().is_some_and(|excludes| {
        here(&excludes.arches)
            || excludes.caps.iter().flatten().any(has)
            || excludes.min_kernel.is_some()
    });
    included && !excluded
}

/// The alternatives that a rule's arguments are: all of them must hold, but where one argument has several,
/// the runtimes make a rule of each.
fn alternatives(arguments: &[Argument]) -> Result<Vec<Vec<Condition>>, String> {
    let conditions: Result<Vec<_>, _> = arguments.iter().map(condition).collect();
    let conditions = conditions?;
    let mut counts: HashMap<u8, usize> = HashMap::new();
    for condition in &conditions {
        *counts.entry(condition.arg).or_default() += 1;
    }
    if counts.values().any(|count| *count > 1) {
        return Ok(conditions
            .into_iter()
            .map(|condition| vec![condition])
            .collect());
    }
    Ok(vec![conditions])
}

fn condition(argument: &Argument) -> Result<Condition, String> {
    let Argument {
        index,
        value,
        value_two,
        op,
    } = argument;
    let arg = u8::try_from(*index).ok().filter(|index| *index < 6);
    let arg =
        arg.ok_or_else(|| format!("an argument has the index {index}, 0 to 5 are possible"))?;
    let (op, mask, value) = match op.as_str() {
        "SCMP_CMP_EQ" => (Op::Eq, u64::MAX, *value),
        "SCMP_CMP_NE" => (Op::Ne, u64::MAX, *value),
        "SCMP_CMP_LT" => (Op::Lt, u64::MAX, *value),
        "SCMP_CMP_LE" => (Op::Le, u64::MAX, *value),
        "SCMP_CMP_GE" => (Op::Ge, u64::MAX, *value),
        "SCMP_CMP_GT" => (Op::Gt, u64::MAX, *value),
        // libseccomp masks both sides.
        "SCMP_CMP_MASKED_EQ" => (Op::Eq, *value, value_two & value),
        _ => return Err(format!("unknown operator `{op}`")),
    };
    Ok(Condition {
        arg,
        width: Width::U64,
        mask,
        op,
        value,
    })
}
