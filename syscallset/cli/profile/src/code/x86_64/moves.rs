//! Moves and arithmetic.

use iced_x86::{Instruction, Mnemonic, OpKind};

use super::{high, number, place};
use crate::code::{Op, Operator, Reg, Source, Width};

/// Operand number `op` as a source; memory is noted as read and unknown.
pub(super) fn source(insn: &Instruction, op: u32, ops: &mut Vec<Op>) -> Option<Source> {
    Some(match insn.op_kind(op) {
        OpKind::Register if insn.op_register(op).is_gpr() => {
            if high(insn.op_register(op)) {
                Source::Unknown
            } else {
                Source::Reg(number(insn.op_register(op)))
            }
        }
        OpKind::Immediate8
        | OpKind::Immediate16
        | OpKind::Immediate32
        | OpKind::Immediate64
        | OpKind::Immediate8to16
        | OpKind::Immediate8to32
        | OpKind::Immediate8to64
        | OpKind::Immediate32to64 => Source::Const(insn.immediate(op)),
        OpKind::Memory => {
            let width = Width::try_from(insn.memory_size().size()).unwrap_or(Width::MAX);
            ops.push(Op::Read {
                from: place(insn),
                width,
            });
            Source::Unknown
        }
        _ => return None,
    })
}

/// The register that an instruction writes and how much of it; none if it writes elsewhere, or to AH and its kind.
fn destination(insn: &Instruction) -> Option<(Reg, Width)> {
    let register = insn.op0_register();
    if insn.op0_kind() != OpKind::Register || !register.is_gpr() || high(register) {
        return None;
    }
    let width = Width::try_from(register.size()).unwrap_or(8);
    Some((number(register), width))
}

pub(super) fn mov(insn: &Instruction, ops: &mut Vec<Op>) -> bool {
    match (insn.op0_kind(), insn.op1_kind()) {
        (OpKind::Register, kind) => {
            let Some((to, width)) = destination(insn) else {
                return false;
            };
            if kind == OpKind::Memory {
                ops.push(Op::Load {
                    to,
                    from: place(insn),
                    width,
                    signed: false,
                });
                return true;
            }
            let Some(from) = source(insn, 1, ops) else {
                return false;
            };
            ops.push(Op::Set { to, from, width });
        }
        (OpKind::Memory, _) => {
            let width = Width::try_from(insn.memory_size().size()).unwrap_or(8);
            let Some(from) = source(insn, 1, ops) else {
                return false;
            };
            ops.push(Op::Store {
                to: place(insn),
                from,
                width,
            });
        }
        _ => return false,
    }
    true
}

pub(super) fn extend(insn: &Instruction, ops: &mut Vec<Op>) -> bool {
    let register = insn.op0_register();
    if register.size() < 4 {
        return false;
    }
    let to = number(register);
    let width = Width::try_from(register.size()).unwrap_or(8);
    let signed = insn.mnemonic() != Mnemonic::Movzx;
    match insn.op1_kind() {
        OpKind::Memory => {
            let bytes = Width::try_from(insn.memory_size().size()).unwrap_or(4);
            ops.push(Op::Load {
                to,
                from: place(insn),
                width: bytes,
                signed,
            });
        }
        OpKind::Register if !high(insn.op1_register()) => {
            let bytes = Width::try_from(insn.op1_register().size()).unwrap_or(4);
            let from = number(insn.op1_register());
            ops.push(Op::Extend {
                to,
                from,
                bytes,
                signed,
                width,
            });
        }
        _ => return false,
    }
    true
}

pub(super) fn combine(insn: &Instruction, operator: Operator, ops: &mut Vec<Op>) -> bool {
    let Some((to, width)) = destination(insn).filter(|_| insn.op_count() == 2) else {
        return false;
    };
    let same = insn.op1_kind() == OpKind::Register && insn.op1_register() == insn.op0_register();
    if same && matches!(operator, Operator::Xor | Operator::Sub) {
        ops.push(Op::Set {
            to,
            from: Source::Const(0),
            width,
        });
        return true;
    }
    let Some(right) = source(insn, 1, ops) else {
        return false;
    };
    let left = Source::Reg(to);
    ops.push(Op::Combine {
        operator,
        to,
        left,
        right,
        width,
    });
    true
}

pub(super) fn step(insn: &Instruction, ops: &mut Vec<Op>) -> bool {
    let Some((to, width)) = destination(insn) else {
        return false;
    };
    let operator = if insn.mnemonic() == Mnemonic::Inc {
        Operator::Add
    } else {
        Operator::Sub
    };
    ops.push(Op::Combine {
        operator,
        to,
        left: Source::Reg(to),
        right: Source::Const(1),
        width,
    });
    true
}

/// Conditional moves and flags as numbers.
pub(super) fn conditional(insn: &Instruction, mnemonic: Mnemonic, ops: &mut Vec<Op>) -> bool {
    if (Mnemonic::Cmova..=Mnemonic::Cmovs).contains(&mnemonic) {
        let Some((to, width)) = destination(insn) else {
            return false;
        };
        let Some(or) = source(insn, 1, ops) else {
            return false;
        };
        ops.push(Op::Choose { to, or, width });
        return true;
    }
    if (Mnemonic::Seta..=Mnemonic::Sets).contains(&mnemonic) {
        let Some((to, width)) = destination(insn) else {
            return false;
        };
        zero_or(to, 1, width, ops);
        return true;
    }
    false
}

/// One of two numbers.
pub(super) fn zero_or(to: Reg, other: u64, width: Width, ops: &mut Vec<Op>) {
    ops.push(Op::Set {
        to,
        from: Source::Const(0),
        width,
    });
    ops.push(Op::Choose {
        to,
        or: Source::Const(other),
        width,
    });
}
