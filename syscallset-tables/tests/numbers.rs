//! The numbers against tables that other people made from other sources.

use seccompiler::TargetArch;
use std::collections::{BTreeMap, BTreeSet};
use syscallset_tables::{Arch, CALLS};

/// Calls that `system-calls` leaves out because the kernel has no code for them any more. Their numbers stay
/// reserved, and `@obsolete` needs them.
const REMOVED: &[&str] = &[
    "_sysctl",
    "afs_syscall",
    "bdflush",
    "break",
    "create_module",
    "ftime",
    "get_kernel_syms",
    "getpmsg",
    "gtty",
    "idle",
    "lock",
    "mpx",
    "nfsservctl",
    "prof",
    "profil",
    "putpmsg",
    "query_module",
    "security",
    "stty",
    "tuxcall",
    "ulimit",
    "uselib",
    "vserver",
];

/// The kernel's own name of what every other architecture calls `sync_file_range2`; both names are in our table.
const SECOND_NAME: &str = "arm_sync_file_range";

/// The table of `system-calls` for an architecture; byte order never changes a number.
fn system_calls(arch: Arch) -> BTreeMap<&'static str, u32> {
    let column = match arch {
        Arch::Aarch64Be => "aarch64",
        Arch::Armeb => "arm",
        Arch::Powerpc64le => "powerpc64",
        Arch::Mipsel => "mips",
        Arch::Mips64el => "mips64",
        _ => arch.name(),
    };
    let mut lines = include_str!("data/system-calls.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let index = lines
        .next()
        .and_then(|line| line.split(' ').position(|word| word == column))
        .expect(column);
    let table: BTreeMap<_, _> = lines
        .filter_map(|line| {
            let number = line.split(' ').nth(index)?.parse().ok()?;
            Some((line.split(' ').next()?, number))
        })
        .collect();
    assert!(table.len() > 300, "{column}: {} calls", table.len());
    table
}

#[test]
fn every_number_is_that_of_system_calls() {
    for &arch in Arch::ALL {
        let theirs = system_calls(arch);
        for (name, &number) in &theirs {
            assert_eq!(arch.number(name), Some(number), "{}: {name}", arch.name());
        }
        let only_ours: Vec<_> = arch
            .calls()
            .iter()
            .map(|call| call.name)
            .filter(|name| !theirs.contains_key(name))
            .filter(|name| !REMOVED.contains(name) && *name != SECOND_NAME)
            .collect();
        assert!(only_ours.is_empty(), "{}: {only_ours:?}", arch.name());
    }
}

/// The number that seccompiler has for a name, read out of a program that it compiles for it.
fn seccompiler(arch: TargetArch, name: &str) -> Option<u32> {
    /// `ld [0]`, the number; `jeq`, the comparison with a constant.
    const LOAD_NUMBER: (u16, u32) = (0x20, 0);
    const EQUAL: u16 = 0x15;
    let filter = format!(
        r#"{{"f": {{"mismatch_action": "kill_process", "match_action": "allow", "filter": [{{"syscall": "{name}"}}]}}}}"#
    );
    let programs = seccompiler::compile_from_json(filter.as_bytes(), arch).ok()?;
    let program = &programs["f"];
    let load = program
        .iter()
        .position(|step| (step.code, step.k) == LOAD_NUMBER)
        .expect(name);
    let test = &program[load + 1];
    assert_eq!(test.code, EQUAL, "{name}");
    Some(test.k)
}

#[test]
fn every_number_is_that_of_seccompiler() {
    // Newer than its tables, which it made from Linux 6.12 or so.
    let newer: BTreeSet<_> = [
        "file_getattr",
        "file_setattr",
        "getxattrat",
        "listns",
        "listxattrat",
        "open_tree_attr",
        "removexattrat",
        "rseq_slice_yield",
        "setxattrat",
    ]
    .into();
    let architectures = [
        (Arch::X86_64, TargetArch::x86_64, &["uprobe"][..]),
        (Arch::Aarch64, TargetArch::aarch64, &[]),
        (Arch::Riscv64, TargetArch::riscv64, &[]),
    ];
    for (ours, theirs, own) in architectures {
        let mut missing = BTreeSet::new();
        for name in CALLS {
            match (ours.number(name), seccompiler(theirs, name)) {
                (Some(_), None) => assert!(missing.insert(*name)),
                (number, other) => assert_eq!(number, other, "{}: {name}", ours.name()),
            }
        }
        let known: BTreeSet<_> = newer.iter().copied().chain(own.iter().copied()).collect();
        assert_eq!(missing, known, "{}: what seccompiler lacks", ours.name());
    }
}

