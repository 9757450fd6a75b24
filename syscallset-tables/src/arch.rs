//! Architectures: which there are, what the kernel calls them, and how Rust tells them apart.

mod facts;

use crate::numbers;
use facts::Facts;

/// An architecture whose programs can be given a seccomp filter: more exactly, one system call ABI of one byte
/// order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit x86 with 32-bit pointers; its numbers have bit 30 set, its audit word is that of
    /// `x86_64`.
    X32,
    /// 32-bit x86.
    X86,
    /// 64-bit Arm.
    Aarch64,
    /// 64-bit Arm, big endian; the kernel reports the audit word of the little-endian one.
    Aarch64Be,
    /// 32-bit Arm (EABI).
    Arm,
    /// 32-bit Arm (EABI), big endian; the kernel reports the audit word of the little-endian one.
    Armeb,
    /// 64-bit RISC-V.
    Riscv64,
    /// 32-bit RISC-V.
    Riscv32,
    /// 64-bit `LoongArch`.
    Loongarch64,
    /// 64-bit IBM Z.
    S390x,
    /// 64-bit PowerPC, big endian.
    Powerpc64,
    /// 64-bit PowerPC, little endian.
    Powerpc64le,
    /// 32-bit PowerPC.
    Powerpc,
    /// 32-bit MIPS (o32), big endian; its numbers start at 4000.
    Mips,
    /// 32-bit MIPS (o32), little endian; its numbers start at 4000.
    Mipsel,
    /// 64-bit MIPS (n64), big endian; its numbers start at 5000.
    Mips64,
    /// 64-bit MIPS (n64), little endian; its numbers start at 5000.
    Mips64el,
    /// Motorola 68000.
    M68k,
    /// C-SKY.
    Csky,
}

/// A system call and its number on one architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The kernel's name.
    pub name: &'static str,
    /// The number as a filter sees it in `seccomp_data.nr`, including the base that some ABIs add.
    pub number: u32,
}

/// An error name and its number in one family of architectures.
#[derive(Debug)]
pub(crate) struct Errno {
    pub(crate) name: &'static str,
    pub(crate) number: u16,
    /// Whether this is the second name of its number.
    pub(crate) alias: bool,
}

impl Arch {
    /// Every architecture.
    pub const ALL: &'static [Self] = &[
        Self::X86_64,
        Self::X32,
        Self::X86,
        Self::Aarch64,
        Self::Aarch64Be,
        Self::Arm,
        Self::Armeb,
        Self::Riscv64,
        Self::Riscv32,
        Self::Loongarch64,
        Self::S390x,
        Self::Powerpc64,
        Self::Powerpc64le,
        Self::Powerpc,
        Self::Mips,
        Self::Mipsel,
        Self::Mips64,
        Self::Mips64el,
        Self::M68k,
        Self::Csky,
    ];

    /// The name, as Rust spells it where it has a name for it.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Finds an architecture by its name in the spelling of Rust (`aarch64`), Debian (`arm64`), systemd (`x86-64`),
    /// `uname -m` (`i686`) or the OCI runtime specification and libseccomp (`SCMP_ARCH_AARCH64`).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|arch| {
            let facts = arch.facts();
            facts.name == name || facts.other_names.contains(&name)
        })
    }

    /// The `AUDIT_ARCH_*` word that the kernel puts into `seccomp_data.arch` (`syscall_get_arch` in the kernel's
    /// `arch/*/include/asm/syscall.h`; not always the constant of that name in `linux/audit.h`).
    pub fn audit_arch(self) -> u32 {
        self.facts().audit_arch
    }

    /// Whether the high half of an argument comes first in `seccomp_data`.
    pub fn big_endian(self) -> bool {
        self.facts().big_endian
    }

    /// The width of pointers and of `long`, in bits.
    pub fn pointer_width(self) -> u32 {
        self.facts().pointer_width
    }

    /// The predicate for `#[cfg(…)]` that holds on this architecture alone, whatever the operating system.
    ///
    /// At most one architecture's predicate holds for any target. For `aarch64-unknown-linux-gnu_ilp32` none does:
    /// Linux has no such ABI.
    pub fn rust_cfg(self) -> &'static str {
        self.facts().rust_cfg
    }

    /// The system calls, sorted by name.
    pub fn calls(self) -> &'static [Call] {
        numbers::calls(self)
    }

    /// The number of a system call; `None` if this architecture does not have it.
    pub fn number(self, call: &str) -> Option<u32> {
        let calls = self.calls();
        calls
            .binary_search_by(|other| other.name.cmp(call))
            .ok()
            .map(|index| calls[index].number)
    }

    /// The name of a system call number; `None` if no call of this architecture has it.
    pub fn name_of(self, number: u32) -> Option<&'static str> {
        self.calls()
            .iter()
            .filter(|call| call.name != SECOND_NAME)
            .find(|call| call.number == number)
            .map(|call| call.name)
    }

    /// The number of an error name such as `EPERM`.
    pub fn errno(self, name: &str) -> Option<u16> {
        let errors = self.facts().errors;
        errors
            .binary_search_by(|other| other.name.cmp(name))
            .ok()
            .map(|index| errors[index].number)
    }

    /// The name of an error number; the usual one if there are several (`EAGAIN`, not `EWOULDBLOCK`).
    pub fn errno_name(self, number: u16) -> Option<&'static str> {
        self.facts()
            .errors
            .iter()
            .find(|error| error.number == number && !error.alias)
            .map(|error| error.name)
    }

    /// The error names, sorted.
    pub fn errno_names(self) -> impl Iterator<Item = &'static str> {
        self.facts().errors.iter().map(|error| error.name)
    }

    fn facts(self) -> &'static Facts {
        match self {
            Self::X86_64 => &facts::X86_64,
            Self::X32 => &facts::X32,
            Self::X86 => &facts::X86,
            Self::Aarch64 => &facts::AARCH64,
            Self::Aarch64Be => &facts::AARCH64_BE,
            Self::Arm => &facts::ARM,
            Self::Armeb => &facts::ARMEB,
            Self::Riscv64 => &facts::RISCV64,
            Self::Riscv32 => &facts::RISCV32,
            Self::Loongarch64 => &facts::LOONGARCH64,
            Self::S390x => &facts::S390X,
            Self::Powerpc64 => &facts::POWERPC64,
            Self::Powerpc64le => &facts::POWERPC64LE,
            Self::Powerpc => &facts::POWERPC,
            Self::Mips => &facts::MIPS,
            Self::Mipsel => &facts::MIPSEL,
            Self::Mips64 => &facts::MIPS64,
            Self::Mips64el => &facts::MIPS64EL,
            Self::M68k => &facts::M68K,
            Self::Csky => &facts::CSKY,
        }
    }
}

/// 32-bit Arm has two names for one number. This is the one that only the kernel uses; the other one,
/// `sync_file_range2`, is what the sets list and what other architectures call it.
const SECOND_NAME: &str = "arm_sync_file_range";
