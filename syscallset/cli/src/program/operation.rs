//! The operations that seccomp(2) takes (`seccomp_check_filter` in `kernel/seccomp.c`), decoded.

use syscallset_compiler::insn::Insn;
use syscallset_compiler::verify::values::Relation;

/// What an arithmetic operation or a test works with besides the accumulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    /// The constant of the instruction.
    Constant(u32),
    /// The index register.
    Index,
}

/// What one instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Loads a word of `struct seccomp_data`, by its byte offset.
    Load(u32),
    /// Loads a constant.
    LoadConstant(u32),
    /// Loads a cell of the scratch memory.
    LoadMemory(u32),
    /// Loads a constant into the index register.
    LoadIndex(u32),
    /// Loads a cell of the scratch memory into the index register.
    LoadIndexMemory(u32),
    /// Stores the accumulator in a cell of the scratch memory.
    Store(u32),
    /// Stores the index register in a cell of the scratch memory.
    StoreIndex(u32),
    /// Computes with the accumulator.
    Arithmetic(Arithmetic, Operand),
    /// Negates the accumulator.
    Negate,
    /// Skips instructions.
    Jump(u32),
    /// Skips `jt` instructions if the test holds, else `jf`.
    Test(Relation, Operand),
    /// Ends with a constant.
    Return(u32),
    /// Ends with the accumulator.
    ReturnAccumulator,
    /// Copies the accumulator to the index register.
    ToIndex,
    /// Copies the index register to the accumulator.
    FromIndex,
}

/// Arithmetic operations, on unsigned 32-bit numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Or,
    And,
    ShiftLeft,
    ShiftRight,
    Xor,
}

/// Size of `struct seccomp_data`, which `BPF_LEN` loads.
pub(crate) const DATA_SIZE: u32 = 64;

impl Operation {
    /// Decodes an instruction; `None` if seccomp(2) does not know it.
    pub(crate) fn decode(insn: Insn) -> Option<Self> {
        let k = insn.k;
        let operand = if insn.code & 0x08 == 0 {
            Operand::Constant(k)
        } else {
            Operand::Index
        };
        Some(match insn.code {
            0x20 => Self::Load(k),
            0x00 => Self::LoadConstant(k),
            0x80 => Self::LoadConstant(DATA_SIZE),
            0x60 => Self::LoadMemory(k),
            0x01 => Self::LoadIndex(k),
            0x81 => Self::LoadIndex(DATA_SIZE),
            0x61 => Self::LoadIndexMemory(k),
            0x02 => Self::Store(k),
            0x03 => Self::StoreIndex(k),
            0x04 | 0x0c => Self::Arithmetic(Arithmetic::Add, operand),
            0x14 | 0x1c => Self::Arithmetic(Arithmetic::Subtract, operand),
            0x24 | 0x2c => Self::Arithmetic(Arithmetic::Multiply, operand),
            0x34 | 0x3c => Self::Arithmetic(Arithmetic::Divide, operand),
            0x44 | 0x4c => Self::Arithmetic(Arithmetic::Or, operand),
            0x54 | 0x5c => Self::Arithmetic(Arithmetic::And, operand),
            0x64 | 0x6c => Self::Arithmetic(Arithmetic::ShiftLeft, operand),
            0x74 | 0x7c => Self::Arithmetic(Arithmetic::ShiftRight, operand),
            0xa4 | 0xac => Self::Arithmetic(Arithmetic::Xor, operand),
            0x84 => Self::Negate,
            0x05 => Self::Jump(k),
            0x15 | 0x1d => Self::Test(Relation::Equal, operand),
            0x25 | 0x2d => Self::Test(Relation::Above, operand),
            0x35 | 0x3d => Self::Test(Relation::AtLeast, operand),
            0x45 | 0x4d => Self::Test(Relation::AnyBit, operand),
            0x06 => Self::Return(k),
            0x16 => Self::ReturnAccumulator,
            0x07 => Self::ToIndex,
            0x87 => Self::FromIndex,
            _ => return None,
        })
    }

    /// Whether the kernel's constant-action cache understands the operation (`seccomp_is_const_allow`,
    /// Linux 5.11).
    pub(crate) fn is_cacheable(self) -> bool {
        match self {
            Self::Load(offset) => offset < 8,
            Self::Jump(_)
            | Self::Return(_)
            | Self::Arithmetic(Arithmetic::And, Operand::Constant(_))
            | Self::Test(_, Operand::Constant(_)) => true,
            _ => false,
        }
    }
}

impl Arithmetic {
    /// The result; `None` for a division by zero, which ends the program with 0.
    pub(crate) fn compute(self, accumulator: u32, operand: u32) -> Option<u32> {
        Some(match self {
            Self::Add => accumulator.wrapping_add(operand),
            Self::Subtract => accumulator.wrapping_sub(operand),
            Self::Multiply => accumulator.wrapping_mul(operand),
            Self::Divide => return accumulator.checked_div(operand),
            Self::Or => accumulator | operand,
            Self::And => accumulator & operand,
            // The kernel shifts by the low five bits (`BPF_ALU | BPF_LSH | BPF_X`, `kernel/bpf/core.c`).
            Self::ShiftLeft => accumulator.wrapping_shl(operand),
            Self::ShiftRight => accumulator.wrapping_shr(operand),
            Self::Xor => accumulator ^ operand,
        })
    }
}
