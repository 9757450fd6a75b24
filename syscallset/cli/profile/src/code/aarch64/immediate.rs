//! Data processing with an immediate operand.

use super::{Op, Operator, Place, Source, Word, forget};

/// Data processing with an immediate operand.
pub(super) fn lower(word: Word, at: u64, ops: &mut Vec<Op>) {
    let (to, width) = (word.reg(0), word.width());
    let mask = if width == 4 { 0xffff_ffff } else { u64::MAX };
    let set = |value| Op::Set {
        to,
        from: Source::Const(value),
        width,
    };
    let combine = |operator, left, value| Op::Combine {
        operator,
        to,
        left,
        right: Source::Const(value),
        width,
    };
    match word.bits(23, 3) {
        0b000 | 0b001 => {
            let distance = word.signed(5, 19) << 2 | i64::from(word.bits(29, 2));
            if to == 31 {
                return;
            }
            if word.bit(31) {
                let address = (at & !0xfff).wrapping_add_signed(distance << 12);
                ops.push(Op::Page { to, address });
            } else {
                let offset = at.wrapping_add_signed(distance).cast_signed();
                let of = Place {
                    base: None,
                    indexed: false,
                    offset,
                    thread: false,
                };
                ops.push(Op::Address { to, of });
            }
        }
        0b010 => {
            let amount = u64::from(word.bits(10, 12)) << if word.bit(22) { 12 } else { 0 };
            // With flags, register 31 as the result is a comparison; without, it is the stack pointer.
            if !(word.bit(29) && to == 31) {
                ops.push(combine(word.arithmetic(), Source::Reg(word.reg(5)), amount));
            }
        }
        0b100 => {
            let (Some(operator), Some(value)) = (word.logical(), bitmask(word)) else {
                return forget(to, ops);
            };
            ops.push(combine(operator, word.source(5), value & mask));
        }
        0b101 if to != 31 => {
            let shift = 16 * word.bits(21, 2);
            let value = u64::from(word.bits(5, 16)) << shift;
            match word.bits(29, 2) {
                0 => ops.push(set(!value & mask)),
                2 => ops.push(set(value)),
                _ => {
                    let old = Source::Reg(to);
                    ops.push(combine(Operator::And, old, !(0xffff_u64 << shift)));
                    ops.push(combine(Operator::Or, old, value));
                }
            }
        }
        0b110 if to != 31 => bit_field(word, ops),
        _ => forget(to, ops),
    }
}

/// UBFM and SBFM as the extensions and shifts that they stand for.
fn bit_field(word: Word, ops: &mut Vec<Op>) {
    let (to, width) = (word.reg(0), word.width());
    let (rotate, top) = (word.bits(16, 6), word.bits(10, 6));
    let Source::Reg(from) = word.source(5) else {
        return forget(to, ops);
    };
    let signed = word.bits(29, 2) == 0;
    let bytes = match (word.bits(29, 2), rotate, top) {
        (0 | 2, 0, 7) => 1,
        (0 | 2, 0, 15) => 2,
        (0 | 2, 0, 31) => 4,
        _ => 0,
    };
    let bits = 8 * u32::from(width);
    let shift = |operator, by| Op::Combine {
        operator,
        to,
        left: Source::Reg(from),
        right: Source::Const(u64::from(by)),
        width,
    };
    if bytes != 0 {
        ops.push(Op::Extend {
            to,
            from,
            bytes,
            signed,
            width,
        });
    } else if word.bits(29, 2) == 2 && top + 1 == bits {
        ops.push(shift(Operator::ShiftRight, rotate));
    } else if word.bits(29, 2) == 2 && top + 1 == rotate {
        ops.push(shift(Operator::ShiftLeft, bits - rotate));
    } else {
        forget(to, ops);
    }
}

/// The value of a bit mask immediate (`DecodeBitMasks` in the manual).
fn bitmask(word: Word) -> Option<u64> {
    let (n, rotate, ones) = (word.bits(22, 1), word.bits(16, 6), word.bits(10, 6));
    let length = 31_u32.checked_sub((n << 6 | !ones & 0x3f).leading_zeros())?;
    if length == 0 {
        return None;
    }
    let size = 1_u32 << length;
    let (ones, rotate) = (ones & (size - 1), rotate & (size - 1));
    if ones == size - 1 {
        return None;
    }
    let element = (1_u64 << (ones + 1)) - 1;
    let mask = if size == 64 {
        u64::MAX
    } else {
        (1_u64 << size) - 1
    };
    let turned = match rotate {
        0 => element,
        _ => (element >> rotate | element << (size - rotate)) & mask,
    };
    let mut value = 0;
    let mut at = 0;
    while at < 64 {
        value |= turned << at;
        at += size;
    }
    Some(value)
}
