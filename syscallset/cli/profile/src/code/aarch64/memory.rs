//! Loads and stores.

use super::{Op, Operator, Place, Reg, SP, Source, Width, Word, forget};

pub(super) fn lower(word: Word, at: u64, ops: &mut Vec<Op>) {
    if word.matches(0x3b00_0000, 0x1800_0000) {
        literal(word, at, ops);
    } else if word.matches(0x3a00_0000, 0x2800_0000) {
        pair(word, ops);
    } else if word.matches(0x3b00_0000, 0x3900_0000) {
        let (bytes, _) = size(word);
        let offset = i64::from(word.bits(10, 12)) * i64::from(bytes);
        access(word, place(word.reg(5), offset), ops);
    } else if word.matches(0x3b20_0000, 0x3800_0000) {
        let (base, offset) = (word.reg(5), word.signed(12, 9));
        match word.bits(10, 2) {
            0 | 2 => access(word, place(base, offset), ops),
            1 => {
                access(word, place(base, 0), ops);
                advance(base, offset, ops);
            }
            _ => {
                advance(base, offset, ops);
                access(word, place(base, 0), ops);
            }
        }
    } else if word.matches(0x3b20_0c00, 0x3820_0800) {
        access(
            word,
            Place {
                indexed: true,
                ..place(word.reg(5), 0)
            },
            ops,
        );
    } else if word.matches(0x3b20_0c00, 0x3820_0000) {
        // Atomic operations: a register in, the old value out.
        let (bytes, _) = size(word);
        let to = place(word.reg(5), 0);
        ops.push(Op::Read {
            from: to,
            width: bytes,
        });
        ops.push(Op::Store {
            to,
            from: Source::Unknown,
            width: bytes,
        });
        forget(word.reg(0), ops);
    } else if word.matches(0x3f00_0000, 0x0800_0000) {
        exclusive(word, ops);
    } else {
        // Vector structures and what else there is; those with a post-index move their base.
        let to = place(word.reg(5), 0);
        ops.push(Op::Read {
            from: to,
            width: 64,
        });
        if !word.bit(22) {
            ops.push(Op::Store {
                to,
                from: Source::Unknown,
                width: 64,
            });
        }
        if word.bit(23) {
            ops.push(Op::Forget { to: word.reg(5) });
        }
    }
}

fn place(base: Reg, offset: i64) -> Place {
    Place {
        base: Some(base),
        indexed: false,
        offset,
        thread: false,
    }
}

/// Moves a base register.
fn advance(base: Reg, by: i64, ops: &mut Vec<Op>) {
    let (left, right) = (Source::Reg(base), Source::Const(by.cast_unsigned()));
    ops.push(Op::Combine {
        operator: Operator::Add,
        to: base,
        left,
        right,
        width: 8,
    });
}

/// The width of a single load or store, and whether it is of a vector register.
fn size(word: Word) -> (Width, bool) {
    let scale = word.bits(30, 2);
    match (word.bit(26), word.bit(23), scale) {
        (true, true, 0) => (16, true),
        (vector, _, _) => (1 << scale, vector),
    }
}

/// One register to or from a place.
fn access(word: Word, at: Place, ops: &mut Vec<Op>) {
    let (width, vector) = size(word);
    let register = word.reg(0);
    let load = word.bits(22, 2) != 0;
    match (load, vector) {
        (false, true) if !word.bit(23) => {
            ops.push(Op::Store {
                to: at,
                from: Source::Unknown,
                width,
            });
        }
        (_, true) if word.bits(22, 2) == 2 => {
            ops.push(Op::Store {
                to: at,
                from: Source::Unknown,
                width,
            });
        }
        (false, _) => ops.push(Op::Store {
            to: at,
            from: word.source(0),
            width,
        }),
        (true, true) => ops.push(Op::Read { from: at, width }),
        // A prefetch, or nobody wants the value.
        (true, false) if register == SP || (width == 8 && word.bit(23)) => {
            ops.push(Op::Read { from: at, width });
        }
        (true, false) => {
            let signed = word.bit(23);
            ops.push(Op::Load {
                to: register,
                from: at,
                width,
                signed,
            });
        }
    }
}

fn literal(word: Word, at: u64, ops: &mut Vec<Op>) {
    let offset = at.wrapping_add_signed(4 * word.signed(5, 19)).cast_signed();
    let from = Place {
        base: None,
        indexed: false,
        offset,
        thread: false,
    };
    let kind = word.bits(30, 2);
    if word.bit(26) {
        ops.push(Op::Read {
            from,
            width: 4 << kind,
        });
    } else if kind < 3 && word.reg(0) != SP {
        let width = if kind == 1 { 8 } else { 4 };
        ops.push(Op::Load {
            to: word.reg(0),
            from,
            width,
            signed: kind == 2,
        });
    }
}

fn pair(word: Word, ops: &mut Vec<Op>) {
    let (kind, vector, load) = (word.bits(30, 2), word.bit(26), word.bit(22));
    let width: Width = match (vector, kind) {
        (true, _) => 4 << kind,
        (false, 2) => 8,
        (false, _) => 4,
    };
    let base = word.reg(5);
    let offset = word.signed(15, 7) * i64::from(width);
    let mode = word.bits(23, 2);
    let offset = match mode {
        // Post-index, pre-index
        1 => 0,
        3 => {
            advance(base, offset, ops);
            0
        }
        _ => offset,
    };
    // If the base is loaded too, it must be loaded last.
    let mut halves = [(0, 0), (10, i64::from(width))];
    if word.reg(0) == base {
        halves.reverse();
    }
    for (low, more) in halves {
        let at = place(base, offset + more);
        let register = word.reg(low);
        ops.push(match (load, vector) {
            (true, false) if register != SP => Op::Load {
                to: register,
                from: at,
                width,
                signed: kind == 1,
            },
            (true, _) => Op::Read { from: at, width },
            (false, true) => Op::Store {
                to: at,
                from: Source::Unknown,
                width,
            },
            (false, false) => Op::Store {
                to: at,
                from: word.source(low),
                width,
            },
        });
    }
    if mode == 1 {
        advance(base, word.signed(15, 7) * i64::from(width), ops);
    }
}

/// Load-acquire, store-release, exclusive and compare-and-swap instructions.
fn exclusive(word: Word, ops: &mut Vec<Op>) {
    let width: Width = 1 << word.bits(30, 2);
    let at = place(word.reg(5), 0);
    let (load, ordered) = (word.bit(22), word.bit(23));
    ops.push(Op::Read {
        from: at,
        width: 2 * width,
    });
    if word.bit(21) && ordered || !load {
        ops.push(Op::Store {
            to: at,
            from: Source::Unknown,
            width: 2 * width,
        });
        // The status, or the old value.
        forget(word.reg(16), ops);
    }
    if load {
        forget(word.reg(0), ops);
    }
    if word.bit(21) {
        forget(word.reg(10), ops);
        forget(word.reg(16), ops);
        if word.reg(16) < 30 && !ordered {
            forget(word.reg(16) + 1, ops);
        }
    }
}
