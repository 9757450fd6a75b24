//! Powers that a bit of an argument gives, and the other calls that give them: a condition on one of them means
//! little while another is open.

use syscallset_tables::{Arch, Place, constant, params};

use super::siblings::SIBLINGS;
use super::verdicts::{State, Verdicts};

/// A power, the constants that ask for it, and the calls that are asked: the parameter by its shown name, and the
/// call's own constant where it has one. `clone3` takes its flags from memory.
struct Power {
    what: &'static str,
    constants: &'static [&'static str],
    calls: &'static [(&'static str, &'static str, Option<&'static str>)],
}

#[rustfmt::skip]
const POWERS: &[Power] = &[
    Power {
        what: "make memory executable",
        constants: &["PROT_EXEC"],
        calls: &[
            ("mmap", "prot", None),
            ("mmap2", "prot", None),
            ("mprotect", "prot", None),
            ("pkey_mprotect", "prot", None),
            ("shmat", "shmflg", Some("SHM_EXEC")),
        ],
    },
    Power {
        what: "make namespaces",
        constants: &[
            "CLONE_NEWCGROUP", "CLONE_NEWIPC", "CLONE_NEWNET", "CLONE_NEWNS", "CLONE_NEWPID", "CLONE_NEWUSER",
            "CLONE_NEWUTS",
        ],
        calls: &[
            ("clone", "flags", None),
            ("clone3", "", None),
            ("unshare", "flags", None),
        ],
    },
];

/// A power that a condition took from some calls, and none from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) what: &'static str,
    /// The calls with the condition.
    pub(super) narrowed: Vec<&'static str>,
    /// Those without.
    pub(super) open: Vec<&'static str>,
    /// The constants that the condition is about.
    pub(super) constants: Vec<&'static str>,
    /// The items that take the power from the others as well.
    pub(super) remedy: Vec<String>,
}

/// The powers that are left. What the groups of [`SIBLINGS`] tell already is not told again.
pub(super) fn left(verdicts: &Verdicts<'_>) -> Vec<Left> {
    let mut found: Vec<Left> = Vec::new();
    for power in POWERS {
        for name in power.constants {
            let (narrowed, open) = power.calls_by_constant(name, verdicts);
            if narrowed.is_empty() || open.is_empty() {
                continue;
            }
            let same = |left: &&mut Left| left.narrowed == narrowed && left.open == open;
            if let Some(left) = found.iter_mut().find(same) {
                left.constants.push(name);
                continue;
            }
            found.push(Left {
                what: power.what,
                narrowed,
                open,
                constants: vec![name],
                remedy: Vec::new(),
            });
        }
        for left in found.iter_mut().filter(|left| left.what == power.what) {
            left.remedy = power.remedy(left, verdicts.arch);
        }
    }
    found
}

impl Power {
    /// The calls that cannot be asked for this without a condition's consent, and those that can.
    fn calls_by_constant(
        &self,
        name: &str,
        verdicts: &Verdicts<'_>,
    ) -> (Vec<&'static str>, Vec<&'static str>) {
        let (mut narrowed, mut rest) = (Vec::new(), Vec::new());
        for (call, parameter, own) in self.calls {
            if is_taken(verdicts, call, parameter, own.unwrap_or(name)) {
                narrowed.push(*call);
            } else {
                rest.push(*call);
            }
        }
        let is_told = |call: &&'static str| {
            let together = |narrowed: &&'static str| {
                let mut groups = SIBLINGS.iter();
                groups.any(|(group, others)| {
                    group.contains(narrowed) && (group.contains(call) || others.contains(call))
                })
            };
            narrowed.iter().any(together)
        };
        let is_open = |call: &&'static str| {
            let state = verdicts.state(call);
            matches!(state, Some(State::Allowed | State::Conditional)) && !is_told(call)
        };
        rest.retain(is_open);
        (narrowed, rest)
    }

    fn remedy(&self, left: &Left, arch: Arch) -> Vec<String> {
        let open = self
            .calls
            .iter()
            .filter(|(call, ..)| left.open.contains(call));
        open.map(|(call, parameter, own)| match word(arch, call, parameter) {
            Some(_) => {
                let bits = own.map_or_else(|| left.constants.join("|"), str::to_owned);
                format!("~{call}({parameter}&{bits}!=0)")
            }
            None => format!("~{call}:ENOSYS"),
        })
        .collect()
    }
}

/// Whether a call that is made is not made any more with the bit of this constant in this parameter.
fn is_taken(verdicts: &Verdicts<'_>, call: &str, parameter: &str, name: &str) -> bool {
    let word = word(verdicts.arch, call, parameter);
    let bits = constant(verdicts.arch, name).and_then(|bits| u64::try_from(bits).ok());
    let (Some(word), Some(bits)) = (word, bits) else {
        return false;
    };
    verdicts.takes(call, word, bits)
}

/// The word that a parameter comes in; `None` if a filter cannot see it.
pub(super) fn word(arch: Arch, call: &str, parameter: &str) -> Option<u8> {
    match params(arch, call)?.named(parameter)?.place {
        Place::Word(word) | Place::Pair { low: word, .. } => Some(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_parameters_and_constants_exist() {
        for Power {
            constants, calls, ..
        } in POWERS
        {
            for (call, parameter, own) in *calls {
                let archs = || Arch::ALL.iter().filter(|arch| arch.number(call).is_some());
                assert!(archs().count() > 0, "{call}");
                let seen = archs().any(|arch| word(*arch, call, parameter).is_some());
                assert_eq!(seen, !parameter.is_empty(), "{call} {parameter}");
                for name in own.iter().chain(*constants) {
                    assert!(
                        archs().all(|arch| constant(*arch, name).is_some_and(|bits| bits > 0)),
                        "{name}"
                    );
                }
            }
        }
    }
}
