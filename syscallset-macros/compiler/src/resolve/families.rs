//! Constants that belong to another parameter: `socket(type=AF_INET)` compares the type with a domain, which
//! happens to be the number of `SOCK_DGRAM`, and leaves the domain open.

use syscallset_tables::{Arch, Kind, Param};

use super::Resolver;
use super::condition::{parameter, params};
use crate::error::ErrorKind;
use crate::filter::{Item, ParsedValue, TermKind};

/// Calls, a parameter of theirs by the kernel's name, and how the constants begin that it takes.
const TAKES: &[(&[&str], &str, &[&str])] = &[
    (&["socket", "socketpair"], "family", &["AF_", "PF_"]),
    (&["socket", "socketpair"], "type", &["SOCK_"]),
    (
        &["socket", "socketpair"],
        "protocol",
        &["IPPROTO_", "NETLINK_"],
    ),
    (
        &["getsockopt", "setsockopt"],
        "level",
        &["IPPROTO_", "SOL_"],
    ),
    (
        &["mmap", "mmap2", "mprotect", "pkey_mprotect"],
        "prot",
        &["PROT_"],
    ),
    (&["mmap", "mmap2"], "flags", &["MAP_"]),
    (&["clone"], "clone_flags", &["CLONE_", "SIG"]),
    (&["unshare"], "unshare_flags", &["CLONE_"]),
    (&["prctl"], "option", &["PR_"]),
    (&["arch_prctl"], "option", &["ARCH_"]),
    (&["keyctl"], "option", &["KEYCTL_"]),
    (&["fcntl", "fcntl64"], "cmd", &["F_"]),
    (&["bpf"], "cmd", &["BPF_"]),
    (&["ioctl"], "cmd", &["FI", "SIOC", "TC", "TIOC"]),
    (&["ptrace"], "request", &["PTRACE_"]),
    (&["madvise", "process_madvise"], "behavior", &["MADV_"]),
    (&["personality"], "personality", &["ADDR_", "PER_"]),
    (&["open", "openat"], "flags", &["O_"]),
    (&["openat"], "dfd", &["AT_"]),
    (
        &[
            "kill",
            "tgkill",
            "tkill",
            "pidfd_send_signal",
            "rt_sigaction",
        ],
        "sig",
        &["SIG"],
    ),
    (
        &["getrlimit", "prlimit64", "setrlimit"],
        "resource",
        &["RLIMIT_"],
    ),
    (&[], "", &["TCP_"]),
];

/// How the names of a constant's family begin, if the family is one of those above.
fn family(name: &str) -> Option<&'static str> {
    let families = TAKES.iter().flat_map(|(_, _, families)| *families);
    families
        .copied()
        .filter(|family| name.starts_with(family))
        .max_by_key(|family| family.len())
}

/// The families that a parameter takes; none if nothing is known of it.
fn taken(call: &str, parameter: &str) -> &'static [&'static str] {
    let fits =
        |(calls, name, _): &&(&[&str], &str, &[&str])| *name == parameter && calls.contains(&call);
    TAKES
        .iter()
        .find(fits)
        .map_or(&[], |(_, _, families)| families)
}

/// The condition that was probably meant by a value alone, which was written as `text`, and the other parameters
/// that it may be meant for where its family does not say it.
pub(crate) fn unnamed(
    call: &str,
    value: &ParsedValue<'_>,
    text: &str,
) -> Option<(String, Vec<&'static str>)> {
    // The names are the same everywhere.
    let params = params(call, Arch::X86_64)?;
    let mut families = Vec::new();
    for term in &value.terms {
        if let TermKind::Constant(name) = term.kind {
            syscallset_tables::constant_archs(name).next()?;
            families.extend(family(name));
        }
    }
    let mut fitting = params.iter().filter(|param| {
        let takes = taken(call, param.name);
        param.kind != Kind::Pointer && families.iter().all(|family| takes.contains(family))
    });
    let instead = format!("{}={text}", fitting.next()?.manual_name());
    Some((instead, fitting.map(Param::manual_name).collect()))
}

impl Resolver<'_, '_> {
    /// Finds fault with constants of other parameters in the conditions of an item.
    pub(super) fn check_families(&mut self, call: &'static str, item: &Item<'_>) {
        let Some(params) = params(call, self.policy.arch) else {
            return;
        };
        for condition in &item.conditions {
            let param = parameter(&params, condition.parameter);
            let takes = param.map_or(&[][..], |param| taken(call, param.name));
            let values = condition.mask.iter().chain([&condition.value]);
            for term in values.flat_map(|value| &value.terms) {
                let TermKind::Constant(name) = term.kind else {
                    continue;
                };
                let Some(family) = family(name).filter(|_| !takes.is_empty()) else {
                    continue;
                };
                // What does not exist is a fault of its own.
                let exists = syscallset_tables::constant_archs(name).next().is_some();
                if takes.contains(&family) || !exists {
                    continue;
                }
                let meant = params
                    .iter()
                    .find(|param| taken(call, param.name).contains(&family));
                let kind = ErrorKind::OtherFamily {
                    parameter: condition.parameter.to_owned(),
                    takes,
                    suggestion: meant
                        .map(|param| format!("{}{}{name}", param.manual_name(), condition.op)),
                };
                self.fault(kind, term.span);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use syscallset_tables::{Arch, constant_names, params};

    use super::TAKES;

    #[test]
    fn parameters_and_families_exist() {
        for (calls, parameter, families) in TAKES {
            for call in *calls {
                let found = Arch::ALL.iter().find_map(|arch| params(*arch, call));
                let found =
                    found.is_some_and(|params| params.iter().any(|param| param.name == *parameter));
                assert!(found, "{call} {parameter}");
            }
            for family in *families {
                let mut names = constant_names();
                assert!(names.any(|name| name.starts_with(family)), "{family}");
            }
        }
    }
}
