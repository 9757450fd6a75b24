//! `linux.seccomp` of the OCI runtime specification, and the profiles of Docker and Podman, which are
//! supersets of it.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use syscallset_compiler::action::Action;
use syscallset_tables::Arch;

/// A profile. Fields that are not known are an error: nothing may be lost.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Seccomp {
    pub(crate) default_action: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default_errno_ret: Option<u32>,
    /// Podman's name of the error.
    #[serde(default, skip_serializing)]
    pub(crate) default_errno: Option<String>,
    #[serde(default)]
    pub(crate) architectures: Vec<String>,
    /// Docker's and Podman's architectures.
    #[serde(default, skip_serializing)]
    pub(crate) arch_map: Option<Vec<ArchMap>>,
    #[serde(default, skip_serializing)]
    pub(crate) flags: Vec<String>,
    #[serde(default, skip_serializing)]
    pub(crate) listener_path: Option<String>,
    #[serde(default, skip_serializing)]
    pub(crate) listener_metadata: Option<String>,
    #[serde(default)]
    pub(crate) syscalls: Vec<Rule>,
}

/// An architecture and those of its 32-bit programs.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ArchMap {
    pub(crate) architecture: String,
    #[serde(default)]
    pub(crate) sub_architectures: Option<Vec<String>>,
}

/// A rule for some calls.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rule {
    #[serde(default)]
    pub(crate) names: Vec<String>,
    /// An old spelling for one name.
    #[serde(default, skip_serializing)]
    pub(crate) name: Option<String>,
    pub(crate) action: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) errno_ret: Option<u32>,
    /// Podman's name of the error.
    #[serde(default, skip_serializing)]
    pub(crate) errno: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) args: Option<Vec<Argument>>,
    #[serde(default, skip_serializing)]
    #[allow(dead_code, reason = "for people")]
    pub(crate) comment: Option<IgnoredAny>,
    #[serde(default, skip_serializing)]
    pub(crate) includes: Option<Circumstances>,
    #[serde(default, skip_serializing)]
    pub(crate) excludes: Option<Circumstances>,
}

/// A condition on one argument, all 64 bits of it, unsigned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Argument {
    pub(crate) index: u32,
    pub(crate) value: u64,
    /// For `SCMP_CMP_MASKED_EQ`, what the value is compared with; `value` is the mask.
    #[serde(default)]
    pub(crate) value_two: u64,
    pub(crate) op: String,
}

/// When a rule of Docker or Podman counts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Circumstances {
    #[serde(default)]
    pub(crate) arches: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) caps: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) min_kernel: Option<String>,
}

/// Names of actions that have no number with them.
const ACTIONS: [(&str, Action); 6] = [
    ("SCMP_ACT_ALLOW", Action::Allow),
    ("SCMP_ACT_KILL_PROCESS", Action::KillProcess),
    ("SCMP_ACT_KILL_THREAD", Action::KillThread),
    ("SCMP_ACT_LOG", Action::Log),
    ("SCMP_ACT_TRAP", Action::Trap),
    // libseccomp's older name.
    ("SCMP_ACT_KILL", Action::KillThread),
];

/// The name of an action and the number that goes with it; `None` for those that need more than a profile.
pub(crate) fn action_words(action: Action) -> Option<(&'static str, Option<u32>)> {
    match action {
        Action::Errno(errno) => Some(("SCMP_ACT_ERRNO", Some(errno.into()))),
        Action::Trace(data) => Some(("SCMP_ACT_TRACE", Some(data.into()))),
        action => ACTIONS
            .iter()
            .find(|(_, other)| *other == action)
            .map(|(name, _)| (*name, None)),
    }
}

/// The action of a name and the number or error that goes with it; EPERM if there is none.
///
/// # Errors
///
/// Actions that are not known, and errors that are none.
pub(crate) fn action(
    name: &str,
    number: Option<u32>,
    errno: Option<&str>,
    arch: Arch,
) -> Result<Action, String> {
    if let Some((_, action)) = ACTIONS.iter().find(|(other, _)| *other == name) {
        return Ok(*action);
    }
    let number = match (number, errno.filter(|errno| !errno.is_empty())) {
        (Some(number), _) => u16::try_from(number).ok(),
        (None, Some(errno)) => arch.errno(errno),
        (None, None) => arch.errno("EPERM"),
    };
    let number = number.ok_or_else(|| format!("`{name}` has an error that is none"))?;
    match name {
        "SCMP_ACT_ERRNO" if (1..=syscallset_compiler::action::MAX_ERRNO).contains(&number) => {
            Ok(Action::Errno(number))
        }
        "SCMP_ACT_ERRNO" => Err(format!("the error {number} is not 1 to 4095")),
        "SCMP_ACT_TRACE" => Ok(Action::Trace(number)),
        "SCMP_ACT_NOTIFY" => {
            Err("`SCMP_ACT_NOTIFY` asks a process outside of the filter".to_owned())
        }
        _ => Err(format!("unknown action `{name}`")),
    }
}

/// libseccomp's names of architectures.
const ARCHITECTURES: [&str; 17] = [
    "SCMP_ARCH_X86_64",
    "SCMP_ARCH_X32",
    "SCMP_ARCH_X86",
    "SCMP_ARCH_AARCH64",
    "SCMP_ARCH_ARM",
    "SCMP_ARCH_RISCV64",
    "SCMP_ARCH_RISCV32",
    "SCMP_ARCH_LOONGARCH64",
    "SCMP_ARCH_S390X",
    "SCMP_ARCH_PPC64",
    "SCMP_ARCH_PPC64LE",
    "SCMP_ARCH_PPC",
    "SCMP_ARCH_MIPS",
    "SCMP_ARCH_MIPSEL",
    "SCMP_ARCH_MIPS64",
    "SCMP_ARCH_MIPSEL64",
    "SCMP_ARCH_M68K",
];

/// libseccomp's name of an architecture, if it has one.
pub(crate) fn architecture(arch: Arch) -> Option<&'static str> {
    ARCHITECTURES
        .into_iter()
        .find(|name| Arch::from_name(name) == Some(arch))
}
