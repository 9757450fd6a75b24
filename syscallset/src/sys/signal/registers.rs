//! The argument registers of an interrupted thread on the architectures that `context` does not know: from what the
//! kernel gives to a signal's handler (`arch/*/include/uapi/asm/{ucontext,sigcontext}.h`). It restores them first where
//! a call's result took their place.
//!
//! The layouts are the kernel's and part of its interface, whatever the C library; the libc crate has them for some
//! targets only.
#![allow(dead_code, reason = "fields that only keep others in their places")]

use std::ffi::{c_ulong, c_void};

/// The start of `struct ucontext`.
#[repr(C)]
struct Context {
    flags: c_ulong,
    link: *mut c_void,
    stack: *mut c_void,
    stack_flags: i32,
    stack_size: usize,
    /// Newer architectures have the signal mask, and room for a larger one, before the registers.
    #[cfg(any(
        target_arch = "loongarch64",
        target_arch = "powerpc64",
        target_arch = "riscv64"
    ))]
    mask: [u64; 16],
    registers: Registers,
}

/// The start of `struct sigcontext`, up to the last argument: `a0` to `a5` are `x10` to `x15`.
#[cfg(target_arch = "riscv64")]
#[repr(C, align(16))]
struct Registers {
    pc_to_x9: [c_ulong; 10],
    arguments: [c_ulong; 6],
}

/// The start of `struct sigcontext`, up to the last argument: `a0` to `a5` are `r4` to `r9`.
#[cfg(target_arch = "loongarch64")]
#[repr(C, align(16))]
struct Registers {
    pc: u64,
    r0_to_r3: [u64; 4],
    arguments: [c_ulong; 6],
}

/// The start of `struct sigcontext`, up to what was in `r3` at the call: the first argument, whose place a result has
/// taken. The others are in `r4` to `r8`.
#[cfg(target_arch = "powerpc64")]
#[repr(C)]
struct Registers {
    unused: [c_ulong; 4],
    signal: i32,
    handler: c_ulong,
    old_mask: c_ulong,
    pointer: *mut c_void,
    r0_to_r3: [c_ulong; 4],
    arguments: [c_ulong; 5],
    r9_to_msr: [c_ulong; 25],
    first: c_ulong,
}

/// The start of `struct sigcontext`, up to the last argument: `r0` to `r5`.
#[cfg(target_arch = "arm")]
#[repr(C)]
struct Registers {
    trap_error_and_mask: [c_ulong; 3],
    arguments: [c_ulong; 6],
}

/// The start of `struct sigcontext`: gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx.
#[cfg(target_arch = "x86")]
#[repr(C)]
struct Registers {
    all: [c_ulong; 11],
}

/// Those whose registers are not known here. On s390x the result of the refused call has taken the place of its first
/// argument.
#[cfg(not(any(
    target_arch = "arm",
    target_arch = "loongarch64",
    target_arch = "powerpc64",
    target_arch = "riscv64",
    target_arch = "x86"
)))]
#[repr(C)]
struct Registers;

impl Registers {
    #[cfg(any(
        target_arch = "arm",
        target_arch = "loongarch64",
        target_arch = "riscv64"
    ))]
    #[allow(
        clippy::unnecessary_wraps,
        clippy::useless_conversion,
        reason = "not all registers are known, nor as wide"
    )]
    fn arguments(&self) -> Option<[u64; 6]> {
        Some(self.arguments.map(u64::from))
    }

    #[cfg(target_arch = "powerpc64")]
    #[allow(clippy::unnecessary_wraps, reason = "not all registers are known")]
    fn arguments(&self) -> Option<[u64; 6]> {
        let [second, third, fourth, fifth, sixth] = self.arguments;
        Some([self.first, second, third, fourth, fifth, sixth])
    }

    #[cfg(target_arch = "x86")]
    #[allow(clippy::unnecessary_wraps, reason = "not all registers are known")]
    fn arguments(&self) -> Option<[u64; 6]> {
        // ebx, ecx, edx, esi, edi, ebp
        Some([8, 10, 9, 5, 4, 6].map(|index| u64::from(self.all[index])))
    }

    #[cfg(not(any(
        target_arch = "arm",
        target_arch = "loongarch64",
        target_arch = "powerpc64",
        target_arch = "riscv64",
        target_arch = "x86"
    )))]
    fn arguments(&self) -> Option<[u64; 6]> {
        None
    }
}

/// The argument registers, where this architecture's are known.
///
/// # Safety
///
/// `context` points to what the kernel passed to a signal's handler as its third argument.
pub(super) unsafe fn arguments(context: *mut c_void) -> Option<[u64; 6]> {
    // SAFETY: the caller's promise; the kernel aligns it as its own structure.
    let context = unsafe { &*context.cast::<Context>() };
    context.registers.arguments()
}
