//! Which of the names in the headers become constants.

use super::output::Candidate;

/// Where names with a certain beginning are taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// Wherever they come.
    Anything,
    /// The members of one enumeration. The rest belongs to structures that a filter does not see.
    Enumeration(&'static str),
    /// Macros only: the enumerations are for structures.
    Macros,
    /// Macros made with `_IO`, `_IOR`, `_IOW` or `_IOWR`, for the same reason.
    Requests,
}

/// The beginnings of the names that are of use in conditions, sorted. `ETH_P_*` is not among them: sockets take it in
/// network byte order, so that its plain value never is the right one.
#[rustfmt::skip]
const BEGINNINGS: &[(&str, From)] = &[
    ("ADDR_", From::Anything),
    ("ADJ_", From::Anything),
    ("AF_", From::Anything),
    ("ARCH_", From::Anything),
    ("AT_", From::Anything),
    ("BLK", From::Anything),
    ("BPF_", From::Enumeration("bpf_cmd")),
    ("CAP_", From::Anything),
    ("CLOCK_", From::Anything),
    ("CLONE_", From::Anything),
    ("CLOSE_RANGE_", From::Anything),
    ("DN_", From::Anything),
    ("EFD_", From::Anything),
    ("EPOLL", From::Anything),
    ("FALLOC_FL_", From::Anything),
    ("FAN_", From::Anything),
    ("FDPIC_FUNCPTRS", From::Anything),
    ("FD_CLOEXEC", From::Anything),
    ("FIBMAP", From::Anything),
    ("FICLONE", From::Anything),
    ("FIDEDUPERANGE", From::Anything),
    ("FIFREEZE", From::Anything),
    ("FIGETBSZ", From::Anything),
    ("FIO", From::Anything),
    ("FITHAW", From::Anything),
    ("FITRIM", From::Anything),
    ("FSCONFIG_", From::Anything),
    ("FSMOUNT_", From::Anything),
    ("FSOPEN_", From::Anything),
    ("FSPICK_", From::Anything),
    ("FS_IOC_", From::Anything),
    ("FUTEX2_", From::Anything),
    ("FUTEX_", From::Anything),
    ("F_", From::Anything),
    ("GETALL", From::Anything),
    ("GETNCNT", From::Anything),
    ("GETPID", From::Anything),
    ("GETVAL", From::Anything),
    ("GETZCNT", From::Anything),
    ("GIO_", From::Anything),
    ("GRND_", From::Anything),
    ("IN_", From::Anything),
    ("IOPRIO_", From::Anything),
    ("IORING_ENTER_", From::Anything),
    ("IORING_REGISTER_", From::Anything),
    ("IORING_SETUP_", From::Anything),
    ("IORING_UNREGISTER_", From::Anything),
    ("IPC_", From::Anything),
    ("IPPROTO_", From::Anything),
    ("IPV6_", From::Anything),
    ("IP_", From::Anything),
    ("ITIMER_", From::Anything),
    ("KCMP_", From::Anything),
    ("KD", From::Anything),
    ("KEXEC_", From::Anything),
    ("KEYCTL_", From::Anything),
    ("KEY_REQKEY_", From::Anything),
    ("KEY_SPEC_", From::Anything),
    ("KVM_", From::Requests),
    ("LANDLOCK_", From::Anything),
    ("LINUX_REBOOT_", From::Anything),
    ("LOCK_", From::Anything),
    ("LOOP_", From::Anything),
    ("MADV_", From::Anything),
    ("MAP_", From::Anything),
    ("MCAST_", From::Anything),
    ("MCL_", From::Anything),
    ("MEMBARRIER_", From::Anything),
    ("MFD_", From::Anything),
    ("MLOCK_", From::Anything),
    ("MMAP_PAGE_ZERO", From::Anything),
    ("MNT_", From::Anything),
    ("MODULE_INIT_", From::Anything),
    ("MOUNT_ATTR_", From::Anything),
    ("MOVE_MOUNT_", From::Anything),
    ("MPOL_", From::Anything),
    ("MREMAP_", From::Anything),
    ("MSG_", From::Anything),
    ("MS_", From::Anything),
    ("NETLINK_", From::Anything),
    ("NS_", From::Requests),
    ("OPEN_TREE_", From::Anything),
    ("O_", From::Anything),
    ("PACKET_", From::Anything),
    ("PERF_EVENT_IOC_", From::Anything),
    ("PERF_FLAG_", From::Anything),
    ("PER_", From::Anything),
    ("PF_", From::Anything),
    ("PIDFD_", From::Anything),
    ("PIO_", From::Anything),
    ("PKEY_", From::Anything),
    ("POLL", From::Anything),
    ("PRIO_", From::Anything),
    ("PROT_", From::Anything),
    ("PR_", From::Anything),
    ("PTRACE_", From::Anything),
    ("P_", From::Anything),
    ("Q_", From::Anything),
    ("READ_IMPLIES_EXEC", From::Anything),
    ("RENAME_", From::Anything),
    ("RESOLVE_", From::Anything),
    ("RLIMIT_", From::Anything),
    ("RND", From::Anything),
    ("RUSAGE_", From::Anything),
    ("RWF_", From::Anything),
    ("R_OK", From::Anything),
    ("SA_", From::Anything),
    ("SCHED_", From::Anything),
    ("SCM_", From::Anything),
    ("SECCOMP_", From::Anything),
    ("SEEK_", From::Anything),
    ("SEM", From::Anything),
    ("SETALL", From::Anything),
    ("SETVAL", From::Anything),
    ("SFD_", From::Anything),
    ("SHADOW_STACK_", From::Anything),
    ("SHM_", From::Anything),
    ("SHORT_INODE", From::Anything),
    ("SHUT_", From::Anything),
    ("SIG", From::Anything),
    ("SIOC", From::Anything),
    ("SI_", From::Anything),
    ("SOCK_", From::Anything),
    ("SOL_", From::Anything),
    ("SO_", From::Anything),
    ("SPLICE_", From::Anything),
    ("SS_", From::Anything),
    ("STATX_", From::Anything),
    ("STDERR_FILENO", From::Anything),
    ("STDIN_FILENO", From::Anything),
    ("STDOUT_FILENO", From::Anything),
    ("STICKY_TIMEOUTS", From::Anything),
    ("SWAP_FLAG_", From::Anything),
    ("SYNC_FILE_RANGE_", From::Anything),
    ("SYSLOG_ACTION_", From::Anything),
    ("SYS_", From::Anything),
    ("S_I", From::Anything),
    ("TCFLSH", From::Anything),
    ("TCGET", From::Anything),
    ("TCI", From::Anything),
    ("TCO", From::Anything),
    ("TCP_", From::Macros),
    ("TCS", From::Anything),
    ("TCXONC", From::Anything),
    ("TFD_", From::Anything),
    ("TIMER_", From::Anything),
    ("TIOC", From::Anything),
    ("TUN", From::Anything),
    ("UDP_", From::Macros),
    ("UFFDIO_", From::Requests),
    ("UFFD_", From::Anything),
    ("UMOUNT_", From::Anything),
    ("UNAME26", From::Anything),
    ("VHOST_", From::Requests),
    ("VT_", From::Anything),
    ("WCONTINUED", From::Anything),
    ("WEXITED", From::Anything),
    ("WHOLE_SECONDS", From::Anything),
    ("WNOHANG", From::Anything),
    ("WNOWAIT", From::Anything),
    ("WSTOPPED", From::Anything),
    ("WUNTRACED", From::Anything),
    ("W_OK", From::Anything),
    ("XATTR_CREATE", From::Anything),
    ("XATTR_REPLACE", From::Anything),
    ("X_OK", From::Anything),
    ("__W", From::Anything),
];

