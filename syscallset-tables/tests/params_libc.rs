//! The parameters against the prototypes in the `libc` crate, which its own tests hold against the C headers.

#![cfg(all(target_os = "linux", target_pointer_width = "64", target_env = "gnu"))]

use std::collections::BTreeSet;
use std::ffi::{c_int, c_long, c_uint, c_ulong, c_ushort};
use syscallset_tables::{Arch, Kind, params};

/// What a prototype says about one parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Integer { bits: u32, signed: bool },
    Pointer,
}

/// A type of a parameter.
trait Argument {
    const SHAPE: Shape;
}

impl<T> Argument for *const T {
    const SHAPE: Shape = Shape::Pointer;
}

impl<T> Argument for *mut T {
    const SHAPE: Shape = Shape::Pointer;
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Argument for $integer {
            const SHAPE: Shape = Shape::Integer {
                bits: <$integer>::BITS,
                signed: <$integer>::MIN != 0,
            };
        }
    )*};
}

integers!(c_int c_uint c_ushort c_long c_ulong usize);

/// A C function, seen as the list of its parameters' types.
trait Prototype<A> {
    fn shapes(&self) -> Vec<Shape>;
}

macro_rules! prototypes {
    ($(($($argument:ident)*))*) => {$(
        impl<R, $($argument: Argument),*> Prototype<($($argument,)*)> for unsafe extern "C" fn($($argument),*) -> R {
            fn shapes(&self) -> Vec<Shape> {
                vec![$($argument::SHAPE),*]
            }
        }
    )*};
}

prototypes!(() (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F));

fn shapes<A>(prototype: &impl Prototype<A>) -> Vec<Shape> {
    prototype.shapes()
}

