//! The arguments worth remembering: those that conditions of a filter commonly test.

use std::fmt::Write as _;

use syscallset_tables::{Arch, Place, constant, constant_names, params};

/// How the bits of an argument are read.
#[derive(Clone, Copy, Debug)]
struct Reading {
    /// What the names of its values begin with; earlier ones are preferred.
    names: &'static [&'static str],
    /// Names that begin so and mean something else.
    others: &'static [&'static str],
    /// These bits are one number, all others are flags.
    number: u64,
}

const fn number(names: &'static [&'static str]) -> Reading {
    Reading {
        names,
        others: &[],
        number: u64::MAX,
    }
}

const fn flags(names: &'static [&'static str]) -> Reading {
    Reading {
        names,
        others: &[],
        number: 0,
    }
}

/// `CSIGNAL`: the signal that a child's end sends.
const EXIT_SIGNAL: u64 = 0xff;
/// `SOCK_TYPE_MASK`
const SOCKET_TYPE: u64 = 0xf;

const CLONE: Reading = Reading {
    // The bit is a flag of other calls alone.
    others: &[
        "CLONE_NEWTIME",
        "SIG_",
        "SIGEV_",
        "SIGIOT",
        "SIGCLD",
        "SIGPOLL",
    ],
    number: EXIT_SIGNAL,
    ..flags(&["CLONE_", "SIG"])
};
const CONTROL: Reading = number(&[
    "F_GET",
    "F_SET",
    "F_DUP",
    "F_ADD_SEALS",
    "F_OFD_",
    "F_NOTIFY",
]);
const FAMILY: Reading = number(&["AF_"]);
const OPTION: Reading = Reading {
    others: &["PR_SET_MM_"],
    ..number(&["PR_SET_", "PR_GET_", "PR_CAPBSET_", "PR_"])
};
const PROTECTION: Reading = flags(&["PROT_"]);
const SIGNAL: Reading = Reading {
    others: &["SIG_", "SIGEV_", "SIGIOT", "SIGCLD", "SIGPOLL"],
    ..number(&["SIG"])
};
const TYPE: Reading = Reading {
    number: SOCKET_TYPE,
    ..flags(&["SOCK_"])
};

/// Calls, the name of a parameter, and how it is read; sorted.
const ARGUMENTS: &[(&str, &str, Reading)] = &[
    ("arch_prctl", "option", number(&["ARCH_"])),
    ("bpf", "cmd", number(&[])),
    ("clone", "flags", CLONE),
    ("fcntl", "cmd", CONTROL),
    ("fcntl64", "cmd", CONTROL),
    (
        "getsockopt",
        "level",
        number(&["SOL_SOCKET", "IPPROTO_", "SOL_"]),
    ),
    (
        "ioctl",
        "cmd",
        number(&[
            "TIOC", "TCGET", "TCSET", "FIO", "SIOC", "FICLONE", "FS_IOC_", "BLK",
        ]),
    ),
    ("keyctl", "option", number(&["KEYCTL_"])),
    ("kill", "sig", SIGNAL),
    ("madvise", "behavior", number(&["MADV_"])),
    ("memfd_create", "flags", flags(&["MFD_"])),
    ("mmap", "prot", PROTECTION),
    ("mmap2", "prot", PROTECTION),
    ("mprotect", "prot", PROTECTION),
    ("personality", "personality", number(&["PER_"])),
    ("prctl", "option", OPTION),
    ("prlimit64", "resource", number(&["RLIMIT_"])),
    ("ptrace", "request", number(&["PTRACE_"])),
    ("setns", "flags", flags(&["CLONE_"])),
    (
        "setsockopt",
        "level",
        number(&["SOL_SOCKET", "IPPROTO_", "SOL_"]),
    ),
    ("socket", "family", FAMILY),
    ("socket", "type", TYPE),
    ("socketpair", "family", FAMILY),
    ("socketpair", "type", TYPE),
    ("tgkill", "sig", SIGNAL),
    ("tkill", "sig", SIGNAL),
    ("unshare", "flags", flags(&["CLONE_"])),
];

/// An argument worth remembering.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument {
    /// The kernel's name for the parameter.
    pub(super) name: &'static str,
    word: u8,
    mask: u64,
    reading: Reading,
}

/// The arguments of a call that are worth remembering.
pub(super) fn arguments(arch: Arch, call: &str) -> Vec<Argument> {
    let Some(params) = params(arch, call) else {
        return Vec::new();
    };
    let of_call = ARGUMENTS.iter().filter(|(name, ..)| *name == call);
    let found = of_call.filter_map(|(_, name, reading)| {
        let param = params.named(name)?;
        // Values in two registers are file offsets and the like.
        let Place::Word(word) = param.place else {
            return None;
        };
        let mask = u64::MAX >> (64 - param.kind.bits(arch));
        Some(Argument {
            name: param.name,
            word,
            mask,
            reading: *reading,
        })
    });
    found.collect()
}

impl Argument {
    /// The bits that count of this call's argument.
    pub(super) fn value(&self, args: &[u64; 6]) -> u64 {
        args[usize::from(self.word)] & self.mask
    }

