//! The arguments that conditions commonly test, and what their values are.

use syscallset_compiler::resolve::fits;

/// How the bits of an argument are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// What the names of its values begin with; earlier ones are preferred. What ends with `=` is a whole name.
    pub(super) names: &'static [&'static str],
    /// What names begin with that begin so, too, and mean something else.
    pub(super) others: &'static [&'static str],
    /// These bits are one number, all others are flags.
    pub(super) number: u64,
    /// Whether the names stand for a field of the number, beside which there are flags that are not named.
    pub(super) is_field: bool,
}

impl Reading {
    /// The place in `names` of what a constant's name begins with; `None` if it is not a value of the argument.
    pub(super) fn rank(&self, name: &str) -> Option<usize> {
        let mut others = NO_SIGNALS.iter().chain(self.others);
        if others.any(|other| fits(other, name)) {
            return None;
        }
        self.names.iter().position(|own| fits(own, name))
    }
}

/// Names that begin like those of signals and are none that a signal goes by; nothing else begins so.
const NO_SIGNALS: &[&str] = &[
    "SIG_",
    "SIGEV_",
    "SIGIOT=",
    "SIGCLD=",
    "SIGPOLL=",
    "SIGSTKSZ=",
    "SIGSWI=",
];

const fn number(names: &'static [&'static str]) -> Reading {
    Reading {
        names,
        others: &[],
        number: u64::MAX,
        is_field: false,
    }
}

const fn flags(names: &'static [&'static str]) -> Reading {
    Reading {
        names,
        others: &[],
        number: 0,
        is_field: false,
    }
}

/// `CSIGNAL`: the signal that a child's end sends.
const EXIT_SIGNAL: u64 = 0xff;
/// `MFD_HUGE_MASK << MFD_HUGE_SHIFT`: the size of huge pages.
const HUGE_PAGE: u64 = 0x3f << 26;
/// `SOCK_TYPE_MASK`
const SOCKET_TYPE: u64 = 0xf;

