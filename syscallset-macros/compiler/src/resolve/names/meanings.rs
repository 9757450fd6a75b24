//! Which constants are flags, and which are values: by the beginnings of their names.

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A value of the whole parameter.
    Value,
    /// A value of some bits, which this names, beside which there may be flags.
    Field(&'static str),
    /// One or some bits that may stand beside others.
    Flag,
}

/// Names by their beginnings, the longest that fits decides; names that are left out are not looked at.
/// What ends with `=` is a whole name.
const MEANINGS: &[(&str, Option<Meaning>)] = {
    use Meaning::{Field, Flag, Value};
    const TYPE: Meaning = Field("0xf");
    const ACCESS: Meaning = Field("O_ACCMODE");
    const SHARING: Meaning = Field("MAP_TYPE");
    const FUTEX: Meaning = Field("FUTEX_CMD_MASK");
    &[
        ("ADDR_", Some(Flag)),
        ("AF_", Some(Value)),
        ("ARCH_", Some(Value)),
        ("ARCH_SHSTK_SHSTK=", None),
        ("ARCH_SHSTK_WRSS=", None),
        ("AT_", Some(Flag)),
        ("AT_FDCWD=", Some(Value)),
        ("AT_STATX_", None),
        ("BLK", Some(Value)),
        ("BPF_", Some(Value)),
        ("BPF_COMMON_ATTRS=", Some(Flag)),
        ("CLOCK_", Some(Value)),
        ("CLONE_", Some(Flag)),
        ("CLOSE_RANGE_", Some(Flag)),
        ("EFD_", Some(Flag)),
        ("EPOLL_CLOEXEC=", Some(Flag)),
        ("EPOLL_CTL_", Some(Value)),
        ("FAN_", Some(Flag)),
        ("FD_CLOEXEC=", Some(Flag)),
        ("FI", Some(Value)),
        ("FUTEX_CMP_REQUEUE", Some(FUTEX)),
        ("FUTEX_LOCK_PI", Some(FUTEX)),
        ("FUTEX_REQUEUE", Some(FUTEX)),
        ("FUTEX_TRYLOCK_PI", Some(FUTEX)),
        ("FUTEX_UNLOCK_PI=", Some(FUTEX)),
        ("FUTEX_UNLOCK_PI_PRIVATE=", Some(FUTEX)),
        ("FUTEX_WAIT", Some(FUTEX)),
        ("FUTEX_WAITERS=", None),
        ("FUTEX_WAKE", Some(FUTEX)),
        ("F_", Some(Value)),
        ("F_SEAL_", Some(Flag)),
        ("GRND_", Some(Flag)),
        ("IN_", Some(Flag)),
        ("IPPROTO_", Some(Value)),
        ("IPV6_", Some(Value)),
        ("IP_", Some(Value)),
        ("ITIMER_", Some(Value)),
        ("KD", Some(Value)),
        ("KEYCTL_", Some(Value)),
        ("KVM_", Some(Value)),
        ("LOOP_", Some(Value)),
        ("MADV_", Some(Value)),
        ("MAP_", Some(Flag)),
        ("MAP_HUGE_", None),
        ("MAP_PRIVATE=", Some(SHARING)),
        ("MAP_SHARED=", Some(SHARING)),
        ("MAP_SHARED_VALIDATE=", Some(SHARING)),
        ("MAP_TYPE=", None),
        ("MCL_", Some(Flag)),
        ("MFD_", Some(Flag)),
        ("MFD_HUGE_", None),
        ("MLOCK_", Some(Flag)),
        ("MNT_", Some(Flag)),
        ("MREMAP_", Some(Flag)),
        ("MSG_", Some(Flag)),
        ("MS_", Some(Flag)),
        ("NETLINK_", Some(Value)),
        ("O_", Some(Flag)),
        ("O_ACCMODE=", None),
        ("O_RDONLY=", Some(ACCESS)),
        ("O_RDWR=", Some(ACCESS)),
        ("O_WRONLY=", Some(ACCESS)),
        ("PER_", Some(Field("PER_MASK"))),
        ("PER_CLEAR_ON_SETID=", None),
        ("PER_MASK=", None),
        ("PF_", Some(Value)),
        ("PIDFD_NONBLOCK=", Some(Flag)),
        ("PIDFD_THREAD=", Some(Flag)),
        ("PRIO_", Some(Value)),
        ("PROT_", Some(Flag)),
        ("PR_CAP", Some(Value)),
        ("PR_GET_", Some(Value)),
        ("PR_SET_", Some(Value)),
        ("PTRACE_", Some(Value)),
        ("PTRACE_EVENT", None),
        ("PTRACE_O_", Some(Flag)),
        ("RENAME_", Some(Flag)),
        ("RLIMIT_", Some(Value)),
        ("RND", Some(Value)),
        ("RWF_", Some(Flag)),
        ("SEEK_", Some(Value)),
        ("SFD_", Some(Flag)),
        ("SHUT_", Some(Value)),
        ("SIG", Some(Value)),
        ("SIOC", Some(Value)),
        ("SOCK_CLOEXEC=", Some(Flag)),
        ("SOCK_DCCP=", Some(TYPE)),
        ("SOCK_DGRAM=", Some(TYPE)),
        ("SOCK_NONBLOCK=", Some(Flag)),
        ("SOCK_PACKET=", Some(TYPE)),
        ("SOCK_RAW=", Some(TYPE)),
        ("SOCK_RDM=", Some(TYPE)),
        ("SOCK_SEQPACKET=", Some(TYPE)),
        ("SOCK_STREAM=", Some(TYPE)),
        ("SOL_", Some(Value)),
        ("SO_", Some(Value)),
        ("SPLICE_F_", Some(Flag)),
        ("S_I", Some(Flag)),
        ("S_IF", None),
        ("TC", Some(Value)),
        ("TCP_", Some(Value)),
        ("TFD_", Some(Flag)),
        ("TIOC", Some(Value)),
        ("TIOCM_", None),
        ("TIOCPKT_", None),
        ("TIOCSER_", None),
        ("TUNGET", Some(Value)),
        ("TUNSET", Some(Value)),
        ("UFFDIO_", Some(Value)),
        ("UMOUNT_", Some(Flag)),
        ("VHOST_", Some(Value)),
    ]
};

/// Whether a constant's name begins with a pattern, or is just that where the pattern ends with `=`.
pub fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('=') {
        Some(whole) => name == whole,
        None => name.starts_with(pattern),
    }
}

/// What a constant stands for, if it is looked at.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    let fitting = MEANINGS.iter().filter(|(pattern, _)| fits(pattern, name));
    fitting
        .max_by_key(|(pattern, _)| pattern.len())
        .and_then(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use syscallset_tables::{constant_archs, constant_names};

    use super::{MEANINGS, Meaning, fits};

    #[test]
    fn every_beginning_is_that_of_a_constant() {
        for (pattern, meaning) in MEANINGS {
            let mut names = constant_names();
            assert!(names.any(|name| fits(pattern, name)), "{pattern}");
            if let Some(Meaning::Field(field)) = meaning {
                let known = constant_archs(field).next().is_some() || *field == "0xf";
                assert!(known, "{field}");
            }
        }
    }
}