/// The architecture that this test was compiled for.
#[cfg(any(
    target_arch = "aarch64",
    target_arch = "riscv64",
    all(target_arch = "x86_64", target_pointer_width = "64")
))]
fn native() -> Arch {
    Arch::from_name(std::env::consts::ARCH).expect("one of the three above")
}

macro_rules! libc {
    ($($name:ident)*) => {
        &[$((stringify!($name), libc::$name),)*]
    };
}

/// Calls that `libc` has on x86-64, aarch64 and riscv64, for glibc and for musl.
#[cfg(any(
    target_arch = "aarch64",
    target_arch = "riscv64",
    all(target_arch = "x86_64", target_pointer_width = "64")
))]
#[test]
fn numbers_are_those_of_libc() {
    let common: &[(&str, libc::c_long)] = libc! {
        SYS_accept SYS_accept4 SYS_acct SYS_add_key SYS_adjtimex SYS_bind SYS_bpf SYS_brk SYS_capget
        SYS_capset SYS_chdir SYS_chroot SYS_clock_adjtime SYS_clock_getres SYS_clock_gettime
        SYS_clock_nanosleep SYS_clock_settime SYS_clone SYS_clone3 SYS_close SYS_close_range SYS_connect
        SYS_copy_file_range SYS_delete_module SYS_dup SYS_dup3 SYS_epoll_create1 SYS_epoll_ctl
        SYS_epoll_pwait SYS_eventfd2 SYS_execve SYS_execveat SYS_exit SYS_exit_group SYS_faccessat
        SYS_faccessat2 SYS_fadvise64 SYS_fallocate SYS_fanotify_init SYS_fanotify_mark SYS_fchdir SYS_fchmod
        SYS_fchmodat SYS_fchown SYS_fchownat SYS_fcntl SYS_fdatasync SYS_fgetxattr SYS_finit_module
        SYS_flistxattr SYS_flock SYS_fremovexattr SYS_fsconfig SYS_fsetxattr SYS_fsmount SYS_fsopen
        SYS_fspick SYS_fstat SYS_fstatfs SYS_fsync SYS_ftruncate SYS_futex SYS_get_mempolicy
        SYS_get_robust_list SYS_getcpu SYS_getcwd SYS_getdents64 SYS_getegid SYS_geteuid SYS_getgid
        SYS_getgroups SYS_getitimer SYS_getpeername SYS_getpgid SYS_getpid SYS_getppid SYS_getpriority
        SYS_getrandom SYS_getresgid SYS_getresuid SYS_getrusage SYS_getsid SYS_getsockname SYS_getsockopt
        SYS_gettid SYS_gettimeofday SYS_getuid SYS_getxattr SYS_init_module SYS_inotify_add_watch
        SYS_inotify_init1 SYS_inotify_rm_watch SYS_io_cancel SYS_io_destroy SYS_io_getevents SYS_io_setup
        SYS_io_submit SYS_io_uring_enter SYS_io_uring_register SYS_io_uring_setup SYS_ioctl SYS_ioprio_get
        SYS_ioprio_set SYS_kcmp SYS_kexec_load SYS_keyctl SYS_kill SYS_lgetxattr SYS_linkat SYS_listen
        SYS_listxattr SYS_llistxattr SYS_lookup_dcookie SYS_lremovexattr SYS_lseek SYS_lsetxattr SYS_madvise
        SYS_mbind SYS_membarrier SYS_memfd_create SYS_migrate_pages SYS_mincore SYS_mkdirat SYS_mknodat
        SYS_mlock SYS_mlock2 SYS_mlockall SYS_mmap SYS_mount SYS_move_mount SYS_move_pages SYS_mprotect
        SYS_mq_getsetattr SYS_mq_notify SYS_mq_open SYS_mq_timedreceive SYS_mq_timedsend SYS_mq_unlink
        SYS_mremap SYS_msgctl SYS_msgget SYS_msgrcv SYS_msgsnd SYS_msync SYS_munlock SYS_munlockall
        SYS_munmap SYS_name_to_handle_at SYS_nanosleep SYS_newfstatat SYS_nfsservctl SYS_open_by_handle_at
        SYS_open_tree SYS_openat SYS_openat2 SYS_perf_event_open SYS_personality SYS_pidfd_getfd
        SYS_pidfd_open SYS_pidfd_send_signal SYS_pipe2 SYS_pivot_root SYS_pkey_alloc SYS_pkey_free
        SYS_pkey_mprotect SYS_ppoll SYS_prctl SYS_pread64 SYS_preadv SYS_preadv2 SYS_prlimit64
        SYS_process_vm_readv SYS_process_vm_writev SYS_pselect6 SYS_ptrace SYS_pwrite64 SYS_pwritev
        SYS_pwritev2 SYS_quotactl SYS_read SYS_readahead SYS_readlinkat SYS_readv SYS_reboot SYS_recvfrom
        SYS_recvmmsg SYS_recvmsg SYS_remap_file_pages SYS_removexattr SYS_renameat2 SYS_request_key
        SYS_restart_syscall SYS_rseq SYS_rt_sigaction SYS_rt_sigpending SYS_rt_sigprocmask
        SYS_rt_sigqueueinfo SYS_rt_sigreturn SYS_rt_sigsuspend SYS_rt_sigtimedwait SYS_rt_tgsigqueueinfo
        SYS_sched_get_priority_max SYS_sched_get_priority_min SYS_sched_getaffinity SYS_sched_getattr
        SYS_sched_getparam SYS_sched_getscheduler SYS_sched_rr_get_interval SYS_sched_setaffinity
        SYS_sched_setattr SYS_sched_setparam SYS_sched_setscheduler SYS_sched_yield SYS_seccomp SYS_semctl
        SYS_semget SYS_semop SYS_semtimedop SYS_sendfile SYS_sendmmsg SYS_sendmsg SYS_sendto
        SYS_set_mempolicy SYS_set_robust_list SYS_set_tid_address SYS_setdomainname SYS_setfsgid
        SYS_setfsuid SYS_setgid SYS_setgroups SYS_sethostname SYS_setitimer SYS_setns SYS_setpgid
        SYS_setpriority SYS_setregid SYS_setresgid SYS_setresuid SYS_setreuid SYS_setsid SYS_setsockopt
        SYS_settimeofday SYS_setuid SYS_setxattr SYS_shmat SYS_shmctl SYS_shmdt SYS_shmget SYS_shutdown
        SYS_sigaltstack SYS_signalfd4 SYS_socket SYS_socketpair SYS_splice SYS_statfs SYS_statx SYS_swapoff
        SYS_swapon SYS_symlinkat SYS_sync SYS_syncfs SYS_sysinfo SYS_syslog SYS_tee SYS_tgkill
        SYS_timer_create SYS_timer_delete SYS_timer_getoverrun SYS_timer_gettime SYS_timer_settime
        SYS_timerfd_create SYS_timerfd_gettime SYS_timerfd_settime SYS_times SYS_tkill SYS_truncate
        SYS_umask SYS_umount2 SYS_uname SYS_unlinkat SYS_unshare SYS_userfaultfd SYS_utimensat SYS_vhangup
        SYS_vmsplice SYS_wait4 SYS_waitid SYS_write SYS_writev
    };
    #[cfg(target_arch = "x86_64")]
    let own: &[(&str, libc::c_long)] = libc! {
        SYS__sysctl SYS_access SYS_afs_syscall SYS_alarm SYS_arch_prctl SYS_chmod SYS_chown SYS_creat
        SYS_dup2 SYS_epoll_create SYS_epoll_ctl_old SYS_epoll_wait SYS_epoll_wait_old SYS_eventfd SYS_fork
        SYS_futimesat SYS_get_thread_area SYS_getdents SYS_getpgrp SYS_getpmsg SYS_getrlimit
        SYS_inotify_init SYS_ioperm SYS_iopl SYS_kexec_file_load SYS_lchown SYS_link SYS_lstat SYS_mkdir
        SYS_mknod SYS_modify_ldt SYS_open SYS_pause SYS_pipe SYS_poll SYS_putpmsg SYS_readlink SYS_rename
        SYS_renameat SYS_rmdir SYS_security SYS_select SYS_set_thread_area SYS_setrlimit SYS_signalfd
        SYS_stat SYS_symlink SYS_sync_file_range SYS_sysfs SYS_time SYS_tuxcall SYS_unlink SYS_uselib
        SYS_ustat SYS_utime SYS_utimes SYS_vfork SYS_vserver
    };
    #[cfg(not(target_arch = "x86_64"))]
    let own: &[(&str, libc::c_long)] = &[];
    for (name, number) in common.iter().chain(own) {
        let name = name.strip_prefix("SYS_").unwrap();
        let ours = native().number(name).map(libc::c_long::from);
        assert_eq!(ours, Some(*number), "{name}");
    }
}
