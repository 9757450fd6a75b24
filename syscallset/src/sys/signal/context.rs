//! What a handler sees and changes of the thread that its signal has interrupted.
//!
//! The layouts are those of the kernel, which all C libraries share; the libc crate does not have them for
//! each.

use std::ffi::c_void;

/// `struct ucontext` (`arch/x86/include/uapi/asm/sigcontext.h`, `include/uapi/asm-generic/ucontext.h`).
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
#[repr(C)]
struct Context {
    flags: u64,
    link: usize,
    stack: [u64; 3],
    /// r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, and more.
    registers: [u64; 23],
    floating_point: usize,
    reserved: [u64; 8],
    blocked: u64,
}

/// `struct ucontext` (`arch/arm64/include/uapi/asm/ucontext.h`, `sigcontext.h`).
#[cfg(target_arch = "aarch64")]
#[repr(C)]
struct Context {
    flags: u64,
    link: usize,
    stack: [u64; 3],
    blocked: u64,
    unused: [u64; 15],
    aligned: [u64; 1],
    fault_address: u64,
    /// x0 to x30.
    registers: [u64; 31],
}

/// Another architecture's, of which no more is known than what `registers` tells.
#[cfg(not(any(
    all(target_arch = "x86_64", target_pointer_width = "64"),
    target_arch = "aarch64"
)))]
struct Context;

/// The interrupted thread.
pub(super) struct Interrupted(*mut Context);

impl Interrupted {
    /// # Safety
    ///
    /// `context` is what the kernel passes to the handler of a signal, which has not returned yet as long
    /// as this value is used.
    pub(super) unsafe fn new(context: *mut c_void) -> Self {
        Self(context.cast())
    }
}

#[cfg(any(
    all(target_arch = "x86_64", target_pointer_width = "64"),
    target_arch = "aarch64"
))]
impl Interrupted {
    #[cfg(target_arch = "x86_64")]
    const ARGUMENTS: [usize; 6] = [8, 9, 12, 2, 0, 1];
    #[cfg(target_arch = "aarch64")]
    const ARGUMENTS: [usize; 6] = [0, 1, 2, 3, 4, 5];
    #[cfg(target_arch = "x86_64")]
    const RESULT: usize = 13;
    #[cfg(target_arch = "aarch64")]
    const RESULT: usize = 0;

    /// The argument registers, where this architecture's are known.
    #[allow(clippy::unnecessary_wraps, reason = "other architectures' are not")]
    pub(super) fn arguments(&self) -> Option<[u64; 6]> {
        // SAFETY: the promise of `new`.
        let registers = unsafe { (*self.0).registers };
        Some(Self::ARGUMENTS.map(|index| registers[index]))
    }

    /// Gives the interrupted call a result: what it returns, or the negative error number.
    pub(super) fn set_result(&self, result: i32) {
        #[allow(clippy::cast_sign_loss, reason = "registers have no sign")]
        let result = i64::from(result) as u64;
        // SAFETY: the promise of `new`.
        unsafe { (*self.0).registers[Self::RESULT] = result };
    }

    /// The signals that the thread blocks, signal 1 in the lowest bit.
    pub(super) fn blocked(&self) -> u64 {
        // SAFETY: the promise of `new`.
        unsafe { (*self.0).blocked }
    }

    /// Sets what [`blocked`](Self::blocked) tells.
    pub(super) fn block(&self, signals: u64) {
        // SAFETY: the promise of `new`.
        unsafe { (*self.0).blocked = signals };
    }
}

#[cfg(not(any(
    all(target_arch = "x86_64", target_pointer_width = "64"),
    target_arch = "aarch64"
)))]
#[allow(clippy::unused_self, reason = "takes the place of the others")]
impl Interrupted {
    pub(super) fn arguments(&self) -> Option<[u64; 6]> {
        // SAFETY: the promise of `new`.
        unsafe { super::registers::arguments(self.0.cast()) }
    }

    pub(super) fn set_result(&self, _result: i32) {}

    pub(super) fn blocked(&self) -> u64 {
        0
    }

    pub(super) fn block(&self, _signals: u64) {}
}

#[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
const _: () = assert!(std::mem::offset_of!(Context, blocked) == 296);
#[cfg(target_arch = "aarch64")]
const _: () = assert!(std::mem::offset_of!(Context, registers) == 184);
