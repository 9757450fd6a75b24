//! What the accumulator holds at each instruction, for listings.

use syscallset_compiler::insn::Insn;

use super::check::successors;
use super::operation::{Arithmetic, Operand, Operation};

/// What the accumulator holds, as far as it is one word of the call's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// No way leads here.
    Unreached,
    /// The word at this offset, masked.
    Word { offset: u32, mask: u32 },
    /// Something else, or not always the same.
    Other,
}

/// What the accumulator holds in front of each instruction of a program that passed the check.
pub(crate) fn contents(program: &[Insn]) -> Vec<Content> {
    let mut contents = vec![Content::Unreached; program.len()];
    if let Some(first) = contents.first_mut() {
        *first = Content::Other;
    }
    for (at, insn) in program.iter().enumerate() {
        let Some(operation) = Operation::decode(*insn) else {
            continue;
        };
        let before = contents[at];
        if before == Content::Unreached {
            continue;
        }
        let after = match operation {
            Operation::Load(offset) => Content::Word {
                offset,
                mask: u32::MAX,
            },
            Operation::Arithmetic(Arithmetic::And, Operand::Constant(k)) => match before {
                Content::Word { offset, mask } => Content::Word {
                    offset,
                    mask: mask & k,
                },
                other => other,
            },
            Operation::LoadConstant(_)
            | Operation::LoadMemory(_)
            | Operation::Arithmetic(..)
            | Operation::Negate
            | Operation::FromIndex => Content::Other,
            _ => before,
        };
        for next in successors(operation, *insn, at) {
            let there = &mut contents[next];
            *there = match *there {
                Content::Unreached => after,
                same if same == after => after,
                _ => Content::Other,
            };
        }
    }
    contents
}
