//! The arguments that conditions commonly test, and what their values are.

/// How the bits of an argument are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// What the names of its values begin with; earlier ones are preferred.
    pub(super) names: &'static [&'static str],
    /// Names that begin so and mean something else.
    pub(super) others: &'static [&'static str],
    /// These bits are one number, all others are flags.
    pub(super) number: u64,
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
const PERSONA: Reading = Reading {
    others: &["PER_MASK", "PER_CLEAR_ON_SETID"],
    ..number(&["PER_"])
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
pub(super) const ARGUMENTS: &[(&str, &str, Reading)] = &[
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
    ("personality", "personality", PERSONA),
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