/// Every function of C that passes its parameters on to the call of the same name as they are. Left out are those of
/// variable arity, those that need one more parameter in the kernel, and old calls that only share a name.
#[allow(clippy::too_many_lines)] // one line a function
fn libc_prototypes() -> Vec<(&'static str, Vec<Shape>)> {
    macro_rules! table {
        ($($name:ident($($argument:tt)*);)*) => {
            vec![$((
                stringify!($name),
                shapes(&(libc::$name as unsafe extern "C" fn($($argument),*) -> _)),
            )),*]
        };
    }
    table! {
        accept(_ _ _);
        accept4(_ _ _ _);
        access(_ _);
        acct(_);
        adjtimex(_);
        alarm(_);
        bind(_ _ _);
        chdir(_);
        chmod(_ _);
        chown(_ _ _);
        chroot(_);
        clock_adjtime(_ _);
        clock_getres(_ _);
        clock_gettime(_ _);
        clock_nanosleep(_ _ _ _);
        clock_settime(_ _);
        close(_);
        close_range(_ _ _);
        connect(_ _ _);
        copy_file_range(_ _ _ _ _ _);
        creat(_ _);
        dup(_);
        dup2(_ _);
        dup3(_ _ _);
        epoll_create(_);
        epoll_create1(_);
        epoll_ctl(_ _ _ _);
        epoll_wait(_ _ _ _);
        execve(_ _ _);
        execveat(_ _ _ _ _);
        fallocate(_ _ _ _);
        fanotify_init(_ _);
        fanotify_mark(_ _ _ _ _);
        fchdir(_);
        fchmod(_ _);
        fchown(_ _ _);
        fchownat(_ _ _ _ _);
        fdatasync(_);
        fgetxattr(_ _ _ _);
        flistxattr(_ _ _);
        flock(_ _);
        fremovexattr(_ _);
        fsetxattr(_ _ _ _ _);
        fstatfs(_ _);
        fsync(_);
        ftruncate(_ _);
        ftruncate64(_ _);
        getegid();
        geteuid();
        getgid();
        getgroups(_ _);
        getitimer(_ _);
        getpeername(_ _ _);
        getpgid(_);
        getpgrp();
        getpid();
        getppid();
        getrandom(_ _ _);
        getresgid(_ _ _);
        getresuid(_ _ _);
        getrlimit(_ _);
        getrusage(_ _);
        getsid(_);
        getsockname(_ _ _);
        getsockopt(_ _ _ _ _);
        gettid();
        gettimeofday(_ _);
        getuid();
        getxattr(_ _ _ _);
        inotify_add_watch(_ _ _);
        inotify_init();
        inotify_init1(_);
        inotify_rm_watch(_ _);
        ioperm(_ _ _);
        iopl(_);
        kill(_ _);
        lchown(_ _ _);
        lgetxattr(_ _ _ _);
        link(_ _);
        linkat(_ _ _ _ _);
        listen(_ _);
        listxattr(_ _ _);
        llistxattr(_ _ _);
        lremovexattr(_ _);
        lseek(_ _ _);
        lsetxattr(_ _ _ _ _);
        madvise(_ _ _);
        memfd_create(_ _);
        mincore(_ _ _);
        mkdir(_ _);
        mkdirat(_ _ _);
        mknod(_ _ _);
        mknodat(_ _ _ _);
        mlock(_ _);
        mlock2(_ _ _);
        mlockall(_);
        mmap(_ _ _ _ _ _);
        mount(_ _ _ _ _);
        mprotect(_ _ _);
        mq_notify(_ _);
        mq_timedreceive(_ _ _ _ _);
        mq_timedsend(_ _ _ _ _);
        mq_unlink(_);
        msgctl(_ _ _);
        msgget(_ _);
        msgrcv(_ _ _ _ _);
        msgsnd(_ _ _ _);
        msync(_ _ _);
        munlock(_ _);
        munlockall();
        munmap(_ _);
        name_to_handle_at(_ _ _ _ _);
        nanosleep(_ _);
        open_by_handle_at(_ _ _);
        pause();
        personality(_);
        pipe(_);
        pipe2(_ _);
        poll(_ _ _);
        pread64(_ _ _ _);
        prlimit64(_ _ _ _);
        process_vm_readv(_ _ _ _ _ _);
        process_vm_writev(_ _ _ _ _ _);
        pwrite64(_ _ _ _);
        quotactl(_ _ _ _);
        read(_ _ _);
        readahead(_ _ _);
        readlink(_ _ _);
        readlinkat(_ _ _ _);
        readv(_ _ _);
        recv(_ _ _ _);
        recvfrom(_ _ _ _ _ _);
        recvmmsg(_ _ _ _ _);
        recvmsg(_ _ _);
        remap_file_pages(_ _ _ _ _);
        removexattr(_ _);
        rename(_ _);
        renameat(_ _ _ _);
        renameat2(_ _ _ _ _);
        rmdir(_);
        sched_get_priority_max(_);
        sched_get_priority_min(_);
        sched_getaffinity(_ _ _);
        sched_getparam(_ _);
        sched_getscheduler(_);
        sched_rr_get_interval(_ _);
        sched_setaffinity(_ _ _);
        sched_setparam(_ _);
        sched_setscheduler(_ _ _);
        sched_yield();
        select(_ _ _ _ _);
        semget(_ _ _);
        semop(_ _ _);
        send(_ _ _ _);
        sendfile(_ _ _ _);
        sendfile64(_ _ _ _);
        sendmmsg(_ _ _ _);
        sendmsg(_ _ _);
        sendto(_ _ _ _ _ _);
        setdomainname(_ _);
        setfsgid(_);
        setfsuid(_);
        setgid(_);
        setgroups(_ _);
        sethostname(_ _);
        setitimer(_ _ _);
        setns(_ _);
        setpgid(_ _);
        setpriority(_ _ _);
        setregid(_ _);
        setresgid(_ _ _);
        setresuid(_ _ _);
        setreuid(_ _);
        setrlimit(_ _);
        setsid();
        setsockopt(_ _ _ _ _);
        settimeofday(_ _);
        setuid(_);
        setxattr(_ _ _ _ _);
        shmat(_ _ _);
        shmctl(_ _ _);
        shmdt(_);
        shmget(_ _ _);
        shutdown(_ _);
        sigaltstack(_ _);
        socket(_ _ _);
        socketpair(_ _ _ _);
        splice(_ _ _ _ _ _);
        statfs(_ _);
        statx(_ _ _ _ _);
        swapoff(_);
        swapon(_ _);
        symlink(_ _);
        symlinkat(_ _ _);
        sync();
        sync_file_range(_ _ _ _);
        syncfs(_);
        sysinfo(_);
        tee(_ _ _ _);
        tgkill(_ _ _);
        timer_create(_ _ _);
        timer_delete(_);
        timer_getoverrun(_);
        timer_gettime(_ _);
        timer_settime(_ _ _ _);
        timerfd_create(_ _);
        timerfd_gettime(_ _);
        timerfd_settime(_ _ _ _);
        times(_);
        truncate(_ _);
        truncate64(_ _);
        umask(_);
        umount2(_ _);
        uname(_);
        unlink(_);
        unlinkat(_ _ _);
        unshare(_);
        utime(_ _);
        utimensat(_ _ _ _);
        utimes(_ _);
        vhangup();
        vmsplice(_ _ _ _);
        wait4(_ _ _ _);
        write(_ _ _);
        writev(_ _ _);
    }
}