const ARCH: Reading = Reading {
    others: &["ARCH_SHSTK_SHSTK=", "ARCH_SHSTK_WRSS=", "ARCH_XCOMP_TILE"],
    ..number(&["ARCH_"])
};
const CLONE: Reading = Reading {
    // `CLONE_NEWTIME` is a flag of other calls alone, and so are those above 32 bits.
    others: &["CLONE_ARGS_SIZE_", "CLONE_NEWTIME="],
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
const DEVICE: Reading = Reading {
    // Lines of a modem, what a packet says, and zones are no requests.
    others: &["TIOCM_", "TIOCPKT_", "TIOCSER_", "BLK_"],
    ..number(&[
        "FIO", "TIOC", "TCGET", "TCSET", "SIOC", "FICLONE", "FS_IOC_", "BLK",
    ])
};
const FAMILY: Reading = Reading {
    others: &["AF_LOCAL=", "AF_ROUTE="],
    ..number(&["AF_"])
};
const KEY: Reading = Reading {
    others: &[
        "KEYCTL_CAPS0_",
        "KEYCTL_CAPS1_",
        "KEYCTL_MOVE_EXCL=",
        "KEYCTL_SUPPORTS_",
    ],
    ..number(&["KEYCTL_"])
};
const LEVEL: Reading = number(&[
    "SOL_SOCKET=",
    "IPPROTO_ICMPV6=",
    "IPPROTO_IP=",
    "IPPROTO_IPV6=",
    "IPPROTO_RAW=",
    "IPPROTO_SCTP=",
    "IPPROTO_TCP=",
    "IPPROTO_UDP=",
    "IPPROTO_UDPLITE=",
    "SOL_",
]);
const MEMFD: Reading = Reading {
    others: &["MFD_HUGE_MASK=", "MFD_HUGE_SHIFT="],
    number: HUGE_PAGE,
    ..flags(&["MFD_"])
};
const OPTION: Reading = Reading {
    // What the operations take.
    others: &["PR_SET_MM_", "PR_SET_PTRACER_ANY=", "PR_SET_VMA_"],
    ..number(&[
        "PR_SET_",
        "PR_GET_",
        "PR_CAPBSET_",
        "PR_CAP_AMBIENT=",
        "PR_FUTEX_HASH=",
        "PR_LOCK_",
        "PR_MCE_KILL=",
        "PR_MCE_KILL_GET=",
        "PR_MPX_",
        "PR_PAC_GET_ENABLED_KEYS=",
        "PR_PAC_RESET_KEYS=",
        "PR_PAC_SET_ENABLED_KEYS=",
        "PR_PPC_GET_DEXCR=",
        "PR_PPC_SET_DEXCR=",
        "PR_RISCV_SET_ICACHE_FLUSH_CTX=",
        "PR_RISCV_V_GET_CONTROL=",
        "PR_RISCV_V_SET_CONTROL=",
        "PR_RSEQ_SLICE_EXTENSION=",
        "PR_SCHED_CORE=",
        "PR_SME_GET_VL=",
        "PR_SME_SET_VL=",
        "PR_SVE_GET_VL=",
        "PR_SVE_SET_VL=",
        "PR_TASK_PERF_EVENTS_",
        "PR_TIMER_CREATE_RESTORE_IDS=",
    ])
};
const PERSONA: Reading = Reading {
    others: &["PER_MASK=", "PER_CLEAR_ON_SETID=", "PER_EM_MASK="],
    is_field: true,
    ..number(&["PER_"])
};
const PROTECTION: Reading = flags(&["PROT_"]);
const SIGNAL: Reading = number(&["SIG"]);
const TRACE: Reading = Reading {
    others: &[
        "PTRACE_CFI_",
        "PTRACE_EVENT",
        "PTRACE_GETFDPIC_",
        "PTRACE_O_",
        "PTRACE_PEEKSIGINFO_",
        "PTRACE_PEEKUSR=",
        "PTRACE_POKEUSR=",
        "PTRACE_PROT=",
        "PTRACE_SYSCALL_INFO_",
    ],
    ..number(&["PTRACE_"])
};
const TYPE: Reading = Reading {
    others: &[
        "SOCK_BUF_LOCK_",
        "SOCK_IOC_TYPE=",
        "SOCK_RCVBUF_LOCK=",
        "SOCK_SNDBUF_LOCK=",
        "SOCK_TXREHASH_",
    ],
    number: SOCKET_TYPE,
    ..flags(&["SOCK_"])
};
/// What a process can stop sharing.
const UNSHARED: Reading = flags(&[
    "CLONE_NEW",
    "CLONE_FILES=",
    "CLONE_FS=",
    "CLONE_SIGHAND=",
    "CLONE_SYSVSEM=",
    "CLONE_THREAD=",
    "CLONE_VM=",
]);

/// Calls, the name of a parameter, and how it is read; sorted.
pub(super) const ARGUMENTS: &[(&str, &str, Reading)] = &[
    ("arch_prctl", "option", ARCH),
    ("bpf", "cmd", number(&[])),
    ("clone", "flags", CLONE),
    ("fcntl", "cmd", CONTROL),
    ("fcntl64", "cmd", CONTROL),
    ("getsockopt", "level", LEVEL),
    ("ioctl", "cmd", DEVICE),
    ("keyctl", "option", KEY),
    ("kill", "sig", SIGNAL),
    ("madvise", "behavior", number(&["MADV_"])),
    ("memfd_create", "flags", MEMFD),
    ("mmap", "prot", PROTECTION),
    ("mmap2", "prot", PROTECTION),
    ("mprotect", "prot", PROTECTION),
    ("personality", "personality", PERSONA),
    ("prctl", "option", OPTION),
    ("prlimit64", "resource", number(&["RLIMIT_"])),
    ("ptrace", "request", TRACE),
    ("setns", "flags", flags(&["CLONE_NEW"])),
    ("setsockopt", "level", LEVEL),
    ("socket", "family", FAMILY),
    ("socket", "type", TYPE),
    ("socketpair", "family", FAMILY),
    ("socketpair", "type", TYPE),
    ("tgkill", "sig", SIGNAL),
    ("tkill", "sig", SIGNAL),
    ("unshare", "flags", UNSHARED),
];
