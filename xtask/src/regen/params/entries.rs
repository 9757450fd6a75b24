//! Which entry point each ABI's table names for a call: `setuid` is `sys_setuid16` on 32-bit x86, for example.

use super::Result;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Where an ABI's system calls are listed in the kernel's source.
pub(super) struct Abi {
    /// As in the snapshots of numbers.
    pub(super) name: &'static str,
    /// The directory below `arch/`.
    pub(super) arch: &'static str,
    table: &'static str,
    /// The words in the table's second column that belong to this ABI; for the table that many architectures share
    /// they are chosen by `arch/*/kernel/Makefile.syscalls`.
    tags: &'static [&'static str],
}

const GENERIC: &str = "scripts/syscall.tbl";

/// In the order of `super::super::abis`.
pub(super) const ABIS: &[Abi] = &[
    Abi {
        name: "aarch64",
        arch: "arm64",
        table: GENERIC,
        tags: &["common", "64", "renameat", "rlimit", "memfd_secret"],
    },
    Abi {
        name: "arm",
        arch: "arm",
        table: "arch/arm/tools/syscall.tbl",
        tags: &["common"],
    },
    Abi {
        name: "csky",
        arch: "csky",
        table: GENERIC,
        tags: &["common", "32", "csky", "time32", "stat64", "rlimit"],
    },
    Abi {
        name: "loongarch64",
        arch: "loongarch",
        table: GENERIC,
        tags: &["common", "64", "memfd_secret"],
    },
    Abi {
        name: "m68k",
        arch: "m68k",
        table: "arch/m68k/kernel/syscalls/syscall.tbl",
        tags: &["common"],
    },
    Abi {
        name: "mips",
        arch: "mips",
        table: "arch/mips/kernel/syscalls/syscall_o32.tbl",
        tags: &["o32"],
    },
    Abi {
        name: "mips64",
        arch: "mips",
        table: "arch/mips/kernel/syscalls/syscall_n64.tbl",
        tags: &["common", "n64"],
    },
    Abi {
        name: "powerpc",
        arch: "powerpc",
        table: "arch/powerpc/kernel/syscalls/syscall.tbl",
        tags: &["common", "32", "nospu"],
    },
    Abi {
        name: "powerpc64",
        arch: "powerpc",
        table: "arch/powerpc/kernel/syscalls/syscall.tbl",
        tags: &["common", "64", "nospu"],
    },
    Abi {
        name: "riscv32",
        arch: "riscv",
        table: GENERIC,
        tags: &["common", "32", "riscv", "memfd_secret"],
    },
    Abi {
        name: "riscv64",
        arch: "riscv",
        table: GENERIC,
        tags: &["common", "64", "riscv", "rlimit", "memfd_secret"],
    },
    Abi {
        name: "s390x",
        arch: "s390",
        table: "arch/s390/kernel/syscalls/syscall.tbl",
        tags: &["common", "64"],
    },
    Abi {
        name: "x32",
        arch: "x86",
        table: "arch/x86/entry/syscalls/syscall_64.tbl",
        tags: &["common", "x32"],
    },
    Abi {
        name: "x86",
        arch: "x86",
        table: "arch/x86/entry/syscalls/syscall_32.tbl",
        tags: &["i386"],
    },
    Abi {
        name: "x86_64",
        arch: "x86",
        table: "arch/x86/entry/syscalls/syscall_64.tbl",
        tags: &["common", "64"],
    },
];

/// Entry points by call; an empty one for a number that is reserved but does nothing.
pub(super) fn read(source: &Path, abi: &Abi) -> Result<BTreeMap<String, String>> {
    let path = source.join(abi.table);
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let entries = parse(&text, abi.tags);
    if entries.is_empty() {
        return Err(format!("`{}` has no call for {}", path.display(), abi.name));
    }
    Ok(entries)
}

fn parse(text: &str, tags: &[&str]) -> BTreeMap<String, String> {
    let mut entries = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let (Some(_), Some(tag), Some(call)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        if tags.contains(&tag) && !is_placeholder(call) {
            let entry = words.next().map(without_prefix).unwrap_or_default();
            entries.insert(call.to_owned(), entry);
        }
    }
    entries
}

/// Numbers that never had a call, named `unused59` or `reserved221`.
fn is_placeholder(call: &str) -> bool {
    call.starts_with("unused") || call.starts_with("reserved")
}

/// `sys_read`, m68k's `__sys_fork` (which saves registers for `sys_fork`) and `compat_sys_ioctl` as the definitions
/// name them.
fn without_prefix(entry: &str) -> String {
    if matches!(entry, "sys_ni_syscall" | "-") {
        return String::new();
    }
    if let Some(entry) = entry.strip_prefix("compat_sys_") {
        return format!("compat_{entry}");
    }
    let entry = entry.strip_prefix("__").unwrap_or(entry);
    entry.strip_prefix("sys_").unwrap_or(entry).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::super::abis;
    use super::*;

    #[test]
    fn every_abi_has_a_table() {
        assert!(ABIS.iter().map(|abi| &abi.name).eq(abis::NAMES));
    }

    #[test]
    fn rows_of_other_abis_and_placeholders_are_skipped() {
        let text = "# number\n0\tcommon\tread\tsys_read\n1 64 mmap sys_mmap compat\n1 32 mmap2 sys_mmap2\n\
                    2 common fork __sys_fork\n3 common break sys_ni_syscall\n4 common unused4 sys_ni_syscall\n\
                    5 common vserver\n512 64 ioctl compat_sys_ioctl\n";
        let entries = parse(text, &["common", "64"]);
        let expected = [
            ("break", ""),
            ("fork", "fork"),
            ("ioctl", "compat_ioctl"),
            ("mmap", "mmap"),
            ("read", "read"),
            ("vserver", ""),
        ];
        let expected = expected.map(|(call, entry)| (call.to_owned(), entry.to_owned()));
        assert_eq!(entries, BTreeMap::from(expected));
    }
}
