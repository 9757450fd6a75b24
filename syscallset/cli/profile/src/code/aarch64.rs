//! `AArch64` instructions as operations. Names and bit patterns are those of the Arm Architecture Reference Manual,
//! chapter C4, "A64 instruction set encoding".

mod immediate;
mod memory;

use super::{Op, Operator, Place, Reg, Source, Target, Width};

/// The stack pointer, or in other places of an instruction the register that is always zero.
const SP: Reg = 31;

pub(crate) struct Arm<'a> {
    words: std::slice::ChunksExact<'a, u8>,
    address: u64,
    last: u32,
}

impl<'a> Arm<'a> {
    pub(super) fn new(bytes: &'a [u8], address: u64) -> Self {
        Self {
            words: bytes.chunks_exact(4),
            address,
            last: 0,
        }
    }

    /// All of what is unallocated by the highest bits of the encoding.
    pub(super) fn invalid(&self) -> bool {
        matches!(Word(self.last).bits(25, 4), 0b0000 | 0b0001 | 0b0011)
    }

    pub(super) fn next(&mut self, ops: &mut Vec<Op>) -> Option<(u64, u64)> {
        let bytes = self.words.next()?;
        let word = u32::from_le_bytes(*bytes.first_chunk()?);
        self.last = word;
        let at = self.address;
        self.address += 4;
        lower(Word(word), at, ops);
        Some((at, self.address))
    }
}

/// An instruction word.
#[derive(Clone, Copy)]
struct Word(u32);

impl Word {
    /// The bits from `low` on.
    fn bits(self, low: u32, count: u32) -> u32 {
        self.0 >> low & ((1 << count) - 1)
    }

    fn bit(self, at: u32) -> bool {
        self.bits(at, 1) != 0
    }

    /// The bits from `low` on, as a signed number.
    fn signed(self, low: u32, count: u32) -> i64 {
        let unused = 32 - count;
        i64::from((self.bits(low, count) << unused).cast_signed() >> unused)
    }

    fn reg(self, low: u32) -> Reg {
        self.bits(low, 5).to_le_bytes()[0]
    }

    /// A register that reads as zero if it is number 31.
    fn source(self, low: u32) -> Source {
        match self.reg(low) {
            31 => Source::Const(0),
            reg => Source::Reg(reg),
        }
    }

    fn matches(self, mask: u32, value: u32) -> bool {
        self.0 & mask == value
    }

    /// The width of a data-processing instruction.
    fn width(self) -> Width {
        if self.bit(31) { 8 } else { 4 }
    }

    /// What a logical instruction does; none for the one that sets flags, too.
    fn logical(self) -> Option<Operator> {
        match self.bits(29, 2) {
            0 => Some(Operator::And),
            1 => Some(Operator::Or),
            2 => Some(Operator::Xor),
            _ => None,
        }
    }

    /// What an arithmetic instruction does.
    fn arithmetic(self) -> Operator {
        if self.bit(30) {
            Operator::Sub
        } else {
            Operator::Add
        }
    }
}

fn lower(word: Word, at: u64, ops: &mut Vec<Op>) {
    match word.bits(25, 4) {
        0b1000 | 0b1001 => immediate::lower(word, at, ops),
        0b1010 | 0b1011 => branch(word, at, ops),
        0b0101 | 0b1101 => registers(word, ops),
        0b0100 | 0b0110 | 0b1100 | 0b1110 => memory::lower(word, at, ops),
        0b0111 | 0b1111 => {
            // Vector instructions that end in a general register: conversions, FMOV, UMOV and SMOV.
            let convert = word.matches(0x5f20_fc00, 0x1e20_0000);
            let element =
                word.matches(0xbfe0_e400, 0x0e00_2400) || word.matches(0xbfe0_dc00, 0x0e00_0c00);
            if convert || element {
                forget(word.reg(0), ops);
            }
        }
        // All zeroes are no instruction for sure; the rest of the group is no code of ours either.
        _ => ops.push(Op::Stop),
    }
}

fn forget(to: Reg, ops: &mut Vec<Op>) {
    if to != 31 {
        ops.push(Op::Forget { to });
    }
}

