//! The parameters of the system calls: complete, consistent, and what the kernel takes.

use std::collections::{BTreeMap, BTreeSet};
use syscallset_tables::{Arch, Kind, Params, Place, is_unimplemented, params};

fn of(arch: Arch, call: &str) -> Params {
    params(arch, call).unwrap_or_else(|| panic!("no parameters of {call} on {}", arch.name()))
}

#[test]
fn no_call_lacks_its_parameters_silently() {
    let mut counts = BTreeMap::new();
    for &arch in Arch::ALL {
        let mut unimplemented = Vec::new();
        for call in arch.calls() {
            let known = params(arch, call.name).is_some();
            let nothing = is_unimplemented(arch, call.name);
            assert_ne!(known, nothing, "{} on {}", call.name, arch.name());
            if nothing {
                unimplemented.push(call.name);
            }
        }
        counts.insert(arch.name(), (arch.calls().len(), unimplemented));
    }
    for (arch, (calls, unimplemented)) in &counts {
        let known = calls - unimplemented.len();
        println!("{arch}: {known} of {calls}, not implemented: {unimplemented:?}");
    }
    assert_eq!(counts["aarch64"].1, ["lookup_dcookie", "nfsservctl"]);
    assert_eq!(counts["riscv64"].1, ["lookup_dcookie", "nfsservctl"]);
    let removed = [
        "_sysctl",
        "afs_syscall",
        "create_module",
        "epoll_ctl_old",
        "epoll_wait_old",
        "get_kernel_syms",
        "get_thread_area",
        "getpmsg",
        "lookup_dcookie",
        "nfsservctl",
        "putpmsg",
        "query_module",
        "security",
        "set_thread_area",
        "tuxcall",
        "uselib",
        "vserver",
    ];
    assert_eq!(counts["x86_64"].1, removed);
}

#[test]
fn calls_of_other_architectures_have_none() {
    for (arch, call) in [
        (Arch::Aarch64, "open"),
        (Arch::X86_64, "riscv_hwprobe"),
        (Arch::X86_64, "mmap2"),
        (Arch::Riscv32, "futex"),
        (Arch::X86_64, "no_such_call"),
    ] {
        assert_eq!(arch.number(call), None);
        assert_eq!(params(arch, call), None, "{call} on {}", arch.name());
    }
    for &arch in Arch::ALL {
        for call in syscallset_tables::CALLS {
            if params(arch, call).is_some() || is_unimplemented(arch, call) {
                assert!(arch.number(call).is_some(), "{call} on {}", arch.name());
            }
        }
    }
}

#[test]
fn names_are_unambiguous_and_words_in_order() {
    for &arch in Arch::ALL {
        for call in arch.calls() {
            let Some(params) = params(arch, call.name) else {
                continue;
            };
            let mut names = BTreeSet::new();
            let mut free = 0;
            for param in params.iter() {
                // Its own name may be repeated, as the one to show.
                let aliases = param.aliases.iter().filter(|alias| **alias != param.name);
                for name in [&param.name].into_iter().chain(aliases) {
                    assert!(!name.is_empty());
                    assert!(names.insert(*name), "{name} of {} comes twice", call.name);
                    assert_eq!(params.named(name), Some(param));
                }
                let words = match param.place {
                    Place::Word(word) => vec![word],
                    Place::Pair { low, high } => {
                        assert!(matches!(param.kind, Kind::U64 | Kind::I64));
                        assert_eq!(low > high, arch.big_endian());
                        vec![low.min(high), low.max(high)]
                    }
                };
                for word in words {
                    assert!(word >= free && word < 6, "{} on {}", call.name, arch.name());
                    free = word + 1;
                    assert_eq!(params.in_word(word), Some(param));
                }
            }
        }
    }
}

#[test]
fn a_parameter_is_shown_by_the_same_name_everywhere() {
    let calls = Arch::ALL.iter().flat_map(|arch| arch.calls());
    let calls: BTreeSet<_> = calls.map(|call| call.name).collect();
    for call in calls {
        let all: Vec<_> = Arch::ALL
            .iter()
            .filter_map(|arch| params(*arch, call))
            .collect();
        for (first, second) in all
            .iter()
            .flat_map(|one| all.iter().map(move |two| (one, two)))
        {
            for param in first.iter() {
                let Some(other) = second.named(param.name) else {
                    continue;
                };
                assert_eq!(param.manual_name(), other.manual_name(), "{call}");
            }
        }
    }
}

