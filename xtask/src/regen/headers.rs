//! The kernel's exported headers as Debian's package `linux-libc-dev` holds them for all architectures at once.

use super::Result;
use super::cpp::Preprocessor;
use crate::debian::{Suite, unpack};
use std::fs;
use std::path::{Path, PathBuf};

/// What the compiler of one ABI sees.
pub(super) struct Abi {
    /// The column in the snapshot and the file of the generated numbers.
    pub(super) name: &'static str,
    /// The directory below `usr/lib/linux/uapi`; none for an architecture that the package leaves out.
    directory: Option<&'static str>,
    /// What the compiler defines.
    predefined: &'static [(&'static str, &'static str)],
}

const fn abi(
    name: &'static str,
    directory: &'static str,
    predefined: &'static [(&'static str, &'static str)],
) -> Abi {
    Abi {
        name,
        directory: Some(directory),
        predefined,
    }
}

const BITS_32: &[(&str, &str)] = &[
    ("__CHAR_BIT__", "8"),
    ("__SIZEOF_LONG__", "4"),
    ("__SIZEOF_POINTER__", "4"),
];
const BITS_64: &[(&str, &str)] = &[
    ("__CHAR_BIT__", "8"),
    ("__SIZEOF_LONG__", "8"),
    ("__SIZEOF_POINTER__", "8"),
];

/// Every ABI with numbers of its own, sorted by name. Byte order never changes a number.
pub(super) const ABIS: &[Abi] = &[
    abi("aarch64", "arm64", BITS_64),
    abi("arm", "arm", &[("__ARM_EABI__", "1")]),
    CSKY,
    abi("loongarch64", "loongarch", BITS_64),
    abi("m68k", "m68k", &[]),
    abi("mips", "mips", &[("_MIPS_SIM", "_MIPS_SIM_ABI32")]),
    abi("mips64", "mips", &[("_MIPS_SIM", "_MIPS_SIM_ABI64")]),
    abi("powerpc", "powerpc", &[]),
    abi("powerpc64", "powerpc", &[("__powerpc64__", "1")]),
    abi("riscv32", "riscv", BITS_32),
    abi("riscv64", "riscv", BITS_64),
    abi("s390x", "s390", BITS_64),
    abi("x32", "x86", &[("__ILP32__", "1")]),
    abi("x86", "x86", &[("__i386__", "1")]),
    abi("x86_64", "x86", BITS_64),
];

/// csky is no Debian port. Its `asm/unistd.h` (Linux, `arch/csky/include/uapi/asm/`) asks for these parts of the
/// generic table and adds two calls, see `preprocess`.
const CSKY: Abi = Abi {
    name: "csky",
    directory: None,
    predefined: &[
        ("__CHAR_BIT__", "8"),
        ("__SIZEOF_LONG__", "4"),
        ("__ARCH_WANT_NEW_STAT", ""),
        ("__ARCH_WANT_SET_GET_RLIMIT", ""),
        ("__ARCH_WANT_STAT64", ""),
        ("__ARCH_WANT_SYNC_FILE_RANGE2", ""),
        ("__ARCH_WANT_TIME32_SYSCALLS", ""),
    ],
};

/// Fetches the newest package and unpacks it.
pub(super) fn fetch() -> Result<PathBuf> {
    let package = Suite::open("sid")?.download("linux-libc-dev")?;
    let directory = package.with_file_name("unpacked");
    unpack(&package, &directory)?;
    Ok(directory)
}

/// The macros of a header below `asm/`, as one ABI has it.
pub(super) fn preprocess(root: &Path, abi: &Abi, header: &str) -> Result<Preprocessor> {
    let mut directories = vec![root.join("usr/include")];
    if let Some(directory) = abi.directory {
        directories.insert(0, root.join("usr/lib/linux/uapi").join(directory));
    }
    let mut macros = Preprocessor::new(directories, abi.predefined);
    let explain = |error| format!("headers of {}: {error}", abi.name);
    macros.include(&format!("asm/{header}")).map_err(explain)?;
    if abi.name == CSKY.name && header == "unistd.h" {
        macros.define("__NR_set_thread_area", "__NR_arch_specific_syscall");
        macros.define("__NR_cacheflush", "__NR_arch_specific_syscall + 1");
    }
    Ok(macros)
}

/// The kernel's version, from `linux/version.h`: `7.2.13`.
pub(super) fn kernel_version(root: &Path) -> Result<String> {
    let mut macros = Preprocessor::new(vec![root.join("usr/include")], &[]);
    macros.include("linux/version.h")?;
    Ok(format!(
        "{}.{}.{}",
        macros.value("LINUX_VERSION_MAJOR")?,
        macros.value("LINUX_VERSION_PATCHLEVEL")?,
        macros.value("LINUX_VERSION_SUBLEVEL")?
    ))
}

/// The package's version, from its control file.
pub(super) fn package_version(root: &Path) -> Result<String> {
    let path = root.join("DEBIAN/control");
    let text = fs::read_to_string(&path).map_err(|error| {
        format!(
            "cannot read `{}`: {error}; unpack the package with `dpkg-deb --raw-extract`",
            path.display()
        )
    })?;
    text.lines()
        .find_map(|line| line.strip_prefix("Version: "))
        .map(str::to_owned)
        .ok_or_else(|| format!("`{}` has no line `Version: …`", path.display()))
}