/// A displacement in words, from the bits at `low` on.
fn target(word: Word, at: u64, low: u32, count: u32) -> u64 {
    at.wrapping_add_signed(4 * word.signed(low, count))
}

fn branch(word: Word, at: u64, ops: &mut Vec<Op>) {
    if word.matches(0x7c00_0000, 0x1400_0000) {
        let target = Target::Direct(target(word, at, 0, 26));
        ops.push(if word.bit(31) {
            Op::Call(target)
        } else {
            Op::Jump(target)
        });
    } else if word.matches(0xff00_0000, 0x5400_0000) || word.matches(0x7e00_0000, 0x3400_0000) {
        ops.push(Op::Branch(target(word, at, 5, 19)));
    } else if word.matches(0x7e00_0000, 0x3600_0000) {
        ops.push(Op::Branch(target(word, at, 5, 14)));
    } else if word.matches(0xfe00_0000, 0xd600_0000) {
        let reg = Target::Reg(word.reg(5));
        ops.push(match word.bits(21, 4) & 7 {
            0 => Op::Jump(reg),
            1 => Op::Call(reg),
            _ => Op::Return,
        });
    } else if word.matches(0xffe0_001f, 0xd400_0001) {
        ops.push(Op::Syscall);
    } else if word.matches(0xff00_0000, 0xd400_0000) {
        ops.push(Op::Stop);
    } else if word.matches(0xfff0_0000, 0xd530_0000) {
        // MRS
        forget(word.reg(0), ops);
    }
}

/// Data processing with register operands.
fn registers(word: Word, ops: &mut Vec<Op>) {
    let (to, width) = (word.reg(0), word.width());
    let plain = word.bits(10, 6) == 0 && !word.bit(21);
    let (left, right) = (word.source(5), word.source(16));
    let combine = |operator| Op::Combine {
        operator,
        to,
        left,
        right,
        width,
    };
    if word.matches(0x1f00_0000, 0x0a00_0000) {
        let Some(operator) = word.logical() else {
            return forget(to, ops);
        };
        // Flags alone, or an inverted or shifted operand.
        if to == 31 {
        } else if !plain || word.bits(22, 2) != 0 {
            forget(to, ops);
        } else if operator == Operator::Or && left == Source::Const(0) {
            ops.push(Op::Set {
                to,
                from: right,
                width,
            });
        } else {
            ops.push(combine(operator));
        }
    } else if word.matches(0x1f00_0000, 0x0b00_0000) {
        if word.bit(21) {
            // The extended form, whose register 31 is the stack pointer.
            if !(word.bit(29) && to == 31) {
                ops.push(Op::Forget { to });
            }
        } else if to == 31 {
        } else if plain && word.bits(22, 2) == 0 {
            ops.push(combine(word.arithmetic()));
        } else {
            forget(to, ops);
        }
    } else if word.matches(0x1fe0_0000, 0x1a80_0000) && to != 31 {
        select(word, left, right, ops);
    } else if !word.matches(0x1fe0_0000, 0x1a40_0000) {
        // Conditional comparisons, left out here, have no result register.
        forget(to, ops);
    }
}

/// CSEL, CSINC, CSINV and CSNEG.
fn select(word: Word, left: Source, right: Source, ops: &mut Vec<Op>) {
    let (to, width) = (word.reg(0), word.width());
    let other = match (word.bit(30), word.bits(10, 2), right) {
        (false, 0, _) => right,
        (false, 1, Source::Const(0)) => Source::Const(1),
        (true, 0, Source::Const(0)) => {
            Source::Const(if width == 4 { 0xffff_ffff } else { u64::MAX })
        }
        (true, 1, Source::Const(0)) => Source::Const(0),
        _ => Source::Unknown,
    };
    // The first copy must not overwrite what the second one reads.
    if other == Source::Reg(to) {
        ops.push(Op::Choose {
            to,
            or: left,
            width,
        });
    } else {
        ops.push(Op::Set {
            to,
            from: left,
            width,
        });
        ops.push(Op::Choose {
            to,
            or: other,
            width,
        });
    }
}