/// A portable filter should not need to know which kernel source file a call of this architecture lives in.
#[test]
fn names_of_one_architecture_work_on_the_others() {
    // Calls that differ in more than names: 64-bit positions in one or two parameters, MIPS's own sigsuspend, cache
    // flushes of different design, calls that take a pointer to their arguments instead, `ipc` with five parameters.
    // The offset of `mmap2` is `offset` on two architectures that count it as all others count `pgoff`, which is an
    // alias there; `offset` elsewhere would read as if it were in bytes.
    let different = [
        "cacheflush",
        "ipc",
        "mmap",
        "mmap2",
        "preadv",
        "preadv2",
        "pwritev",
        "pwritev2",
        "select",
        "set_thread_area",
        "sigsuspend",
    ];
    let mut missing = BTreeSet::new();
    for &one in Arch::ALL {
        for call in one.calls() {
            let Some(known) = params(one, call.name) else {
                continue;
            };
            let values = known.iter().filter(|param| param.kind != Kind::Pointer);
            for (value, &other) in
                values.flat_map(|value| Arch::ALL.iter().map(move |other| (value, other)))
            {
                let unknown = |params: Params| params.named(value.name).is_none();
                // What the sixth word cuts off on 32-bit MIPS.
                let cut = matches!(other, Arch::Mips | Arch::Mipsel)
                    && matches!(value.name, "advice" | "flags");
                if params(other, call.name).is_some_and(unknown)
                    && !cut
                    && !different.contains(&call.name)
                {
                    missing.insert(format!("{}.{}", call.name, value.name));
                }
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn the_names_that_filters_use() {
    for (call, name, kind) in [
        ("socket", "domain", Kind::I32),
        ("socket", "family", Kind::I32),
        ("socket", "type", Kind::I32),
        ("socket", "protocol", Kind::I32),
        ("socketpair", "domain", Kind::I32),
        ("ioctl", "cmd", Kind::U32),
        ("ioctl", "request", Kind::U32),
        ("ioctl", "fd", Kind::U32),
        ("prctl", "option", Kind::I32),
        ("prctl", "op", Kind::I32),
        ("prctl", "arg2", Kind::Ulong),
        ("fcntl", "cmd", Kind::U32),
        ("fcntl", "op", Kind::U32),
        ("clone", "flags", Kind::U32),
        ("clone", "clone_flags", Kind::U32),
        ("unshare", "flags", Kind::Ulong),
        ("mprotect", "prot", Kind::Ulong),
        ("personality", "persona", Kind::U32),
        ("setsockopt", "level", Kind::I32),
        ("setsockopt", "optname", Kind::I32),
        ("setsockopt", "optval", Kind::Pointer),
        ("openat", "dfd", Kind::I32),
        ("openat", "dirfd", Kind::I32),
        ("openat", "filename", Kind::Pointer),
        ("openat", "flags", Kind::I32),
        ("openat", "mode", Kind::U16),
        ("kill", "pid", Kind::I32),
        ("kill", "sig", Kind::I32),
        ("tgkill", "tgid", Kind::I32),
        ("ptrace", "request", Kind::Long),
        ("ptrace", "pid", Kind::I32),
        ("bpf", "cmd", Kind::I32),
        ("keyctl", "option", Kind::I32),
        ("seccomp", "operation", Kind::U32),
        ("read", "count", Kind::Ulong),
        ("write", "buf", Kind::Pointer),
        ("readv", "fd", Kind::U32),
        ("madvise", "advice", Kind::I32),
        ("setns", "nstype", Kind::I32),
        ("clock_gettime", "clockid", Kind::I32),
        ("futex", "futex_op", Kind::I32),
        ("setrlimit", "resource", Kind::U32),
        ("prlimit64", "resource", Kind::U32),
        ("memfd_create", "flags", Kind::U32),
        ("mount", "flags", Kind::Ulong),
        ("clone3", "uargs", Kind::Pointer),
        ("openat2", "how", Kind::Pointer),
    ] {
        for arch in [Arch::X86_64, Arch::Aarch64, Arch::Riscv64] {
            if arch.number(call).is_some() {
                let param = of(arch, call).named(name).copied();
                let param = param.unwrap_or_else(|| panic!("no {name} of {call}"));
                assert_eq!(param.kind, kind, "{name} of {call}");
            }
        }
    }
}

#[test]
fn r5_int_arguments_count_with_their_low_half() {
    for (call, name) in [
        ("ioctl", "cmd"),
        ("prctl", "option"),
        ("personality", "persona"),
        ("mmap", "fd"),
        ("mbind", "mode"),
    ] {
        let param = *of(Arch::X86_64, call).named(name).unwrap();
        assert_eq!(param.kind.bits(Arch::X86_64), 32, "{name} of {call}");
    }
}

#[test]
fn r6_sizes_and_addresses_count_whole() {
    for (call, name) in [
        ("read", "count"),
        ("munmap", "len"),
        ("mprotect", "prot"),
        ("mprotect", "start"),
        ("lseek", "offset"),
        ("pread64", "pos"),
    ] {
        let bits = |arch| of(arch, call).named(name).unwrap().kind.bits(arch);
        for arch in [Arch::X86_64, Arch::X32, Arch::S390x, Arch::Mips64] {
            assert_eq!(bits(arch), 64, "{name} of {call}");
        }
        let register = if name == "pos" { 64 } else { 32 };
        assert_eq!(bits(Arch::X86), register, "{name} of {call}");
    }
}

#[test]
fn r7_negative_descriptors_are_signed() {
    for (call, name) in [
        ("openat", "dirfd"),
        ("newfstatat", "dfd"),
        ("fstatat64", "dfd"),
        ("utimensat", "dirfd"),
        ("utimensat_time64", "dfd"),
        ("execveat", "dfd"),
        ("statx", "dfd"),
    ] {
        for &arch in Arch::ALL {
            if let Some(params) = params(arch, call) {
                let param = params
                    .named(name)
                    .unwrap_or_else(|| panic!("no {name} of {call}"));
                assert_eq!(param.kind, Kind::I32, "{name} of {call} on {}", arch.name());
            }
        }
    }
}

#[test]
fn r28_clone_takes_its_flags_where_the_architecture_has_them() {
    for &arch in Arch::ALL {
        let clone = of(arch, "clone");
        let flags = u8::from(arch == Arch::S390x);
        assert_eq!(clone.named("flags").unwrap().place, Place::Word(flags));
        let tls = match arch {
            Arch::X86_64
            | Arch::X32
            | Arch::Loongarch64
            | Arch::M68k
            | Arch::Csky
            | Arch::S390x => 4,
            _ => 3,
        };
        assert_eq!(
            clone.named("tls").unwrap().place,
            Place::Word(tls),
            "{}",
            arch.name()
        );
    }
}

/// Where the kernel's own 32-bit entry points (`sys_ia32_*`, `sys_ppc_*`, `sys_32_*` of MIPS, `aarch32_*`) take the halves.
#[test]
fn r28_split_values_come_where_the_entry_points_take_them() {
    let low_first = |low| Place::Pair { low, high: low + 1 };
    let high_first = |high| Place::Pair {
        low: high + 1,
        high,
    };
    for (arch, call, name, place) in [
        (Arch::X86, "pread64", "pos", low_first(3)),
        (Arch::X86, "truncate64", "length", low_first(1)),
        (Arch::X86, "fadvise64_64", "len", low_first(3)),
        (Arch::X86, "fadvise64_64", "advice", Place::Word(5)),
        (Arch::X86, "fadvise64", "len", Place::Word(3)),
        (Arch::X86, "sync_file_range", "nbytes", low_first(3)),
        (Arch::X86, "sync_file_range", "flags", Place::Word(5)),
        (Arch::X86, "fallocate", "offset", low_first(2)),
        (Arch::X86, "readahead", "count", Place::Word(3)),
        (Arch::X86, "fanotify_mark", "mask", low_first(2)),
        (Arch::X86, "fanotify_mark", "dfd", Place::Word(4)),
        (Arch::Arm, "pread64", "pos", low_first(4)),
        (Arch::Arm, "truncate64", "length", low_first(2)),
        (Arch::Arm, "readahead", "count", Place::Word(4)),
        (Arch::Arm, "arm_fadvise64_64", "offset", low_first(2)),
        (Arch::Arm, "sync_file_range2", "nbytes", low_first(4)),
        (Arch::Arm, "sync_file_range2", "flags", Place::Word(1)),
        (Arch::Arm, "fallocate", "len", low_first(4)),
        (Arch::Armeb, "pread64", "pos", high_first(4)),
        (Arch::Powerpc, "pread64", "pos", high_first(4)),
        (Arch::Powerpc, "readahead", "offset", high_first(2)),
        (Arch::Powerpc, "truncate64", "length", high_first(2)),
        (Arch::Powerpc, "fadvise64", "len", Place::Word(4)),
        (Arch::Powerpc, "fadvise64", "advice", Place::Word(5)),
        (Arch::Powerpc, "fadvise64_64", "advice", Place::Word(1)),
        (Arch::Powerpc, "fadvise64_64", "len", high_first(4)),
        (Arch::Mips, "truncate64", "length", high_first(2)),
        (Arch::Mipsel, "pread64", "pos", low_first(4)),
        (Arch::Mipsel, "readahead", "count", Place::Word(4)),
        (Arch::Riscv32, "pread64", "pos", low_first(3)),
        (Arch::Riscv32, "truncate64", "length", low_first(1)),
        (Arch::M68k, "pread64", "pos", high_first(3)),
        (Arch::X32, "pread64", "pos", Place::Word(3)),
        (Arch::X86_64, "fadvise64", "advice", Place::Word(3)),
        (
            Arch::Powerpc64le,
            "sync_file_range2",
            "nbytes",
            Place::Word(3),
        ),
    ] {
        let param = of(arch, call).named(name).copied();
        let place_here = param.map(|param| param.place);
        assert_eq!(
            place_here,
            Some(place),
            "{name} of {call} on {}",
            arch.name()
        );
    }
    for (call, name) in [("sync_file_range", "flags"), ("fadvise64", "advice")] {
        assert_eq!(of(Arch::Mips, call).named(name), None, "{name} of {call}");
        assert!(of(Arch::Mips64, call).named(name).is_some());
    }
}

#[test]
fn r28_calls_that_take_a_block_have_one_pointer() {
    for (arch, call) in [
        (Arch::S390x, "mmap"),
        (Arch::X86, "mmap"),
        (Arch::M68k, "mmap"),
        (Arch::X86, "select"),
    ] {
        let params = of(arch, call);
        assert_eq!(params.len(), 1);
        assert_eq!(params[0].kind, Kind::Pointer);
    }
    assert_eq!(
        of(Arch::X86, "socketcall").named("call").unwrap().kind,
        Kind::I32
    );
    assert_eq!(of(Arch::S390x, "ipc").len(), 5);
}

#[test]
fn old_ids_are_16_bits_wide_where_the_old_calls_are() {
    for arch in [Arch::X86, Arch::Arm, Arch::M68k] {
        assert_eq!(of(arch, "setuid")[0].kind, Kind::U16);
        assert_eq!(of(arch, "setuid32")[0].kind, Kind::U32);
    }
    for arch in [Arch::X86_64, Arch::Aarch64, Arch::Powerpc, Arch::Mips] {
        assert_eq!(of(arch, "setuid")[0].kind, Kind::U32);
    }
}

#[test]
fn x32_takes_32_bits_in_the_calls_of_its_own() {
    let arg = |arch| *of(arch, "ioctl").named("arg").unwrap();
    assert_eq!(arg(Arch::X32).kind.bits(Arch::X32), 32);
    assert_eq!(arg(Arch::X86_64).kind.bits(Arch::X86_64), 64);
}
