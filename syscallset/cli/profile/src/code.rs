//! Machine code, reduced to what decides about system calls: constants, addresses, moves, calls and jumps.
//!
//! Both architectures are lowered to the same few operations, so that everything behind is written once.

mod aarch64;
mod x86_64;

use syscallset_tables::Arch;

/// A general register: on x86-64 0 to 15 in the order of their encoding, on aarch64 0 to 30 and 31 for `sp`.
pub(crate) type Reg = u8;

/// How many registers there can be.
pub(crate) const REGISTERS: usize = 32;

/// The width of an operation in bytes. Wider than 8 are vectors.
pub(crate) type Width = u8;

/// A value that an operation reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Reg(Reg),
    Const(u64),
    Unknown,
}

/// A place in memory: the sum of what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) base: Option<Reg>,
    pub(crate) indexed: bool,
    pub(crate) offset: i64,
    /// Whether it is in thread-local memory.
    pub(crate) thread: bool,
}

impl Place {
    /// The address, if nothing but constants makes it up.
    pub(crate) fn address(self) -> Option<u64> {
        (self.base.is_none() && !self.indexed && !self.thread)
            .then_some(self.offset.cast_unsigned())
    }
}

/// Operators with a result that depends on their operands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Sub,
    And,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
}

/// Where a call or jump goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Direct(u64),
    Reg(Reg),
    Memory(Place),
}

/// An operation. Results narrower than a register are zero-extended from 4 bytes, and merged from 1 or 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// Copies a value.
    Set {
        to: Reg,
        from: Source,
        width: Width,
    },
    /// Copies the low bytes of a register and extends them.
    Extend {
        to: Reg,
        from: Reg,
        bytes: Width,
        signed: bool,
        width: Width,
    },
    /// The page of an address, which another operation completes.
    Page {
        to: Reg,
        address: u64,
    },
    /// The address of a place.
    Address {
        to: Reg,
        of: Place,
    },
    /// Reads memory.
    Load {
        to: Reg,
        from: Place,
        width: Width,
        signed: bool,
    },
    /// Reads memory into something that is not tracked.
    Read {
        from: Place,
        width: Width,
    },
    /// Writes memory.
    Store {
        to: Place,
        from: Source,
        width: Width,
    },
    /// Writes memory from the place in this register on, nobody knows how much.
    Fill {
        base: Reg,
    },
    Combine {
        operator: Operator,
        to: Reg,
        left: Source,
        right: Source,
        width: Width,
    },
    /// Perhaps copies a value.
    Choose {
        to: Reg,
        or: Source,
        width: Width,
    },
    /// Writes an unknown value.
    Forget {
        to: Reg,
    },
    Call(Target),
    Jump(Target),
    /// A jump that is perhaps not taken.
    Branch(u64),
    Return,
    /// An instruction that never completes.
    Stop,
    /// A system call.
    Syscall,
    /// A system call of the 32-bit ABI.
    ForeignSyscall,
}

impl Op {
    /// The register that it writes; calls and system calls write others.
    pub(crate) fn writes(&self) -> Option<Reg> {
        match *self {
            Self::Set { to, .. }
            | Self::Extend { to, .. }
            | Self::Page { to, .. }
            | Self::Address { to, .. }
            | Self::Load { to, .. }
            | Self::Combine { to, .. }
            | Self::Choose { to, .. }
            | Self::Forget { to } => Some(to),
            _ => None,
        }
    }
}

/// Lowers instructions one by one.
pub(crate) enum Decoder<'a> {
    X86(Box<x86_64::X86<'a>>),
    Arm(aarch64::Arm<'a>),
}

impl<'a> Decoder<'a> {
    /// Decodes `bytes`, which are at `address`. Without `detail`, writes of registers that no other operation
    /// tells of are left out.
    pub(crate) fn new(arch: Arch, bytes: &'a [u8], address: u64, detail: bool) -> Self {
        match arch {
            Arch::Aarch64 => Self::Arm(aarch64::Arm::new(bytes, address)),
            _ => Self::X86(Box::new(x86_64::X86::new(bytes, address, detail))),
        }
    }

    /// Whether the bytes that were decoded last are no instruction.
    pub(crate) fn invalid(&self) -> bool {
        match self {
            Self::X86(decoder) => decoder.invalid(),
            Self::Arm(decoder) => decoder.invalid(),
        }
    }

    /// Appends the operations of the next instruction to `ops`; its address and the one after it, or `None` at the
    /// end. Bytes that are no instruction give [`Op::Stop`].
    pub(crate) fn next(&mut self, ops: &mut Vec<Op>) -> Option<(u64, u64)> {
        match self {
            Self::X86(decoder) => decoder.next(ops),
            Self::Arm(decoder) => decoder.next(ops),
        }
    }
}

/// What a calling convention says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Convention {
    /// The register that holds the number of a system call.
    pub(crate) number: Reg,
    /// The register of a system call's result.
    pub(crate) result: Reg,
    pub(crate) stack_pointer: Reg,
    /// The registers that point to the stack and to nothing else.
    pub(crate) frame: &'static [Reg],
    /// The registers of the first arguments.
    pub(crate) arguments: &'static [Reg],
    /// The registers that a call leaves as they are.
    pub(crate) preserved: &'static [Reg],
    /// How far a call moves the stack pointer.
    pub(crate) call_pushes: i64,
}

const X86: Convention = Convention {
    number: 0,
    result: 0,
    stack_pointer: 4,
    frame: &[4],
    arguments: &[7, 6, 2, 1, 8, 9],
    preserved: &[3, 4, 5, 12, 13, 14, 15],
    call_pushes: 8,
};

const ARM: Convention = Convention {
    number: 8,
    result: 0,
    stack_pointer: 31,
    frame: &[29, 31],
    arguments: &[0, 1, 2, 3, 4, 5, 6, 7],
    preserved: &[19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 31],
    call_pushes: 0,
};

/// The convention of C on an architecture. In Go, calls preserve nothing but the stack pointer.
pub(crate) fn convention(arch: Arch, go: bool) -> Convention {
    let c = if arch == Arch::Aarch64 { ARM } else { X86 };
    if go && arch == Arch::Aarch64 {
        let arguments = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        return Convention {
            arguments,
            preserved: &[31],
            ..c
        };
    }
    if go {
        return Convention {
            arguments: &[0, 3, 1, 7, 6, 8, 9, 10, 11],
            preserved: &[4],
            ..c
        };
    }
    c
}
