//! One instruction of a classic BPF program, as the kernel takes it (`struct sock_filter`).

/// A classic BPF instruction (`include/uapi/linux/filter.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Insn {
    /// Operation: class, size, mode or operator, and source.
    pub code: u16,
    /// Instructions to skip where a test holds.
    pub jt: u8,
    /// Instructions to skip where a test does not hold.
    pub jf: u8,
    /// Constant operand, offset, jump distance or return value.
    pub k: u32,
}

/// `BPF_LD | BPF_W | BPF_ABS`: load a word of `struct seccomp_data` at byte offset `k`.
pub const LD_ABS: u16 = 0x20;
/// `BPF_ALU | BPF_AND | BPF_K`: and the accumulator with `k`.
pub const AND_K: u16 = 0x54;
/// `BPF_JMP | BPF_JA`: skip `k` instructions.
pub const JA: u16 = 0x05;
/// `BPF_JMP | BPF_JEQ | BPF_K`: is the accumulator equal to `k`?
pub const JEQ: u16 = 0x15;
/// `BPF_JMP | BPF_JGT | BPF_K`: is the accumulator greater than `k`, unsigned?
pub const JGT: u16 = 0x25;
/// `BPF_JMP | BPF_JGE | BPF_K`: is the accumulator at least `k`, unsigned?
pub const JGE: u16 = 0x35;
/// `BPF_JMP | BPF_JSET | BPF_K`: have the accumulator and `k` a bit in common?
pub const JSET: u16 = 0x45;
/// `BPF_RET | BPF_K`: end with the verdict `k`.
pub const RET_K: u16 = 0x06;

/// Byte offset of `nr` in `struct seccomp_data`.
pub const OFFSET_NR: u32 = 0;
/// Byte offset of `arch` in `struct seccomp_data`.
pub const OFFSET_ARCH: u32 = 4;
/// Byte offset of the first word of `args[0]` in `struct seccomp_data`; each argument has 8 bytes.
pub const OFFSET_ARGS: u32 = 16;

/// The longest program that the kernel takes (`BPF_MAXINSNS`).
pub const MAX_INSNS: usize = 4096;
