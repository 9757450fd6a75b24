//! What the compiler may rely on: order, references, and the facts that the kernel and systemd document.

use std::collections::BTreeSet;
use syscallset_tables::{
    Arch, CALLS, LINUX_VERSION, Origin, SETS, SYSTEMD_RELEASE, SYSTEMD_VERSION, Set, call, set,
};

fn members(name: &str) -> BTreeSet<&'static str> {
    let mut members = BTreeSet::new();
    set(name).expect(name).for_each_call(&mut |call| {
        members.insert(call);
    });
    members
}

/// How many calls of a set have a number on an architecture.
fn count(name: &str, arch: Arch) -> usize {
    members(name)
        .iter()
        .filter(|call| arch.number(call).is_some())
        .count()
}

fn sorted(names: &[&str]) -> bool {
    names.is_sorted_by(|left, right| left < right)
}

#[test]
fn sets_are_sorted_and_their_references_exist() {
    assert!(SETS.is_sorted_by(|left, right| left.name < right.name));
    for one in SETS {
        assert_eq!(set(one.name), Some(one));
        assert!(one.name.starts_with('@') && !one.description.is_empty());
        assert_eq!(
            one.name.starts_with("@rust-") || one.name == "@tokio",
            one.origin == Origin::Syscallset,
            "{}",
            one.name
        );
        assert!(sorted(one.sets) && sorted(one.calls), "{}", one.name);
        for nested in one.sets {
            assert!(set(nested).is_some(), "{} refers to {nested}", one.name);
        }
        for name in members(one.name) {
            assert_eq!(call(name), Some(name));
            assert!(one.contains(name), "{} contains {name}", one.name);
        }
    }
    assert_eq!(set("default"), None);
    assert_eq!(set("@defaul"), None);
}

#[test]
fn containing_is_flattening() {
    for one in SETS {
        let flat = members(one.name);
        for name in CALLS {
            assert_eq!(
                one.contains(name),
                flat.contains(name),
                "{} and {name}",
                one.name
            );
        }
    }
}

#[test]
fn execve_of_systemd_is_in_process_only() {
    let systemd = || SETS.iter().filter(|set| set.origin == Origin::Systemd);
    let direct: Vec<_> = systemd()
        .filter(|set| set.calls.contains(&"execve"))
        .map(|set| set.name)
        .collect();
    assert_eq!(direct, ["@known", "@process"]);
    assert!(!members("@default").contains("execve"));
    // It comes along with `@process`, so that `@system-service ~@process` forbids it.
    let service = set("@system-service").unwrap();
    assert!(service.contains("execve"));
    assert!(!service.calls.contains(&"execve"));
    let holders: Vec<&Set> = systemd().filter(|set| set.contains("execve")).collect();
    assert_eq!(
        holders.iter().map(|set| set.name).collect::<Vec<_>>(),
        ["@known", "@process", "@system-service"]
    );
    // Of ours, the set for starting programs alone.
    let ours = SETS.iter().filter(|set| set.origin == Origin::Syscallset);
    let holders: Vec<_> = ours.filter(|set| set.contains("execve")).collect();
    assert_eq!(
        holders.iter().map(|set| set.name).collect::<Vec<_>>(),
        ["@rust-command"]
    );
}

#[test]
fn systemd_262_has_these_sizes() {
    assert_eq!(SYSTEMD_VERSION, "systemd 262 (262.1-1)");
    assert_eq!(SYSTEMD_RELEASE, "262");
    // systemd counts 52 in `@default` on x86-64; `execve` is the one that moved.
    assert_eq!(count("@default", Arch::X86_64), 51);
    assert_eq!(count("@basic-io", Arch::X86_64), 16);
    for (arch, expected) in [
        (Arch::X86_64, 315),
        (Arch::Aarch64, 274),
        (Arch::Riscv64, 275),
        (Arch::Loongarch64, 271),
        (Arch::S390x, 318),
        (Arch::Powerpc64, 332),
        (Arch::Powerpc64le, 332),
        (Arch::X86, 376),
        // 360 in the kernel's table, the private `cacheflush` and `set_tls`, and the alias `sync_file_range2`.
        (Arch::Arm, 363),
    ] {
        assert_eq!(count("@system-service", arch), expected, "{}", arch.name());
    }
}

#[test]
fn the_runtime_set_is_there() {
    let runtime = members("@rust-runtime");
    for name in [
        "madvise",
        "mremap",
        "rt_sigaction",
        "rt_sigprocmask",
        "sigaltstack",
    ] {
        assert!(runtime.contains(name), "{name}");
    }
}

