//! From a filter to the formats of others.

mod arguments;
mod go_seccomp_bpf;
mod kafel;
mod minijail;
mod names;
mod oci;
mod seccompiler;
mod systemd;

use std::collections::BTreeMap;
use std::fmt;

use clap::ValueEnum;
use syscallset_compiler::action::Action;
use syscallset_compiler::policy::Policy;
use syscallset_compiler::resolve::action_name;
use syscallset_tables::Arch;

use crate::exchange::regions::{Region, regions};
use crate::failure::Failure;
use crate::source::Source;

/// The value of `--to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// `linux.seccomp` of the OCI runtime specification, as runc and crun read it.
    Oci,
    /// A profile for `docker run --security-opt seccomp=FILE`.
    Docker,
    /// A profile for `podman run --security-opt seccomp=FILE`.
    Podman,
    /// A fragment of a systemd unit.
    Systemd,
    /// A policy for minijail0 -S.
    Minijail,
    /// A policy for kafel, as nsjail reads it.
    Kafel,
    /// The YAML of elastic/go-seccomp-bpf.
    GoSeccompBpf,
    /// The JSON of rust-vmm/seccompiler.
    SeccompilerJson,
    /// The names of the allowed calls, one a line.
    Names,
}

/// What a target cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inexpressible(pub(crate) Vec<String>);

impl Inexpressible {
    fn one(reason: impl Into<String>) -> Self {
        Self(vec![reason.into()])
    }
}

impl fmt::Display for Inexpressible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

/// A document, and what to know about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) notes: Vec<String>,
}

/// Writes a policy in the format of another. `filter` is the filter string on one line, for comments.
///
/// # Errors
///
/// Everything that the format cannot say.
pub(crate) fn export(
    policy: &Policy,
    filter: &str,
    target: Target,
) -> Result<Document, Inexpressible> {
    let calls = Calls::new(policy)?;
    match target {
        Target::Oci | Target::Docker | Target::Podman => oci::export(&calls),
        Target::Systemd => systemd::export(&calls, filter),
        Target::Minijail => minijail::export(&calls, filter),
        Target::Kafel => kafel::export(&calls, filter),
        Target::GoSeccompBpf => go_seccomp_bpf::export(&calls, filter),
        Target::SeccompilerJson => seccompiler::export(&calls),
        Target::Names => names::export(&calls),
    }
}

/// Writes a filter string as an OCI profile that kills for violations. With `starts`, the container's
/// runtime executes the program under the profile, which takes `execve`.
///
/// # Errors
///
/// A string that does not mean anything, and what the format cannot say.
pub(crate) fn oci_profile(filter: &str, arch: Arch, starts: bool) -> Result<Document, Failure> {
    let read = |text: &str| {
        let source = Source::argument(text);
        let filter = source.parse(arch)?;
        source.resolve(&filter, arch, Action::KillProcess)
    };
    let mut policy = read(filter)?;
    if starts && !policy.allows("execve") {
        policy = read(&format!("{filter} execve"))?;
    }
    export(&policy, filter, Target::Oci)
        .map_err(|fault| Failure::failed(format!("the format `oci` cannot say all of it: {fault}")))
}

/// The calls of an architecture by what is decided about them.
struct Calls<'p> {
    policy: &'p Policy,
    /// Calls whose arguments do not matter, sorted by name.
    constant: BTreeMap<Action, Vec<&'static str>>,
    /// Calls whose arguments matter: disjoint regions that cover all arguments.
    conditional: BTreeMap<&'static str, BTreeMap<Action, Vec<Region>>>,
}

impl<'p> Calls<'p> {
    fn new(policy: &'p Policy) -> Result<Self, Inexpressible> {
        let mut calls = Self {
            policy,
            constant: BTreeMap::new(),
            conditional: BTreeMap::new(),
        };
        let mut faults = Vec::new();
        for call in policy.arch.calls() {
            let decision = policy.decision(call.name);
            if decision.rules.is_empty() {
                let names = calls.constant.entry(decision.otherwise).or_default();
                names.push(call.name);
                continue;
            }
            match regions(&decision) {
                Ok(regions) => _ = calls.conditional.insert(call.name, regions),
                Err(_) => faults.push(format!("`{}` has too many conditions", call.name)),
            }
        }
        if faults.is_empty() {
            Ok(calls)
        } else {
            Err(Inexpressible(faults))
        }
    }

    /// The calls that are allowed whatever their arguments.
    fn allowed(&self) -> &[&'static str] {
        self.constant.get(&Action::Allow).map_or(&[], Vec::as_slice)
    }

    /// All actions but `Allow` and that of violations, with the calls that have them.
    fn special(&self) -> impl Iterator<Item = (Action, &[&'static str])> {
        self.constant
            .iter()
            .filter(|(action, _)| **action != Action::Allow && **action != self.policy.violation)
            .map(|(action, names)| (*action, names.as_slice()))
    }

    /// The word for an action, for messages.
    fn word(&self, action: Action) -> String {
        action_name(action, self.policy.arch).into_owned()
    }

    /// The errors for violations, in formats that lack their action.
    fn violations_fault(&self) -> String {
        format!(
            "violations have the action {}",
            self.word(self.policy.violation)
        )
    }

    /// The errors for these calls, in formats that lack their action.
    fn action_faults(&self, action: Action, names: &[&str]) -> Vec<String> {
        let action = self.word(action);
        let fault = |name| format!("`{name}` has the action {action}");
        names.iter().map(fault).collect()
    }

    /// The errors for calls whose arguments matter, in formats that know no arguments.
    fn no_conditions(&self) -> Vec<String> {
        self.conditional
            .keys()
            .map(|call| format!("`{call}` is allowed under conditions"))
            .collect()
    }

    /// The note for formats with one action for all that is not listed.
    fn newer_calls(&self) -> String {
        format!(
            "calls newer than the tables get {} there instead of ENOSYS",
            self.word(self.policy.violation)
        )
    }
}