/// Where the kernel and the prototype differ, by reason.
const DIFFERENCES: &[(&str, &[&str])] = &[
    (
        "the kernel takes a descriptor as unsigned where only real ones make sense",
        &[
            "close.fd",
            "dup.fildes",
            "dup2.newfd",
            "dup2.oldfd",
            "dup3.newfd",
            "dup3.oldfd",
            "fchdir.fd",
            "fchmod.fd",
            "fchown.fd",
            "fdatasync.fd",
            "flock.fd",
            "fstatfs.fd",
            "fsync.fd",
            "ftruncate.fd",
            "lseek.fd",
            "pread64.fd",
            "pwrite64.fd",
            "read.fd",
            "readv.fd",
            "write.fd",
            "writev.fd",
        ],
    ),
    (
        "the kernel and C disagree about the sign of 32 bits",
        &[
            "bind.addrlen",
            "close_range.flags",
            "connect.addrlen",
            "flock.cmd",
            "iopl.level",
            "lseek.whence",
            "mlock2.flags",
            "quotactl.cmd",
            "quotactl.id",
            "readv.vlen",
            "recvfrom.flags",
            "recvmmsg.flags",
            "recvmsg.flags",
            "sendmmsg.flags",
            "sendmsg.flags",
            "sendto.addr_len",
            "sendto.flags",
            "setpriority.which",
            "setpriority.who",
            "setsockopt.optlen",
            "statx.flags",
            "umask.mask",
            "writev.vlen",
        ],
    ),
    (
        "`umode_t` has 16 bits, `mode_t` 32",
        &[
            "chmod.mode",
            "creat.mode",
            "fchmod.mode",
            "mkdir.mode",
            "mkdirat.mode",
            "mknod.mode",
            "mknodat.mode",
        ],
    ),
    (
        "the kernel cuts a long to 32 bits",
        &[
            "mknod.dev",
            "mknodat.dev",
            "personality.personality",
            "poll.nfds",
            "process_vm_readv.liovcnt",
            "process_vm_writev.liovcnt",
            "readlink.bufsiz",
            "readlinkat.bufsiz",
            "sched_getaffinity.len",
            "sched_setaffinity.len",
            "semop.nsops",
            "setdomainname.len",
            "setgroups.gidsetsize",
            "sethostname.len",
            "vmsplice.nr_segs",
        ],
    ),
    (
        "the kernel looks at all 64 bits of what is an int in C",
        &[
            "mmap.flags",
            "mmap.prot",
            "mprotect.prot",
            "remap_file_pages.flags",
            "remap_file_pages.prot",
            "unshare.unshare_flags",
        ],
    ),
    (
        "an address that is worked with, but not read through",
        &[
            "madvise.start",
            "mincore.start",
            "mlock.start",
            "mlock2.start",
            "mmap.addr",
            "mprotect.start",
            "msync.start",
            "munlock.start",
            "munmap.addr",
            "remap_file_pages.start",
        ],
    ),
    (
        "an offset, which cannot be negative here",
        &["mmap.off", "mmap.offset"],
    ),
    (
        "the kernel's timer IDs are integers, the C library's point to something of its own",
        &[
            "timer_delete.timer_id",
            "timer_getoverrun.timer_id",
            "timer_gettime.timer_id",
            "timer_settime.timer_id",
        ],
    ),
];

#[test]
fn prototypes_agree() {
    let native = Arch::from_name(std::env::consts::ARCH).unwrap();
    let mut compared = 0;
    let mut unexplained = Vec::new();
    let mut explained = BTreeSet::new();
    for (call, shapes) in libc_prototypes() {
        let Some(params) = params(native, call) else {
            continue;
        };
        compared += 1;
        assert_eq!(params.len(), shapes.len(), "{call}");
        for (param, shape) in params.iter().zip(shapes) {
            let ours = match param.kind {
                Kind::Pointer => Shape::Pointer,
                kind => Shape::Integer {
                    bits: kind.bits(native),
                    signed: kind.is_signed(),
                },
            };
            let name = format!("{call}.{}", param.name);
            let known = DIFFERENCES
                .iter()
                .any(|(_, names)| names.contains(&name.as_str()));
            match (ours == shape, known) {
                (false, true) => {
                    explained.insert(name);
                }
                (false, false) => unexplained.push(format!("{name}: {ours:?}, in C {shape:?}")),
                (true, true) => unexplained.push(format!("{name}: no difference any more")),
                (true, false) => {}
            }
        }
    }
    println!(
        "{compared} calls compared, {} parameters differ for known reasons",
        explained.len()
    );
    assert_eq!(unexplained, [""; 0]);
    assert!(compared >= 180, "only {compared} calls compared");
}
