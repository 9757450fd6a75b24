//! Constants that do not say what they seem to in the place where they stand are faults; those that do,
//! are none.

mod faults;

use faults::{assert_right, faults};
use syscallset_compiler::error::ErrorKind;

fn kinds(source: &str) -> Vec<&'static str> {
    let kinds = faults(source).into_iter().map(|error| match error.kind {
        ErrorKind::JoinedValues { .. } => "joined",
        ErrorKind::ValueAsMask { .. } => "mask",
        ErrorKind::OtherFlags { .. } => "flags",
        ErrorKind::OrderedFlags { .. } => "ordered",
        other => panic!("{source}: {other:?}"),
    });
    kinds.collect()
}

#[test]
fn names_say_what_they_seem_to() {
    for (source, expected) in [
        ("@known ~socket(domain=AF_INET|AF_INET6)", "joined"),
        ("socket(domain=AF_UNIX|AF_INET)", "joined"),
        ("ioctl(cmd=TCGETS|TIOCGWINSZ)", "joined"),
        (
            "@known ~prctl(option=PR_SET_MM|PR_SET_PTRACER):EPERM",
            "joined",
        ),
        (
            "@known ~ptrace(request=PTRACE_ATTACH|PTRACE_SEIZE):EPERM",
            "joined",
        ),
        ("@known ~kill(sig=SIGKILL|SIGTERM):EPERM", "joined"),
        ("@known ~fcntl(cmd=F_SETFL|F_SETFD):EPERM", "joined"),
        ("socket(type=SOCK_STREAM|SOCK_DGRAM)", "joined"),
        ("open(flags=O_WRONLY|O_RDWR)", "joined"),
        (
            "@default ~mmap2 mmap2(flags=MAP_SHARED|MAP_PRIVATE)",
            "joined",
        ),
        (
            "@default ~futex_time64 futex_time64(op=FUTEX_WAIT|FUTEX_WAKE)",
            "joined",
        ),
        ("socket(type&SOCK_STREAM=SOCK_STREAM)", "mask"),
        ("open(flags&O_WRONLY=0)", "mask"),
        ("open(flags&O_RDWR|O_CREAT=0)", "mask"),
        ("socket(domain&AF_UNIX!=0)", "mask"),
        (
            "@default ~mmap2 mmap2(flags&MAP_PRIVATE=MAP_PRIVATE)",
            "mask",
        ),
        ("@known ~socket(type<=SOCK_DGRAM):EPERM", "ordered"),
        ("open(flags>O_RDONLY)", "ordered"),
        ("@known ~mprotect(prot<=PROT_EXEC):EPERM", "ordered"),
        ("@known ~mprotect(prot=PROT_EXEC):EPERM", "flags"),
        ("@known ~socket(type=SOCK_RAW):EPERM", "flags"),
        ("socket(type!=SOCK_RAW)", "flags"),
        ("@known ~unshare(flags=CLONE_NEWUSER):EPERM", "flags"),
        ("@known ~personality(persona=PER_LINUX32):EPERM", "flags"),
        ("@known ~futex_time64(op=FUTEX_LOCK_PI):EPERM", "flags"),
        ("@known ~memfd_create(flags=MFD_EXEC):EPERM", "flags"),
    ] {
        assert_eq!(kinds(source), [expected], "{source}");
    }
    for source in [
        "open(flags=O_RDONLY|O_CLOEXEC)",
        "open(flags&O_ACCMODE|O_CREAT=O_RDONLY)",
        "socket(type=SOCK_STREAM|SOCK_CLOEXEC)",
        "socket(type&0xf=SOCK_STREAM)",
        "@known ~socket(type&0xf=SOCK_RAW):EPERM",
        "@known ~socket(type&0xffffffff=SOCK_RAW):EPERM",
        "@default ~mmap2 mmap2(flags&MAP_TYPE=MAP_PRIVATE)",
        "@default ~mmap2 mmap2(flags=MAP_PRIVATE|MAP_ANONYMOUS)",
        "@default ~futex_time64 futex_time64(op=FUTEX_WAIT|FUTEX_PRIVATE_FLAG)",
        "@known ~mprotect(prot&PROT_EXEC!=0):EPERM",
        "@known ~mprotect(prot&PROT_WRITE|PROT_EXEC=PROT_WRITE|PROT_EXEC):EPERM",
        "@known ~mprotect(prot=PROT_NONE):EPERM",
        "@known ~unshare(flags&CLONE_NEWUSER|CLONE_NEWNS!=0):EPERM",
        "@known ~dup3(flags!=O_CLOEXEC):EPERM",
        "@known ~kill(sig=SIGKILL):EPERM",
        "@known ~openat(dfd=AT_FDCWD) ~open ~creat ~openat2",
        "@known ~ioctl(cmd=TIOCSTI):EPERM",
        "personality(persona=PER_LINUX)",
        "@known ~mprotect(prot&PROT_EXEC>0):EPERM",
        "prctl(option<=PR_GET_NAME)",
        "@known ~prlimit64 prlimit64(resource<RLIMIT_NOFILE)",
    ] {
        assert_right(source);
    }
}

/// What the message says to write instead compiles, and does what it says.
#[test]
fn the_remedies_are_right() {
    for source in [
        "@known ~mprotect(prot=PROT_EXEC):EPERM",
        "@known ~socket(type=SOCK_RAW|SOCK_CLOEXEC):EPERM",
        "@known ~unshare(flags=CLONE_NEWUSER):EPERM",
        "socket(type!=SOCK_RAW)",
        "@known ~futex_time64(op=FUTEX_LOCK_PI):EPERM",
    ] {
        let mut errors = faults(source);
        let error = errors.remove(0);
        let ErrorKind::OtherFlags { instead, exactly } = error.kind else {
            panic!("{source}")
        };
        for remedy in [instead, exactly] {
            let mut mended = source.to_owned();
            mended.replace_range(error.span.start..error.span.end, &remedy);
            assert_right(&mended);
        }
    }
}

/// `AF_INET` is the number of `SOCK_DGRAM`, of any domain.
#[test]
fn constants_of_other_parameters() {
    for (source, suggestion) in [
        ("socket(type=AF_INET)", Some("domain=AF_INET")),
        ("socket(0=SOCK_STREAM)", Some("type=SOCK_STREAM")),
        ("@known ~mprotect(prot&MAP_SHARED!=0):EPERM", None),
        ("@known ~prctl(option=PTRACE_ATTACH):EPERM", None),
        ("@known ~kill(sig=AF_UNIX):EPERM", None),
        ("ioctl(cmd=F_SETFL)", None),
    ] {
        let found = faults(source)
            .into_iter()
            .find_map(|error| match error.kind {
                ErrorKind::OtherFamily { suggestion, .. } => Some(suggestion),
                _ => None,
            });
        let suggestion = suggestion.map(str::to_owned);
        assert_eq!(found, Some(suggestion), "{source}");
    }
    for source in [
        "setsockopt(level=IPPROTO_TCP, optname=TCP_NODELAY)",
        "setsockopt(level=SOL_SOCKET, optname=SO_MARK)",
        "clone(flags&CLONE_VM|CLONE_VFORK=CLONE_VM)",
        "clone(flags=CLONE_VM|SIGCHLD)",
        "ioctl(cmd=FIONREAD) ioctl(cmd=BLKGETSIZE64)",
        "personality(persona=ADDR_NO_RANDOMIZE|PER_LINUX)",
        "socket(domain=PF_UNIX, type=SOCK_STREAM|SOCK_NONBLOCK)",
    ] {
        assert_right(source);
    }
}