#[test]
fn every_call_has_a_number_or_a_reason_for_none() {
    assert!(sorted(CALLS));
    assert_eq!(call("mmap2"), Some("mmap2"));
    assert_eq!(call("mmap3"), None);
    let numbered = |name: &str| Arch::ALL.iter().any(|arch| arch.number(name).is_some());
    let without: Vec<_> = CALLS
        .iter()
        .copied()
        .filter(|name| !numbered(name))
        .collect();
    // alpha, arc, openrisc and sparc are the only ones with these; Linux has no seccomp filters or Rust no target
    // there.
    let elsewhere = "arc_gettls arc_settls arc_usr_cmpxchg dipc exec_with_loader execv getdomainname getdtablesize \
        gethostname getxgid getxpid getxuid kern_features memory_ordering old_adjtimex oldumount or1k_atomic \
        perfctr sched_get_affinity sched_set_affinity sethae setpgrp utrap_install";
    let expected: BTreeSet<_> = elsewhere
        .split_ascii_whitespace()
        // systemd lists these beside `newfstatat` and `fstat`; no kernel has had them under these names.
        .chain(["fstatat", "newfstat"])
        // Newer than our kernel headers.
        .chain(["fchroot"])
        .collect();
    let (alpha, rest): (Vec<_>, Vec<_>) = without
        .into_iter()
        .partition(|name| name.starts_with("osf_"));
    assert_eq!(alpha.len(), 30);
    assert_eq!(rest.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn names_and_numbers_are_one_to_one() {
    assert_eq!(LINUX_VERSION, "7.2.13");
    for &arch in Arch::ALL {
        let calls = arch.calls();
        assert!(
            calls.is_sorted_by(|left, right| left.name < right.name),
            "{}",
            arch.name()
        );
        for one in calls {
            assert_eq!(arch.number(one.name), Some(one.number));
            if one.name == "arm_sync_file_range" {
                assert_eq!(arch.name_of(one.number), Some("sync_file_range2"));
            } else {
                assert_eq!(arch.name_of(one.number), Some(one.name), "{}", arch.name());
            }
            assert!(!one.name.starts_with("unused") && !one.name.starts_with("reserved"));
        }
        assert_eq!(arch.number("no_such_call"), None);
        assert_eq!(arch.name_of(u32::MAX), None);
    }
}

#[test]
fn bases_are_part_of_the_numbers() {
    assert_eq!(Arch::X32.number("read"), Some(0x4000_0000));
    assert_eq!(Arch::X32.number("execve"), Some(0x4000_0000 + 520));
    assert_eq!(Arch::Mips.number("read"), Some(4003));
    assert_eq!(Arch::Mipsel.number("exit_group"), Some(4246));
    assert_eq!(Arch::Mips64.number("read"), Some(5000));
    assert_eq!(Arch::Arm.number("set_tls"), Some(0xf_0005));
    assert_eq!(Arch::Armeb.number("cacheflush"), Some(0xf_0002));
    assert_eq!(Arch::Csky.number("cacheflush"), Some(245));
    assert_eq!(Arch::Riscv64.number("riscv_hwprobe"), Some(258));
}

#[test]
fn every_spelling_finds_its_architecture() {
    let mut names = BTreeSet::new();
    for &arch in Arch::ALL {
        assert_eq!(Arch::from_name(arch.name()), Some(arch));
        assert!(names.insert(arch.name()));
    }
    assert_eq!(names.len(), 20);
    // Rust, Debian, systemd, `uname -m`, and libseccomp with the OCI runtime specification.
    for (arch, spellings) in [
        (Arch::X86_64, "x86_64 amd64 x86-64 SCMP_ARCH_X86_64"),
        (Arch::X32, "x32 SCMP_ARCH_X32"),
        (Arch::X86, "x86 i386 i486 i586 i686 SCMP_ARCH_X86"),
        (Arch::Aarch64, "aarch64 arm64 SCMP_ARCH_AARCH64"),
        (Arch::Aarch64Be, "aarch64_be arm64-be"),
        (Arch::Arm, "arm armel armhf armv7 armv7l SCMP_ARCH_ARM"),
        (Arch::Armeb, "armeb arm-be"),
        (Arch::Riscv64, "riscv64 SCMP_ARCH_RISCV64"),
        (Arch::Riscv32, "riscv32 SCMP_ARCH_RISCV32"),
        (
            Arch::Loongarch64,
            "loongarch64 loong64 SCMP_ARCH_LOONGARCH64",
        ),
        (Arch::S390x, "s390x SCMP_ARCH_S390X"),
        (Arch::Powerpc64, "powerpc64 ppc64 SCMP_ARCH_PPC64"),
        (
            Arch::Powerpc64le,
            "powerpc64le ppc64el ppc64-le ppc64le SCMP_ARCH_PPC64LE",
        ),
        (Arch::Powerpc, "powerpc ppc SCMP_ARCH_PPC"),
        (Arch::Mips, "mips mips32r6 SCMP_ARCH_MIPS"),
        (Arch::Mipsel, "mipsel mips-le SCMP_ARCH_MIPSEL"),
        (Arch::Mips64, "mips64 mips64r6 SCMP_ARCH_MIPS64"),
        (Arch::Mips64el, "mips64el mips64-le SCMP_ARCH_MIPSEL64"),
        (Arch::M68k, "m68k SCMP_ARCH_M68K"),
        (Arch::Csky, "csky"),
    ] {
        for name in spellings.split(' ') {
            assert_eq!(Arch::from_name(name), Some(arch), "{name}");
        }
    }
    for name in [
        "",
        "native",
        "X86_64",
        "sparc64",
        "mips64-n32",
        "s390",
        "parisc",
        "hexagon",
    ] {
        assert_eq!(Arch::from_name(name), None, "{name}");
    }
}

#[test]
fn audit_words_are_made_as_the_kernel_makes_them() {
    use libc::{
        EM_68K, EM_386, EM_AARCH64, EM_ARM, EM_MIPS, EM_PPC, EM_PPC64, EM_RISCV, EM_S390, EM_X86_64,
    };
    /// `linux/elf-em.h`; not all versions of `libc` have these two.
    const EM_CSKY: u16 = 252;
    const EM_LOONGARCH: u16 = 258;
    for &arch in Arch::ALL {
        let machine = match arch {
            Arch::X86_64 | Arch::X32 => EM_X86_64,
            Arch::X86 => EM_386,
            Arch::Aarch64 | Arch::Aarch64Be => EM_AARCH64,
            Arch::Arm | Arch::Armeb => EM_ARM,
            Arch::Riscv64 | Arch::Riscv32 => EM_RISCV,
            Arch::Loongarch64 => EM_LOONGARCH,
            Arch::S390x => EM_S390,
            Arch::Powerpc64 | Arch::Powerpc64le => EM_PPC64,
            Arch::Powerpc => EM_PPC,
            Arch::Mips | Arch::Mipsel | Arch::Mips64 | Arch::Mips64el => EM_MIPS,
            Arch::M68k => EM_68K,
            Arch::Csky => EM_CSKY,
            other => panic!("{other:?}: which machine?"),
        };
        // x32 is an ABI of 64-bit programs; Arm's syscall_get_arch knows no byte order.
        let wide = arch.pointer_width() == 64 || arch == Arch::X32;
        let little = !arch.big_endian() || matches!(arch, Arch::Aarch64Be | Arch::Armeb);
        let word = u32::from(machine) | u32::from(wide) << 31 | u32::from(little) << 30;
        assert_eq!(arch.audit_arch(), word, "{}", arch.name());
    }
}

#[test]
fn errors() {
    for &arch in Arch::ALL {
        assert_eq!(arch.errno("EPERM"), Some(1), "{}", arch.name());
        assert_eq!(arch.errno_name(1), Some("EPERM"));
        assert_eq!(arch.errno("EWOULDBLOCK"), arch.errno("EAGAIN"));
        assert_eq!(arch.errno_name(11), Some("EAGAIN"));
        assert_eq!(arch.errno("ENOTSUP"), arch.errno("EOPNOTSUPP"));
        assert_eq!(arch.errno("EPREM"), None);
        assert_eq!(arch.errno_name(0), None);
        assert_eq!(arch.errno_name(4095), None);
        let deadlock = arch.errno("EDEADLK").unwrap();
        assert_eq!(arch.errno_name(deadlock), Some("EDEADLK"));
    }
    assert_eq!(Arch::X86_64.errno("ENOSYS"), Some(38));
    assert_eq!(Arch::Mips.errno("ENOSYS"), Some(89));
    assert_eq!(Arch::Mips64el.errno("EDQUOT"), Some(1133));
    assert_eq!(Arch::X86_64.errno("EDEADLOCK"), Some(35));
    assert_eq!(Arch::Powerpc64le.errno("EDEADLOCK"), Some(58));
    assert_eq!(Arch::Powerpc64le.errno_name(58), Some("EDEADLOCK"));
}

#[test]
fn errors_are_those_of_this_machine() {
    let Some(arch) = Arch::from_name(std::env::consts::ARCH) else {
        return;
    };
    for (name, number) in [
        ("E2BIG", libc::E2BIG),
        ("EACCES", libc::EACCES),
        ("EBADF", libc::EBADF),
        ("EDEADLOCK", libc::EDEADLOCK),
        ("EHWPOISON", libc::EHWPOISON),
        ("EINVAL", libc::EINVAL),
        ("ENOSYS", libc::ENOSYS),
        ("ENOTRECOVERABLE", libc::ENOTRECOVERABLE),
        ("ENOTSUP", libc::ENOTSUP),
        ("EOVERFLOW", libc::EOVERFLOW),
        ("EPROTONOSUPPORT", libc::EPROTONOSUPPORT),
        ("ERFKILL", libc::ERFKILL),
    ] {
        assert_eq!(arch.errno(name).map(i32::from), Some(number), "{name}");
    }
}
