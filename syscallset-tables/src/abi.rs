//! The system call ABIs of [`Arch`], byte orders taken together, as bits of a set.

use crate::Arch;

/// A set of ABIs.
pub(crate) type Abis = u16;

pub(crate) const AARCH64: Abis = 1;
pub(crate) const ARM: Abis = 1 << 1;
pub(crate) const CSKY: Abis = 1 << 2;
pub(crate) const LOONGARCH64: Abis = 1 << 3;
pub(crate) const M68K: Abis = 1 << 4;
pub(crate) const MIPS: Abis = 1 << 5;
pub(crate) const MIPS64: Abis = 1 << 6;
pub(crate) const POWERPC: Abis = 1 << 7;
pub(crate) const POWERPC64: Abis = 1 << 8;
pub(crate) const RISCV32: Abis = 1 << 9;
pub(crate) const RISCV64: Abis = 1 << 10;
pub(crate) const S390X: Abis = 1 << 11;
pub(crate) const X32: Abis = 1 << 12;
pub(crate) const X86: Abis = 1 << 13;
pub(crate) const X86_64: Abis = 1 << 14;
/// How many ABIs there are.
pub(crate) const COUNT: usize = 15;
/// Every ABI.
pub(crate) const ALL: Abis = (1 << COUNT) - 1;

/// The ABI of an architecture.
pub(crate) const fn of(arch: Arch) -> Abis {
    match arch {
        Arch::X86_64 => X86_64,
        Arch::X32 => X32,
        Arch::X86 => X86,
        Arch::Aarch64 | Arch::Aarch64Be => AARCH64,
        Arch::Arm | Arch::Armeb => ARM,
        Arch::Riscv64 => RISCV64,
        Arch::Riscv32 => RISCV32,
        Arch::Loongarch64 => LOONGARCH64,
        Arch::S390x => S390X,
        Arch::Powerpc64 | Arch::Powerpc64le => POWERPC64,
        Arch::Powerpc => POWERPC,
        Arch::Mips | Arch::Mipsel => MIPS,
        Arch::Mips64 | Arch::Mips64el => MIPS64,
        Arch::M68k => M68K,
        Arch::Csky => CSKY,
    }
}

/// The name of an architecture's ABI in the snapshots.
pub(crate) fn name(arch: Arch) -> &'static str {
    match arch {
        Arch::Aarch64Be => Arch::Aarch64.name(),
        Arch::Armeb => Arch::Arm.name(),
        Arch::Powerpc64le => Arch::Powerpc64.name(),
        Arch::Mipsel => Arch::Mips.name(),
        Arch::Mips64el => Arch::Mips64.name(),
        _ => arch.name(),
    }
}
