//! The machines: an architecture, a kernel of Debian's, and how QEMU starts it.

/// An architecture to build the tests for.
#[derive(Debug)]
pub(super) struct Platform {
    /// The architecture, as Rust calls it.
    pub(super) name: &'static str,
    /// Rust's target.
    pub(super) target: &'static str,
    /// Debian's name for the architecture, of kernels and of Rust's standard library.
    pub(super) debian: &'static str,
    /// What the names of the compiler and the linker begin with; empty for those of this machine.
    pub(super) gnu: &'static str,
    /// What QEMU's name ends with, and the machine that it is to be.
    pub(super) qemu: &'static [&'static str],
    /// The kernel's name for the serial console.
    pub(super) console: &'static str,
    /// Programs or files, and the packages of this machine's Debian that have them.
    pub(super) needs: &'static [(&'static str, &'static str)],
    /// Programs of other ABIs that the kernel can run, too.
    pub(super) foreign: &'static [Foreign],
}

/// A program of an ABI that filters for the platform's own must not let through.
#[derive(Debug)]
pub(super) struct Foreign {
    /// The name of the ABI, which is that of `tests/foreign/NAME.S`.
    pub(super) name: &'static str,
    /// The compiler with its options.
    pub(super) compiler: &'static [&'static str],
}

/// A kernel to boot.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) platform: &'static Platform,
    /// What tells it from the platform's other kernels.
    pub(super) kernel: &'static str,
    /// The suite and the flavour of its package `linux-image-FLAVOUR`.
    pub(super) suite: &'static str,
    pub(super) flavour: &'static str,
    /// More for the kernel's command line.
    pub(super) append: &'static str,
    /// Foreign programs that have to run there without a filter: elsewhere a test may skip them.
    pub(super) runs: &'static [&'static str],
}

impl Machine {
    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.platform.name, self.kernel)
    }

    /// Whether a word of the command line means this machine, by its architecture or exactly.
    pub(super) fn is(&self, word: &str) -> bool {
        word == self.platform.name
            || word == self.platform.debian
            || word == self.platform.target
            || word == self.name()
    }
}

const ARM32: Foreign = Foreign {
    name: "arm",
    compiler: &["arm-linux-gnueabihf-gcc"],
};
const I386: Foreign = Foreign {
    name: "i386",
    compiler: &["gcc", "-m32"],
};
const X32: Foreign = Foreign {
    name: "x32",
    compiler: &["gcc", "-mx32"],
};

static AARCH64: Platform = Platform {
    name: "aarch64",
    target: "aarch64-unknown-linux-gnu",
    debian: "arm64",
    gnu: "aarch64-linux-gnu-",
    qemu: &["aarch64", "-machine", "virt", "-cpu", "cortex-a57"],
    console: "ttyAMA0",
    needs: &[
        ("qemu-system-aarch64", "qemu-system-arm"),
        ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"),
        ("/usr/aarch64-linux-gnu/lib/libc.a", "libc6-dev-arm64-cross"),
        ("arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf"),
    ],
    foreign: &[ARM32],
};

static RISCV64: Platform = Platform {
    name: "riscv64",
    target: "riscv64gc-unknown-linux-gnu",
    debian: "riscv64",
    gnu: "riscv64-linux-gnu-",
    qemu: &["riscv64", "-machine", "virt"],
    console: "ttyS0",
    needs: &[
        ("qemu-system-riscv64", "qemu-system-misc"),
        ("riscv64-linux-gnu-gcc", "gcc-riscv64-linux-gnu"),
        (
            "/usr/riscv64-linux-gnu/lib/libc.a",
            "libc6-dev-riscv64-cross",
        ),
    ],
    foreign: &[],
};

static S390X: Platform = Platform {
    name: "s390x",
    target: "s390x-unknown-linux-gnu",
    debian: "s390x",
    gnu: "s390x-linux-gnu-",
    qemu: &["s390x", "-machine", "s390-ccw-virtio"],
    console: "ttysclp0",
    needs: &[
        ("qemu-system-s390x", "qemu-system-misc"),
        ("s390x-linux-gnu-gcc", "gcc-s390x-linux-gnu"),
        ("/usr/s390x-linux-gnu/lib/libc.a", "libc6-dev-s390x-cross"),
    ],
    foreign: &[],
};

static ARM: Platform = Platform {
    name: "arm",
    target: "armv7-unknown-linux-gnueabihf",
    debian: "armhf",
    gnu: "arm-linux-gnueabihf-",
    qemu: &["arm", "-machine", "virt"],
    console: "ttyAMA0",
    needs: &[
        ("qemu-system-arm", "qemu-system-arm"),
        ("arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf"),
        (
            "/usr/arm-linux-gnueabihf/lib/libc.a",
            "libc6-dev-armhf-cross",
        ),
    ],
    foreign: &[],
};

