//! The facts of each architecture, a row each.
//!
//! Audit words: `arch/*/include/asm/syscall.h` of Linux 7.2, `ELF machine | 64-bit 0x8000_0000 | little endian
//! 0x4000_0000`. `cfg` values: `rustc --print cfg` of all Linux targets, which a test evaluates.

use super::Errno;
use crate::errno;

/// All that differs from one architecture to the next, in one row.
pub(super) struct Facts {
    pub(super) name: &'static str,
    /// What Debian, systemd, `uname -m` and libseccomp (and with it the OCI runtime specification) say instead.
    pub(super) other_names: &'static [&'static str],
    pub(super) audit_arch: u32,
    pub(super) big_endian: bool,
    pub(super) pointer_width: u32,
    pub(super) rust_cfg: &'static str,
    pub(super) errors: &'static [Errno],
}

pub(super) static X86_64: Facts = Facts {
    name: "x86_64",
    other_names: &["SCMP_ARCH_X86_64", "amd64", "x86-64"],
    audit_arch: 0xc000_003e,
    big_endian: false,
    pointer_width: 64,
    rust_cfg: r#"all(target_arch = "x86_64", target_pointer_width = "64")"#,
    errors: errno::GENERIC,
};

pub(super) static X32: Facts = Facts {
    name: "x32",
    other_names: &["SCMP_ARCH_X32"],
    audit_arch: 0xc000_003e,
    big_endian: false,
    pointer_width: 32,
    rust_cfg: r#"all(target_arch = "x86_64", target_pointer_width = "32")"#,
    errors: errno::GENERIC,
};

pub(super) static X86: Facts = Facts {
    name: "x86",
    other_names: &["SCMP_ARCH_X86", "i386", "i486", "i586", "i686"],
    audit_arch: 0x4000_0003,
    big_endian: false,
    pointer_width: 32,
    rust_cfg: r#"target_arch = "x86""#,
    errors: errno::GENERIC,
};

pub(super) static AARCH64: Facts = Facts {
    name: "aarch64",
    other_names: &["SCMP_ARCH_AARCH64", "arm64"],
    audit_arch: 0xc000_00b7,
    big_endian: false,
    pointer_width: 64,
    rust_cfg: r#"all(target_arch = "aarch64", target_pointer_width = "64", target_endian = "little")"#,
    errors: errno::GENERIC,
};

pub(super) static AARCH64_BE: Facts = Facts {
    name: "aarch64_be",
    other_names: &["arm64-be", "arm64be"],
    audit_arch: 0xc000_00b7,
    big_endian: true,
    pointer_width: 64,
    rust_cfg: r#"all(target_arch = "aarch64", target_pointer_width = "64", target_endian = "big")"#,
    errors: errno::GENERIC,
};

pub(super) static ARM: Facts = Facts {
    name: "arm",
    other_names: &["SCMP_ARCH_ARM", "armel", "armhf", "armv7", "armv7l"],
    audit_arch: 0x4000_0028,
    big_endian: false,
    pointer_width: 32,
    rust_cfg: r#"all(target_arch = "arm", target_endian = "little")"#,
    errors: errno::GENERIC,
};

pub(super) static ARMEB: Facts = Facts {
    name: "armeb",
    other_names: &["arm-be"],
    audit_arch: 0x4000_0028,
    big_endian: true,
    pointer_width: 32,
    rust_cfg: r#"all(target_arch = "arm", target_endian = "big")"#,
    errors: errno::GENERIC,
};

pub(super) static RISCV64: Facts = Facts {
    name: "riscv64",
    other_names: &["SCMP_ARCH_RISCV64"],
    audit_arch: 0xc000_00f3,
    big_endian: false,
    pointer_width: 64,
    rust_cfg: r#"target_arch = "riscv64""#,
    errors: errno::GENERIC,
};

pub(super) static RISCV32: Facts = Facts {
    name: "riscv32",
    other_names: &["SCMP_ARCH_RISCV32"],
    audit_arch: 0x4000_00f3,
    big_endian: false,
    pointer_width: 32,
    rust_cfg: r#"target_arch = "riscv32""#,
    errors: errno::GENERIC,
};

