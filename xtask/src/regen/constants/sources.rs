//! Where the constants come from: exported headers, and parts of the kernel's own.

/// The exported headers. A header that an architecture does not have is passed over.
pub(super) const HEADERS: &[&str] = &[
    "asm/fcntl.h",
    "asm/ioctls.h",
    "asm/mman.h",
    "asm/poll.h",
    "asm/prctl.h",
    "asm/ptrace.h",
    "asm/resource.h",
    "asm/siginfo.h",
    "asm/signal.h",
    "asm/socket.h",
    "asm/termbits.h",
    "asm/termios.h",
    "linux/blkzoned.h",
    "linux/bpf.h",
    "linux/capability.h",
    "linux/close_range.h",
    "linux/eventfd.h",
    "linux/eventpoll.h",
    "linux/falloc.h",
    "linux/fanotify.h",
    "linux/fcntl.h",
    "linux/fiemap.h",
    "linux/fs.h",
    "linux/futex.h",
    "linux/if_packet.h",
    "linux/if_tun.h",
    "linux/in.h",
    "linux/in6.h",
    "linux/inotify.h",
    "linux/io_uring.h",
    "linux/ioprio.h",
    "linux/ipc.h",
    "linux/kcmp.h",
    "linux/kd.h",
    "linux/kexec.h",
    "linux/keyctl.h",
    "linux/landlock.h",
    "linux/loop.h",
    "linux/membarrier.h",
    "linux/memfd.h",
    "linux/mempolicy.h",
    "linux/mman.h",
    "linux/module.h",
    "linux/mount.h",
    "linux/msg.h",
    "linux/net.h",
    "linux/netlink.h",
    "linux/nsfs.h",
    "linux/openat2.h",
    "linux/perf_event.h",
    "linux/personality.h",
    "linux/pidfd.h",
    "linux/prctl.h",
    "linux/ptrace.h",
    "linux/quota.h",
    "linux/random.h",
    "linux/reboot.h",
    "linux/resource.h",
    "linux/sched.h",
    "linux/sched/types.h",
    "linux/seccomp.h",
    "linux/sem.h",
    "linux/serial.h",
    "linux/shm.h",
    "linux/signalfd.h",
    "linux/sockios.h",
    "linux/stat.h",
    "linux/tcp.h",
    "linux/time.h",
    "linux/timerfd.h",
    "linux/timex.h",
    "linux/udp.h",
    "linux/userfaultfd.h",
    "linux/vhost.h",
    "linux/vt.h",
    "linux/wait.h",
    "linux/xattr.h",
];

/// What belongs to the system call interface, but stands in the kernel's own headers: the file, the beginnings of the
/// macros, and the enumerations.
pub(super) const INTERNAL: &[(&str, &[&str], &[&str])] = &[
    (
        "include/linux/socket.h",
        &["AF_", "PF_", "MSG_", "SOL_"],
        &[],
    ),
    ("include/linux/splice.h", &["SPLICE_F_"], &[]),
    (
        "include/linux/net.h",
        &["SOCK_CLOEXEC", "SOCK_NONBLOCK"],
        &["sock_type", "sock_shutdown_cmd"],
    ),
    (
        "include/linux/fs.h",
        &["MNT_FORCE", "MNT_DETACH", "MNT_EXPIRE", "UMOUNT_NOFOLLOW"],
        &[],
    ),
    ("include/linux/swap.h", &["SWAP_FLAG_"], &[]),
    ("include/linux/syslog.h", &["SYSLOG_ACTION_"], &[]),
];

/// MIPS numbers the types of sockets in its own way, and this file's enumeration takes the place of that name.
pub(super) const INTERNAL_MIPS: (&str, &[&str], &[&str]) =
    ("arch/mips/include/asm/socket.h", &[], &["sock_type"]);

/// Names of the C libraries for what has another name in the kernel, or none.
pub(super) const C_NAMES: &str = "
#define F_OK 0
#define MAP_ANON MAP_ANONYMOUS
#define O_ASYNC FASYNC
#define O_FSYNC O_SYNC
#define O_RSYNC O_SYNC
#define PTRACE_PEEKUSER PTRACE_PEEKUSR
#define PTRACE_POKEUSER PTRACE_POKEUSR
#define R_OK 4
#define SCHED_OTHER SCHED_NORMAL
#define STDERR_FILENO 2
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define W_OK 2
#define X_OK 1
";
