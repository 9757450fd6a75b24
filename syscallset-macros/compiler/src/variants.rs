//! The other calls by which 32-bit architectures do the same.
//!
//! Where `time_t`, `off_t` or `uid_t` grew, the kernel got a second call beside the first, and the C
//! library uses the newer one behind the name of the old. An item that names the old call is about
//! both: `futex` is `futex_time64` too wherever there is one. Systemd's sets name all of them.

/// Calls and the calls that take over from them, sorted by the former.
///
/// Source: the system call tables of Linux (`arch/*/kernel/syscalls/*.tbl`, `scripts/syscall.tbl`),
/// and `sysdeps/unix/sysv/linux` of glibc for which of them a function uses.
const VARIANTS: &[(&str, &[&str])] = &[
    ("chown", &["chown32"]),
    ("clock_adjtime", &["clock_adjtime64"]),
    ("clock_getres", &["clock_getres_time64"]),
    ("clock_gettime", &["clock_gettime64"]),
    ("clock_nanosleep", &["clock_nanosleep_time64"]),
    ("clock_settime", &["clock_settime64"]),
    ("fadvise64", &["arm_fadvise64_64", "fadvise64_64"]),
    ("fchown", &["fchown32"]),
    ("fcntl", &["fcntl64"]),
    ("fstat", &["fstat64"]),
    ("fstatfs", &["fstatfs64"]),
    ("ftruncate", &["ftruncate64"]),
    ("futex", &["futex_time64"]),
    ("getegid", &["getegid32"]),
    ("geteuid", &["geteuid32"]),
    ("getgid", &["getgid32"]),
    ("getgroups", &["getgroups32"]),
    ("getresgid", &["getresgid32"]),
    ("getresuid", &["getresuid32"]),
    ("getrlimit", &["ugetrlimit"]),
    ("getuid", &["getuid32"]),
    ("io_pgetevents", &["io_pgetevents_time64"]),
    ("lchown", &["lchown32"]),
    ("lseek", &["_llseek", "llseek"]),
    ("lstat", &["lstat64"]),
    ("mmap", &["mmap2"]),
    ("mq_timedreceive", &["mq_timedreceive_time64"]),
    ("mq_timedsend", &["mq_timedsend_time64"]),
    ("newfstatat", &["fstatat64"]),
    ("ppoll", &["ppoll_time64"]),
    ("pselect6", &["pselect6_time64"]),
    ("recvmmsg", &["recvmmsg_time64"]),
    ("rt_sigtimedwait", &["rt_sigtimedwait_time64"]),
    ("sched_rr_get_interval", &["sched_rr_get_interval_time64"]),
    ("select", &["_newselect"]),
    ("semtimedop", &["semtimedop_time64"]),
    ("sendfile", &["sendfile64"]),
    ("setfsgid", &["setfsgid32"]),
    ("setfsuid", &["setfsuid32"]),
    ("setgid", &["setgid32"]),
    ("setgroups", &["setgroups32"]),
    ("setregid", &["setregid32"]),
    ("setresgid", &["setresgid32"]),
    ("setresuid", &["setresuid32"]),
    ("setreuid", &["setreuid32"]),
    ("setuid", &["setuid32"]),
    ("stat", &["stat64"]),
    ("statfs", &["statfs64"]),
    ("sync_file_range", &["sync_file_range2"]),
    ("timer_gettime", &["timer_gettime64"]),
    ("timer_settime", &["timer_settime64"]),
    ("timerfd_gettime", &["timerfd_gettime64"]),
    ("timerfd_settime", &["timerfd_settime64"]),
    ("truncate", &["truncate64"]),
    ("utimensat", &["utimensat_time64"]),
];

/// The calls that take over from `call` somewhere.
pub fn variants(call: &str) -> &'static [&'static str] {
    VARIANTS
        .binary_search_by(|(name, _)| (*name).cmp(call))
        .map_or(&[], |index| VARIANTS[index].1)
}