/// Names with those beginnings that are left out, each with its reason in front.
const LEFT_OUT: &[&str] = &[
    // The C libraries keep the first real-time signals for themselves and give these names to the others.
    "SIGRTMIN", "SIGRTMAX",
];

/// The ends of names that count or delimit others and grow with every kernel.
const COUNTING: &[&str] = &["_MAX", "_LAST", "_LAST_CAP"];

/// A name that only looks like those.
const NOT_COUNTING: &[&str] = &["SCHED_FLAG_UTIL_CLAMP_MAX"];

/// Whether a candidate is to become a constant.
pub(super) fn wanted(candidate: &Candidate) -> bool {
    let name = candidate.name.as_str();
    let from = BEGINNINGS
        .iter()
        .filter(|(beginning, _)| name.starts_with(beginning))
        .max_by_key(|(beginning, _)| beginning.len())
        .map(|(_, from)| *from);
    let there = match from {
        None => false,
        Some(From::Anything) => true,
        Some(From::Macros) => candidate.enumeration.is_none(),
        Some(From::Enumeration(name)) => candidate.enumeration.as_deref() == Some(name),
        Some(From::Requests) => candidate.body.starts_with("_IO"),
    };
    let counts = COUNTING.iter().any(|end| name.ends_with(end)) && !NOT_COUNTING.contains(&name);
    there && !LEFT_OUT.contains(&name) && !counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(name: &str, body: &str, enumeration: Option<&str>) -> Candidate {
        Candidate {
            name: name.to_owned(),
            body: body.to_owned(),
            enumeration: enumeration.map(str::to_owned),
        }
    }

    #[test]
    fn beginnings_are_sorted_and_the_longest_counts() {
        assert!(BEGINNINGS.is_sorted_by(|one, other| one.0 < other.0));
        assert!(wanted(&candidate("F_SETFL", "4", None)));
        assert!(wanted(&candidate("FUTEX_WAIT", "0", None)));
        assert!(!wanted(&candidate("EXT4_MAGIC", "1", None)));
    }

    #[test]
    fn some_come_from_one_place_only() {
        assert!(wanted(&candidate("BPF_PROG_LOAD", "", Some("bpf_cmd"))));
        assert!(!wanted(&candidate(
            "BPF_FUNC_bind",
            "",
            Some("bpf_func_id")
        )));
        assert!(!wanted(&candidate("BPF_ALU64", "0x07", None)));
        assert!(wanted(&candidate("KVM_RUN", "_IO(KVMIO, 0x80)", None)));
        assert!(!wanted(&candidate("KVM_CAP_IRQCHIP", "0", None)));
        assert!(!wanted(&candidate("SIGRTMIN", "32", None)));
        assert!(!wanted(&candidate("AF_MAX", "46", None)));
    }
}
