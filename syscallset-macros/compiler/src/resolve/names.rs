//! Constants in places where they do not say what they seem to.
//!
//! Some names stand for a bit, others for a value of a field of several bits. Joined by `|`, two values
//! make a third one: `AF_UNIX|AF_INET` is `AF_AX25`. As a mask, a value lets others through:
//! `type&SOCK_STREAM=SOCK_STREAM` is true of `SOCK_RAW`. And a refusal of exactly one flag, or of one value
//! of a field beside which there are flags, is walked around by any other flag: `~mmap(prot=PROT_EXEC)`; and
//! so is an ordering of them: `~socket(type<=SOCK_DGRAM)`.

use syscallset_tables::Arch;

use super::Resolver;
use crate::action::Action;
use crate::error::ErrorKind;
use crate::filter::{Item, ParsedCondition, ParsedValue, TermKind};
use crate::lowered::Op;
use crate::span::Span;

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
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

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('=') {
        Some(whole) => name == whole,
        None => name.starts_with(pattern),
    }
}

fn meaning(name: &str) -> Option<Meaning> {
    let fitting = MEANINGS.iter().filter(|(pattern, _)| fits(pattern, name));
    fitting
        .max_by_key(|(pattern, _)| pattern.len())
        .and_then(|(_, meaning)| *meaning)
}

/// The names of a value and what they stand for.
fn meanings<'s>(value: &ParsedValue<'s>) -> impl Iterator<Item = (&'s str, Span, Meaning)> {
    value.terms.iter().filter_map(|term| match term.kind {
        TermKind::Integer(_) => None,
        TermKind::Constant(name) => Some((name, term.span, meaning(name)?)),
    })
}

impl Resolver<'_, '_> {
    /// Finds fault with names in the conditions of an item.
    pub(super) fn check_names(&mut self, item: &Item<'_>, action: Action) {
        for condition in &item.conditions {
            let fault = condition
                .mask
                .iter()
                .chain([&condition.value])
                .find_map(joined)
                .or_else(|| masking(condition))
                .or_else(|| ordered(condition))
                .or_else(|| exact(condition, action != Action::Allow, self.policy.arch));
            if let Some((kind, span)) = fault {
                self.fault(kind, span);
            }
        }
    }
}

/// Two values that are joined.
fn joined(value: &ParsedValue<'_>) -> Option<(ErrorKind, Span)> {
    let mut values = meanings(value).filter(|(_, _, meaning)| *meaning != Meaning::Flag);
    let (first, second) = (values.next()?, values.next()?);
    let kind = ErrorKind::JoinedValues {
        first: first.0.to_owned(),
        second: second.0.to_owned(),
    };
    Some((kind, value.span))
}

/// A value as a mask.
fn masking(condition: &ParsedCondition<'_>) -> Option<(ErrorKind, Span)> {
    meanings(condition.mask.as_ref()?).find_map(|(name, span, meaning)| {
        let field = match meaning {
            Meaning::Flag => return None,
            Meaning::Value => None,
            Meaning::Field(field) => Some(field),
        };
        let kind = ErrorKind::ValueAsMask {
            parameter: condition.parameter.to_owned(),
            name: name.to_owned(),
            field,
        };
        Some((kind, span))
    })
}

/// An ordering of flags: another flag makes the number greater, or less.
fn ordered(condition: &ParsedCondition<'_>) -> Option<(ErrorKind, Span)> {
    if condition.mask.is_some() || matches!(condition.op, Op::Eq | Op::Ne) {
        return None;
    }
    let mut meanings = meanings(&condition.value);
    let (name, _, meaning) = meanings.find(|(_, _, meaning)| *meaning != Meaning::Value)?;
    let field = match meaning {
        Meaning::Field(field) => field,
        _ => name,
    };
    let kind = ErrorKind::OrderedFlags {
        masked: format!("{}&{field}", condition.parameter),
    };
    Some((kind, condition.span))
}

/// A refusal of exactly some flags.
fn exact(condition: &ParsedCondition<'_>, refuses: bool, arch: Arch) -> Option<(ErrorKind, Span)> {
    let lets_others_through = match condition.op {
        Op::Eq => refuses,
        Op::Ne => !refuses,
        _ => false,
    };
    if condition.mask.is_some() || !lets_others_through {
        return None;
    }
    let among_flags = |value| meanings(value).filter(|(_, _, meaning)| *meaning != Meaning::Value);
    let zero = |name: &str| syscallset_tables::constant(arch, name) == Some(0);
    // `PROT_NONE` is no flag that could stand beside others.
    if among_flags(&condition.value)
        .all(|(name, _, meaning)| meaning == Meaning::Flag && zero(name))
    {
        return None;
    }
    let names: Vec<&str> = among_flags(&condition.value)
        .map(|(name, ..)| name)
        .collect();
    let masks: Vec<&str> = among_flags(&condition.value)
        .map(|(name, _, meaning)| match meaning {
            Meaning::Field(field) => field,
            _ => name,
        })
        .collect();
    let (parameter, op) = (condition.parameter, condition.op);
    let kind = ErrorKind::OtherFlags {
        instead: format!("{parameter}&{}{op}{}", masks.join("|"), names.join("|")),
        exactly: format!("{parameter}&0xffffffff{op}{}", condition.value),
    };
    Some((kind, condition.span))
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
