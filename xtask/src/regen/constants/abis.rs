//! How the host's compiler reads the headers of each ABI.
//!
//! Values depend on an ABI in two ways: through conditions in the headers, which see only the macros defined here,
//! and through the sizes of structures, which are part of `ioctl` requests. For those, gcc for x86 can lay out data as
//! any of these ABIs does.

/// What the compiler is told for one ABI.
pub(super) struct Abi {
    /// As in the snapshots of numbers.
    pub(super) name: &'static str,
    /// The directory below `usr/lib/linux/uapi`; none for an architecture that the package leaves out.
    pub(super) directory: Option<&'static str>,
    pub(super) layout: Layout,
    /// Macros that its headers ask for, besides those for the width of a long.
    pub(super) defines: &'static [&'static str],
}

/// How data is laid out.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// The options that make gcc do so.
    pub(super) options: &'static [&'static str],
    /// The bytes of a long and of a pointer.
    pub(super) long: u32,
}

const LAYOUT_64: Layout = Layout {
    options: &["-m64"],
    long: 8,
};
/// Pointers and longs have 32 bits, 64-bit integers start at multiples of 8.
const LAYOUT_32: Layout = Layout {
    options: &["-m32", "-malign-double"],
    long: 4,
};
/// 64-bit integers start at multiples of 4.
const LAYOUT_32_BY_4: Layout = Layout {
    options: &["-m32"],
    long: 4,
};
/// Everything starts at multiples of 2.
const LAYOUT_32_BY_2: Layout = Layout {
    options: &["-m32", "-fpack-struct=2"],
    long: 4,
};
/// Pointers and longs have 32 bits, registers 64.
const LAYOUT_X32: Layout = Layout {
    options: &["-mx32"],
    long: 4,
};

/// In the order of `params/entries.rs`.
pub(super) const ABIS: &[Abi] = &[
    Abi {
        name: "aarch64",
        directory: Some("arm64"),
        layout: LAYOUT_64,
        defines: &[],
    },
    Abi {
        name: "arm",
        directory: Some("arm"),
        layout: LAYOUT_32,
        defines: &["__ARM_EABI__=1"],
    },
    // No Debian port, so that its headers come from the kernel's source.
    Abi {
        name: "csky",
        directory: None,
        layout: LAYOUT_32_BY_4,
        defines: &[],
    },
    Abi {
        name: "loongarch64",
        directory: Some("loongarch"),
        layout: LAYOUT_64,
        defines: &["__loongarch_grlen=64"],
    },
    Abi {
        name: "m68k",
        directory: Some("m68k"),
        layout: LAYOUT_32_BY_2,
        defines: &[],
    },
    Abi {
        name: "mips",
        directory: Some("mips"),
        layout: LAYOUT_32,
        defines: &[
            "__MIPSEB__=1",
            "_MIPS_SIM=_MIPS_SIM_ABI32",
            "_MIPS_SZLONG=32",
        ],
    },
    Abi {
        name: "mips64",
        directory: Some("mips"),
        layout: LAYOUT_64,
        defines: &[
            "__MIPSEB__=1",
            "__mips64=1",
            "_MIPS_SIM=_MIPS_SIM_ABI64",
            "_MIPS_SZLONG=64",
        ],
    },
    Abi {
        name: "powerpc",
        directory: Some("powerpc"),
        layout: LAYOUT_32,
        defines: &["__powerpc__=1", "__BIG_ENDIAN__=1"],
    },
    Abi {
        name: "powerpc64",
        directory: Some("powerpc"),
        layout: LAYOUT_64,
        defines: &["__powerpc__=1", "__powerpc64__=1", "__BIG_ENDIAN__=1"],
    },
    Abi {
        name: "riscv32",
        directory: Some("riscv"),
        layout: LAYOUT_32,
        defines: &["__riscv_xlen=32"],
    },
    Abi {
        name: "riscv64",
        directory: Some("riscv"),
        layout: LAYOUT_64,
        defines: &["__riscv_xlen=64"],
    },
    Abi {
        name: "s390x",
        directory: Some("s390"),
        layout: LAYOUT_64,
        defines: &["__s390__=1", "__s390x__=1"],
    },
    Abi {
        name: "x32",
        directory: Some("x86"),
        layout: LAYOUT_X32,
        defines: &["__x86_64__=1", "__ILP32__=1"],
    },
    Abi {
        name: "x86",
        directory: Some("x86"),
        layout: LAYOUT_32_BY_4,
        defines: &["__i386__=1"],
    },
    Abi {
        name: "x86_64",
        directory: Some("x86"),
        layout: LAYOUT_64,
        defines: &["__x86_64__=1"],
    },
];
