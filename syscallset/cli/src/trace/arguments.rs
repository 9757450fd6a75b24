//! The arguments worth remembering: those that conditions of a filter commonly test.

use syscallset_tables::{Arch, Params, Place, constant, constant_names, params};

/// How an argument is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One of a list of names that begin like this.
    One(&'static [&'static str]),
    /// Some of a list of single bits with names that begin like this.
    Bits(&'static [&'static str]),
}

use Meaning::{Bits, One};

/// Calls, the position of an argument, and what it means. Positions, because parameters have several
/// names.
const ARGUMENTS: &[(&str, usize, Meaning)] = &[
    ("arch_prctl", 0, One(&["ARCH_"])),
    ("bpf", 0, One(&["BPF_"])),
    ("clone", 0, Bits(&["CLONE_"])),
    ("epoll_ctl", 1, One(&["EPOLL_CTL_"])),
    ("fcntl", 1, One(&["F_"])),
    ("fcntl64", 1, One(&["F_"])),
    ("getsockopt", 1, One(&["SOL_"])),
    ("getsockopt", 2, One(&[])),
    ("ioctl", 1, One(&["TC", "TIOC", "FIO", "SIOC", "FS_IOC_", "BLK"])),
    ("keyctl", 0, One(&["KEYCTL_"])),
    ("kill", 1, One(&["SIG"])),
    ("madvise", 2, One(&["MADV_"])),
    ("memfd_create", 1, Bits(&["MFD_"])),
    ("mmap", 2, Bits(&["PROT_"])),
    ("mmap2", 2, Bits(&["PROT_"])),
    ("mprotect", 2, Bits(&["PROT_"])),
    ("personality", 0, One(&["PER_"])),
    ("prctl", 0, One(&["PR_"])),
    ("prlimit64", 1, One(&["RLIMIT_"])),
    ("ptrace", 0, One(&["PTRACE_"])),
    ("seccomp", 0, One(&["SECCOMP_SET_", "SECCOMP_GET_"])),
    ("setns", 1, Bits(&["CLONE_"])),
    ("setsockopt", 1, One(&["SOL_"])),
    ("setsockopt", 2, One(&[])),
    ("socket", 0, One(&["AF_"])),
    ("socket", 1, One(&["SOCK_"])),
    ("socket", 2, One(&["IPPROTO_"])),
    ("socketcall", 0, One(&["SYS_"])),
    ("socketpair", 0, One(&["AF_"])),
    ("tgkill", 2, One(&["SIG"])),
    ("tkill", 1, One(&["SIG"])),
    ("unshare", 0, Bits(&["CLONE_"])),
];

/// An argument worth remembering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    /// Its position.
    pub(super) index: usize,
    /// The kernel's name for it.
    pub(super) name: &'static str,
    /// What it means.
    pub(super) meaning: Meaning,
    /// The bits that the kernel reads.
    pub(super) mask: u64,
}

/// The arguments of a call that are worth remembering.
pub(super) fn arguments(arch: Arch, call: &str) -> Vec<Argument> {
    let Some(params) = params(arch, call) else {
        return Vec::new();
    };
    let of_call = ARGUMENTS.iter().filter(|(name, _, _)| *name == call);
    of_call.filter_map(|&(_, position, meaning)| argument(&params, arch, position, meaning)).collect()
}
