//! The constants: every family is there, and architectures differ where the kernel says so.

use syscallset_tables::{Arch, constant, constant_archs, constant_names};

#[test]
fn names_are_sorted_and_found() {
    assert!(constant_names().is_sorted_by(|one, other| one < other));
    assert!(constant_names().count() > 3000);
    for name in constant_names() {
        let archs: Vec<_> = constant_archs(name).collect();
        assert!(!archs.is_empty(), "{name}");
        for &arch in Arch::ALL {
            let value = constant(arch, name);
            assert_eq!(
                value.is_some(),
                archs.contains(&arch),
                "{name} on {}",
                arch.name()
            );
            let range = i128::from(i64::MIN)..=i128::from(u64::MAX);
            assert!(value.is_none_or(|value| range.contains(&value)), "{name}");
        }
    }
    assert_eq!(constant(Arch::X86_64, "AF_UNIXX"), None);
    assert_eq!(constant_archs("AF_UNIXX").count(), 0);
}

#[test]
fn every_family_is_there() {
    for (family, fewest) in [
        ("ADDR_", 4),
        ("AF_", 45),
        ("ARCH_", 20),
        ("AT_", 15),
        ("BPF_", 35),
        ("CAP_", 41),
        ("CLOCK_", 10),
        ("CLONE_", 25),
        ("EFD_", 3),
        ("EPOLL", 15),
        ("FIO", 5),
        ("FUTEX_", 30),
        ("F_", 40),
        ("GRND_", 3),
        ("IN_", 25),
        ("IPPROTO_", 30),
        ("KEYCTL_", 30),
        ("KVM_", 100),
        ("LANDLOCK_", 20),
        ("LOCK_", 4),
        ("MADV_", 25),
        ("MAP_", 30),
        ("MFD_", 10),
        ("MSG_", 20),
        ("MS_", 30),
        ("O_", 20),
        ("PER_", 20),
        ("PF_", 45),
        ("PRIO_", 3),
        ("PROT_", 7),
        ("PR_", 150),
        ("PTRACE_", 60),
        ("RLIMIT_", 16),
        ("RWF_", 5),
        ("SECCOMP_", 20),
        ("SEEK_", 5),
        ("SHUT_", 3),
        ("SIG", 30),
        ("SIOC", 60),
        ("SOCK_", 9),
        ("SOL_", 35),
        ("SO_", 80),
        ("SPLICE_", 4),
        ("S_I", 20),
        ("TC", 20),
        ("TIOC", 45),
        ("W", 6),
    ] {
        let count = constant_names()
            .filter(|name| name.starts_with(family) && constant(Arch::X86_64, name).is_some())
            .count();
        assert!(count >= fewest, "{count} of {family}*");
    }
}