static POWERPC64LE: Platform = Platform {
    name: "powerpc64le",
    target: "powerpc64le-unknown-linux-gnu",
    debian: "ppc64el",
    gnu: "powerpc64le-linux-gnu-",
    qemu: &["ppc64", "-machine", "pseries", "-cpu", "power9"],
    console: "hvc0",
    needs: &[
        ("qemu-system-ppc64", "qemu-system-ppc"),
        ("powerpc64le-linux-gnu-gcc", "gcc-powerpc64le-linux-gnu"),
        (
            "/usr/powerpc64le-linux-gnu/lib/libc.a",
            "libc6-dev-ppc64el-cross",
        ),
    ],
    foreign: &[],
};

static X86: Platform = Platform {
    name: "x86",
    target: "i686-unknown-linux-gnu",
    debian: "i386",
    gnu: "i686-linux-gnu-",
    qemu: &["i386", "-machine", "pc", "-cpu", "max"],
    console: "ttyS0",
    needs: &[
        ("qemu-system-i386", "qemu-system-x86"),
        ("i686-linux-gnu-gcc", "gcc-i686-linux-gnu"),
        ("/usr/i686-linux-gnu/lib/libc.a", "libc6-dev-i386-cross"),
    ],
    foreign: &[],
};

static X86_64: Platform = Platform {
    name: "x86_64",
    target: "x86_64-unknown-linux-gnu",
    debian: "amd64",
    gnu: "",
    qemu: &["x86_64", "-machine", "pc", "-cpu", "max"],
    console: "ttyS0",
    needs: &[("qemu-system-x86_64", "qemu-system-x86")],
    foreign: &[I386, X32],
};

const fn machine(
    platform: &'static Platform,
    kernel: &'static str,
    suite: &'static str,
    flavour: &'static str,
) -> Machine {
    Machine {
        platform,
        kernel,
        suite,
        flavour,
        append: "",
        runs: &[],
    }
}

/// All machines. Kernels come from the suites where they are kept small: since 7.0 Debian's packages of a kernel's
/// image are apart from those of its modules.
pub(super) static MACHINES: [Machine; 10] = [
    Machine {
        runs: &["arm"],
        ..machine(&AARCH64, "6.12", "trixie", "cloud-arm64")
    },
    machine(&RISCV64, "7", "sid", "riscv64"),
    machine(&S390X, "7", "sid", "s390x"),
    // Before the cache of constant actions (5.11).
    Machine {
        runs: &["i386"],
        ..machine(&X86_64, "5.10", "bullseye", "cloud-amd64")
    },
    Machine {
        runs: &["i386"],
        ..machine(&X86_64, "6.1", "bookworm", "cloud-amd64")
    },
    Machine {
        runs: &["i386"],
        ..machine(&X86_64, "6.12", "trixie", "cloud-amd64")
    },
    // The cloud's kernels have no x32.
    Machine {
        append: "syscall.x32=y",
        runs: &["i386", "x32"],
        ..machine(&X86_64, "7", "sid", "amd64")
    },
    machine(&ARM, "7", "sid", "armmp"),
    machine(&POWERPC64LE, "7", "sid", "powerpc64le"),
    machine(&X86, "6.1", "bookworm", "686-pae"),
];

/// Those that every change is tested on.
pub(super) const CONTINUOUS: [&str; 4] = ["aarch64-6.12", "riscv64-7", "s390x-7", "x86_64-5.10"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CONTINUOUS, MACHINES};

    #[test]
    fn names_are_unique_and_those_of_every_change_exist() {
        let names: BTreeSet<_> = MACHINES.iter().map(super::Machine::name).collect();
        assert_eq!(names.len(), MACHINES.len());
        for name in CONTINUOUS {
            assert!(names.contains(name), "{name}");
        }
    }

    #[test]
    fn programs_that_must_run_are_there() {
        for machine in &MACHINES {
            for name in machine.runs {
                let mut foreign = machine.platform.foreign.iter();
                assert!(foreign.any(|program| program.name == *name), "{name}");
            }
        }
    }

    #[test]
    fn a_word_is_an_architecture_or_a_machine() {
        let meant = |word| MACHINES.iter().filter(|machine| machine.is(word)).count();
        assert_eq!(meant("x86_64"), 4);
        assert_eq!(meant("amd64"), 4);
        assert_eq!(meant("x86_64-5.10"), 1);
        assert_eq!(meant("s390x"), 1);
        assert_eq!(meant("vax"), 0);
    }
}