    /// The value as a condition would have it: names where there are any.
    pub(super) fn spell(&self, value: u64, arch: Arch) -> String {
        let number = value & self.reading.number;
        let mut left = value & !self.reading.number;
        let mut text = String::new();
        if number != 0 || left == 0 {
            text = self
                .name_of(number, arch)
                .map_or_else(|| plain(number), str::to_owned);
        }
        for bit in (0..u64::BITS).map(|bit| 1 << bit) {
            if left & bit == 0 {
                continue;
            }
            if let Some(name) = self.name_of(bit, arch) {
                left &= !bit;
                let bar = if text.is_empty() { "" } else { "|" };
                let _ = write!(text, "{bar}{name}");
            }
        }
        if left != 0 {
            let bar = if text.is_empty() { "" } else { "|" };
            let _ = write!(text, "{bar}{left:#x}");
        }
        text
    }

    /// Of the names of a value the shortest one, which is never an odd alias.
    fn name_of(&self, value: u64, arch: Arch) -> Option<&'static str> {
        let fits = |name: &&str| {
            !self
                .reading
                .others
                .iter()
                .any(|other| name.starts_with(other))
                && constant(arch, name) == Some(i128::from(value))
        };
        self.reading.names.iter().find_map(|prefix| {
            let names = constant_names()
                .filter(|name| name.starts_with(prefix))
                .filter(fits);
            names.min_by_key(|name| (name.len(), *name))
        })
    }
}

/// Small numbers are counted, great ones are patterns of bits.
fn plain(value: u64) -> String {
    if value < 4096 {
        value.to_string()
    } else {
        format!("{value:#x}")
    }
}

#[cfg(test)]
mod tests {
    use super::{ARGUMENTS, Argument, arguments};
    use syscallset_tables::Arch;

    fn argument(call: &str, name: &str) -> Argument {
        arguments(Arch::X86_64, call)
            .into_iter()
            .find(|argument| argument.name == name)
            .unwrap()
    }

    #[test]
    fn every_parameter_exists() {
        for (call, name, _) in ARGUMENTS {
            let arch = if call.ends_with("64") && *call == "fcntl64" || *call == "mmap2" {
                Arch::Arm
            } else {
                Arch::X86_64
            };
            let params = syscallset_tables::params(arch, call).unwrap();
            assert!(
                params.named(name).is_some(),
                "{call}({name}), which has {:?}",
                params.iter().map(|p| p.name).collect::<Vec<_>>()
            );
        }
        assert!(ARGUMENTS.is_sorted_by_key(|(call, name, _)| (*call, *name)));
    }

    #[test]
    fn values_are_spelled_as_conditions_have_them() {
        let arch = Arch::X86_64;
        let spell = |call, name, value| argument(call, name).spell(value, arch);
        assert_eq!(spell("socket", "family", 1), "AF_UNIX");
        assert_eq!(spell("socket", "family", 10), "AF_INET6");
        assert_eq!(
            spell("socket", "type", 0o2_000_001),
            "SOCK_STREAM|SOCK_CLOEXEC"
        );
        assert_eq!(spell("mprotect", "prot", 0), "PROT_NONE");
        assert_eq!(spell("mprotect", "prot", 5), "PROT_READ|PROT_EXEC");
        assert_eq!(spell("prctl", "option", 1), "PR_SET_PDEATHSIG");
        assert_eq!(spell("prctl", "option", 15), "PR_SET_NAME");
        assert_eq!(spell("fcntl", "cmd", 3), "F_GETFL");
        assert_eq!(spell("ioctl", "cmd", 0x5401), "TCGETS");
        assert_eq!(spell("ioctl", "cmd", 0xdead_beef), "0xdeadbeef");
        assert_eq!(spell("setsockopt", "level", 1), "SOL_SOCKET");
        assert_eq!(spell("setsockopt", "level", 6), "IPPROTO_TCP");
        assert_eq!(spell("kill", "sig", 6), "SIGABRT");
        assert_eq!(spell("kill", "sig", 0), "0");
        assert!((1..65).all(|signal| !spell("kill", "sig", signal).contains('_')));
        assert_eq!(spell("clone", "clone_flags", 17), "SIGCHLD");
        assert_eq!(
            spell("clone", "clone_flags", 0x4111),
            "SIGCHLD|CLONE_VM|CLONE_VFORK"
        );
        assert_eq!(spell("clone", "clone_flags", 0x100), "CLONE_VM");
        assert_eq!(spell("clone", "clone_flags", 0), "0");
        assert_eq!(spell("clone", "clone_flags", 0x80), "128");
    }

    #[test]
    fn only_bits_that_count_are_kept() {
        let flags = arguments(Arch::X86_64, "clone")[0];
        // CLONE_VM, the signal SIGCHLD, which counts as well, and rubbish in the upper half.
        assert_eq!(flags.value(&[1 << 40 | 0x111, 0, 0, 0, 0, 0]), 0x111);
        assert_eq!(
            argument("socket", "family").value(&[0xffff_ffff_0000_0001, 0, 0, 0, 0, 0]),
            1
        );
    }

    #[test]
    fn calls_without_such_arguments_have_none() {
        assert!(arguments(Arch::X86_64, "read").is_empty());
        assert!(arguments(Arch::X86_64, "mmap2").is_empty());
    }
}