/// Values from the kernel's headers, read by eye.
#[test]
fn values_are_those_of_the_architecture() {
    for (name, arch, value) in [
        ("AF_UNIX", Arch::X86_64, 1),
        ("AT_FDCWD", Arch::Aarch64, -100),
        ("ARCH_SET_FS", Arch::X86_64, 0x1002),
        ("BPF_PROG_LOAD", Arch::S390x, 5),
        ("CLONE_CLEAR_SIGHAND", Arch::X86_64, 1 << 32),
        ("CLONE_NEWUSER", Arch::X86_64, 0x1000_0000),
        ("F_SETLK64", Arch::X86, 13),
        ("F_SETLK64", Arch::Mips, 34),
        ("KEY_SPEC_THREAD_KEYRING", Arch::X86_64, -1),
        ("MAP_32BIT", Arch::X86_64, 0x40),
        ("MAP_ANONYMOUS", Arch::X86_64, 0x20),
        ("MAP_ANONYMOUS", Arch::Mips64el, 0x800),
        ("MAP_HUGE_16GB", Arch::X86_64, 34 << 26),
        ("O_DIRECTORY", Arch::X86_64, 0o200_000),
        ("O_DIRECTORY", Arch::Arm, 0o40_000),
        ("O_DIRECTORY", Arch::Powerpc64le, 0o40_000),
        ("PR_SET_PTRACER_ANY", Arch::X86_64, i128::from(u64::MAX)),
        ("PR_SET_PTRACER_ANY", Arch::Arm, i128::from(u32::MAX)),
        ("PTRACE_PEEKUSER", Arch::X86_64, 3),
        ("R_OK", Arch::Riscv64, 4),
        ("SIGSYS", Arch::X86_64, 31),
        ("SIGSYS", Arch::Mips64el, 12),
        ("SOCK_DGRAM", Arch::Mips, 1),
        ("SOCK_DGRAM", Arch::Powerpc, 2),
        ("SOCK_NONBLOCK", Arch::Mipsel, 0x80),
        ("SOCK_NONBLOCK", Arch::Riscv64, 0o4000),
        ("SOL_SOCKET", Arch::X86_64, 1),
        ("SOL_SOCKET", Arch::Mips, 0xffff),
        ("SO_PEERCRED", Arch::X86_64, 17),
        ("SO_PEERCRED", Arch::Powerpc64, 21),
        ("TCGETS", Arch::X86_64, 0x5401),
        ("TCGETS", Arch::Powerpc64le, 0x402c_7413),
        ("TIOCGPTN", Arch::X86_64, 0x8004_5430),
        ("TIOCLINUX", Arch::X86_64, 0x541c),
        ("TIOCSTI", Arch::X86_64, 0x5412),
        ("TIOCSTI", Arch::Mips64el, 0x5472),
    ] {
        assert_eq!(
            constant(arch, name),
            Some(value),
            "{name} on {}",
            arch.name()
        );
    }
}

/// Sizes are part of `ioctl` requests, and 64-bit integers are not aligned alike on all 32-bit architectures.
#[test]
fn requests_have_the_sizes_of_the_architecture() {
    let size = |arch, name| constant(arch, name).map(|value| value >> 16 & 0x3fff);
    for (name, arch, bytes) in [
        ("FS_IOC_GETFLAGS", Arch::X86_64, 8),
        ("FS_IOC_GETFLAGS", Arch::X86, 4),
        ("FS_IOC_GETFLAGS", Arch::X32, 4),
        ("BLKGETSIZE64", Arch::Riscv32, 4),
        ("BLKGETSIZE64", Arch::Riscv64, 8),
        ("UFFDIO_COPY", Arch::X86, 40),
        ("UFFDIO_COPY", Arch::Arm, 40),
        // A `u64` and a `u32`: 4 bytes more where the first is aligned to 8.
        ("KVM_DIRTY_TLB", Arch::X86_64, 16),
        ("KVM_DIRTY_TLB", Arch::X86, 12),
        ("KVM_DIRTY_TLB", Arch::Riscv32, 16),
        // An `unsigned short` and a pointer, which m68k aligns to 2.
        ("TUNATTACHFILTER", Arch::X86, 8),
        ("TUNATTACHFILTER", Arch::M68k, 6),
        ("TUNATTACHFILTER", Arch::X86_64, 16),
    ] {
        assert_eq!(size(arch, name), Some(bytes), "{name} on {}", arch.name());
    }
}

/// Their values in C depend on more than the architecture, so that no value would be right.
#[test]
fn ambiguous_names_are_left_out() {
    for name in ["SO_RCVTIMEO", "SO_SNDTIMEO", "SO_TIMESTAMP"] {
        for arch in [Arch::Arm, Arch::X86, Arch::Mips, Arch::Riscv32] {
            assert_eq!(constant(arch, name), None, "{name} on {}", arch.name());
        }
        assert!(constant(Arch::X86_64, name).is_some());
    }
    for name in ["SIGRTMIN", "SIGRTMAX", "ETH_P_ALL"] {
        assert_eq!(constant_archs(name).count(), 0, "{name}");
    }
    for name in ["SO_RCVTIMEO_OLD", "SO_RCVTIMEO_NEW"] {
        assert_eq!(constant_archs(name).count(), Arch::ALL.len(), "{name}");
    }
}