pub(super) static LOONGARCH64: Facts = Facts {
    name: "loongarch64",
    other_names: &["SCMP_ARCH_LOONGARCH64", "loong64"],
    audit_arch: 0xc000_0102,
    big_endian: false,
    pointer_width: 64,
    rust_cfg: r#"target_arch = "loongarch64""#,
    errors: errno::GENERIC,
};

pub(super) static S390X: Facts = Facts {
    name: "s390x",
    other_names: &["SCMP_ARCH_S390X"],
    audit_arch: 0x8000_0016,
    big_endian: true,
    pointer_width: 64,
    rust_cfg: r#"target_arch = "s390x""#,
    errors: errno::GENERIC,
};

pub(super) static POWERPC64: Facts = Facts {
    name: "powerpc64",
    other_names: &["SCMP_ARCH_PPC64", "ppc64"],
    audit_arch: 0x8000_0015,
    big_endian: true,
    pointer_width: 64,
    rust_cfg: r#"all(target_arch = "powerpc64", target_endian = "big")"#,
    errors: errno::POWERPC,
};

pub(super) static POWERPC64LE: Facts = Facts {
    name: "powerpc64le",
    other_names: &["SCMP_ARCH_PPC64LE", "ppc64-le", "ppc64el", "ppc64le"],
    audit_arch: 0xc000_0015,
    big_endian: false,
    pointer_width: 64,
    rust_cfg: r#"all(target_arch = "powerpc64", target_endian = "little")"#,
    errors: errno::POWERPC,
};

pub(super) static POWERPC: Facts = Facts {
    name: "powerpc",
    other_names: &["SCMP_ARCH_PPC", "ppc"],
    audit_arch: 0x0000_0014,
    big_endian: true,
    pointer_width: 32,
    rust_cfg: r#"target_arch = "powerpc""#,
    errors: errno::POWERPC,
};

pub(super) static MIPS: Facts = Facts {
    name: "mips",
    other_names: &["SCMP_ARCH_MIPS", "mips32r6"],
    audit_arch: 0x0000_0008,
    big_endian: true,
    pointer_width: 32,
    rust_cfg: r#"all(any(target_arch = "mips", target_arch = "mips32r6"), target_endian = "big")"#,
    errors: errno::MIPS,
};

pub(super) static MIPSEL: Facts = Facts {
    name: "mipsel",
    other_names: &["SCMP_ARCH_MIPSEL", "mips-le", "mips32r6el"],
    audit_arch: 0x4000_0008,
    big_endian: false,
    pointer_width: 32,
    rust_cfg: r#"all(any(target_arch = "mips", target_arch = "mips32r6"), target_endian = "little")"#,
    errors: errno::MIPS,
};

pub(super) static MIPS64: Facts = Facts {
    name: "mips64",
    other_names: &["SCMP_ARCH_MIPS64", "mips64r6"],
    audit_arch: 0x8000_0008,
    big_endian: true,
    pointer_width: 64,
    rust_cfg: r#"all(any(target_arch = "mips64", target_arch = "mips64r6"), target_pointer_width = "64", target_endian = "big")"#,
    errors: errno::MIPS,
};

pub(super) static MIPS64EL: Facts = Facts {
    name: "mips64el",
    other_names: &["SCMP_ARCH_MIPSEL64", "mips64-le", "mips64r6el"],
    audit_arch: 0xc000_0008,
    big_endian: false,
    pointer_width: 64,
    rust_cfg: r#"all(any(target_arch = "mips64", target_arch = "mips64r6"), target_pointer_width = "64", target_endian = "little")"#,
    errors: errno::MIPS,
};

pub(super) static M68K: Facts = Facts {
    name: "m68k",
    other_names: &["SCMP_ARCH_M68K"],
    audit_arch: 0x0000_0004,
    big_endian: true,
    pointer_width: 32,
    rust_cfg: r#"target_arch = "m68k""#,
    errors: errno::GENERIC,
};

pub(super) static CSKY: Facts = Facts {
    name: "csky",
    other_names: &[],
    audit_arch: 0x4000_00fc,
    big_endian: false,
    pointer_width: 32,
    rust_cfg: r#"target_arch = "csky""#,
    errors: errno::GENERIC,
};
