//! The rules of the kernel for programs (`bpf_check_classic`, `seccomp_check_filter`), and a little
//! more: fields that an instruction does not use must be zero, and a return must be the one encoding
//! of an action, so that a program cannot carry anything that was not meant.

use crate::action::Action;
use crate::insn::{AND_K, Insn, JA, JEQ, JGE, JGT, JSET, LD_ABS, MAX_INSNS, RET_K};
use crate::verify::Mismatch;

/// Size of `struct seccomp_data` in bytes.
const DATA_SIZE: u32 = 64;

pub(super) fn check(program: &[Insn]) -> Result<(), Mismatch> {
    let instructions = program.len();
    if !(1..=MAX_INSNS).contains(&instructions) {
        return Err(Mismatch::Length { instructions });
    }
    for (at, insn) in program.iter().enumerate() {
        check_insn(*insn, instructions - at - 1)
            .map_err(|reason| Mismatch::Instruction { at, reason })?;
    }
    match program.last() {
        Some(Insn { code: RET_K, .. }) => Ok(()),
        _ => Err(Mismatch::Instruction {
            at: instructions - 1,
            reason: "is the last one and not a return",
        }),
    }
}

fn check_insn(insn: Insn, following: usize) -> Result<(), &'static str> {
    let lands_inside = |skip: u32| usize::try_from(skip).is_ok_and(|skip| skip < following);
    match insn.code {
        LD_ABS if insn.k >= DATA_SIZE || insn.k % 4 != 0 => {
            Err("loads what is not a word of the call's data")
        }
        JA if !lands_inside(insn.k) => Err("jumps out of the program"),
        RET_K if Action::from_ret(insn.k).to_ret() != insn.k => Err("returns no known action"),
        LD_ABS | AND_K | JA | RET_K if insn.jt != 0 || insn.jf != 0 => {
            Err("has distances though it tests nothing")
        }
        JEQ | JGE | JGT | JSET
            if !lands_inside(insn.jt.into()) || !lands_inside(insn.jf.into()) =>
        {
            Err("jumps out of the program")
        }
        LD_ABS | AND_K | JA | RET_K | JEQ | JGE | JGT | JSET => Ok(()),
        _ => Err("has an operation that is not used"),
    }
}
