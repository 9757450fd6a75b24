//! A program in words: the notation of the kernel's `bpf_asm` (`tools/bpf`), with comments that name
//! calls, architectures and actions.

use std::fmt::Write as _;

use serde::Serialize;
use syscallset_compiler::action::Action;
use syscallset_compiler::insn::{Insn, OFFSET_ARCH, OFFSET_ARGS, OFFSET_NR};
use syscallset_compiler::lowered::argument_offsets;
use syscallset_compiler::resolve::action_name;
use syscallset_compiler::verify::values::Relation;
use syscallset_tables::Arch;

use super::contents::{Content, contents};
use super::operation::{Arithmetic, Operand, Operation};

/// One instruction, in several notations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// Operation: class, size, mode or operator, and source.
    pub(crate) code: u16,
    /// Instructions to skip where a test holds.
    pub(crate) jt: u8,
    /// Instructions to skip where a test does not hold.
    pub(crate) jf: u8,
    /// The constant.
    pub(crate) k: u32,
    /// The instruction for `bpf_asm`, with labels.
    pub(crate) text: String,
    /// What it means; may be empty.
    pub(crate) comment: String,
}

/// The listing of a program that passed the check.
pub(crate) fn list(program: &[Insn], arch: Arch) -> Vec<Line> {
    let contents = contents(program);
    let width = label_width(program.len());
    program
        .iter()
        .enumerate()
        .map(|(at, insn)| {
            let operation = Operation::decode(*insn);
            let text = operation.map_or_else(
                || format!("; unknown operation {:#06x}", insn.code),
                |operation| notation(operation, *insn, at, width),
            );
            let comment = operation.map_or_else(String::new, |operation| {
                comment(operation, contents[at], arch)
            });
            Line {
                code: insn.code,
                jt: insn.jt,
                jf: insn.jf,
                k: insn.k,
                text,
                comment,
            }
        })
        .collect()
}

/// Digits of a label.
fn label_width(length: usize) -> usize {
    length.saturating_sub(1).to_string().len()
}

/// The label of an instruction.
pub(crate) fn label(at: usize, length: usize) -> String {
    let width = label_width(length);
    format!("l{at:0width$}")
}

fn notation(operation: Operation, insn: Insn, at: usize, width: usize) -> String {
    let target = |skip: usize| format!("l{:0width$}", at + 1 + skip);
    let operand = |operand| match operand {
        Operand::Constant(k) => format!("#{k:#x}"),
        Operand::Index => "x".to_owned(),
    };
    match operation {
        Operation::Load(offset) => format!("ld [{offset}]"),
        Operation::LoadConstant(k) => format!("ld #{k:#x}"),
        Operation::LoadMemory(cell) => format!("ld M[{cell}]"),
        Operation::LoadIndex(k) => format!("ldx #{k:#x}"),
        Operation::LoadIndexMemory(cell) => format!("ldx M[{cell}]"),
        Operation::Store(cell) => format!("st M[{cell}]"),
        Operation::StoreIndex(cell) => format!("stx M[{cell}]"),
        Operation::Arithmetic(arithmetic, by) => {
            let name = match arithmetic {
                Arithmetic::Add => "add",
                Arithmetic::Subtract => "sub",
                Arithmetic::Multiply => "mul",
                Arithmetic::Divide => "div",
                Arithmetic::Or => "or",
                Arithmetic::And => "and",
                Arithmetic::ShiftLeft => "lsh",
                Arithmetic::ShiftRight => "rsh",
                Arithmetic::Xor => "xor",
            };
            format!("{name} {}", operand(by))
        }
        Operation::Negate => "neg".to_owned(),
        Operation::Jump(skip) => format!("jmp {}", target(skip as usize)),
        Operation::Test(relation, to) => {
            let name = match relation {
                Relation::Equal => "jeq",
                Relation::AtLeast => "jge",
                Relation::Above => "jgt",
                Relation::AnyBit => "jset",
            };
            let (jt, jf) = (target(insn.jt.into()), target(insn.jf.into()));
            format!("{name} {}, {jt}, {jf}", operand(to))
        }
        Operation::Return(ret) => format!("ret #{ret:#x}"),
        Operation::ReturnAccumulator => "ret a".to_owned(),
        Operation::ToIndex => "tax".to_owned(),
        Operation::FromIndex => "txa".to_owned(),
    }
}

fn comment(operation: Operation, content: Content, arch: Arch) -> String {
    match (operation, content) {
        (Operation::Load(offset), _) => word(offset, arch),
        (Operation::Return(ret), _) => returned(ret, arch),
        (Operation::Test(relation, Operand::Constant(k)), Content::Word { offset, mask }) => {
            test(relation, k, offset, mask, arch)
        }
        _ => String::new(),
    }
}

/// What a word of the call's data is called.
pub(crate) fn word(offset: u32, arch: Arch) -> String {
    match offset {
        OFFSET_NR => "nr".to_owned(),
        OFFSET_ARCH => "arch".to_owned(),
        8 | 12 => "instruction pointer".to_owned(),
        _ => {
            let argument = u8::try_from((offset - OFFSET_ARGS) / 8).unwrap_or_default();
            let (low, _) = argument_offsets(argument, arch.big_endian());
            let half = if offset == low { "low" } else { "high" };
            format!("args[{argument}].{half}")
        }
    }
}

fn returned(ret: u32, arch: Arch) -> String {
    let action = Action::from_ret(ret);
    match action {
        Action::Errno(0) => "pretended success".to_owned(),
        action => action_name(action, arch).into_owned(),
    }
}

fn test(relation: Relation, k: u32, offset: u32, mask: u32, arch: Arch) -> String {
    let mut text = match relation {
        Relation::AnyBit => String::new(),
        _ => word(offset, arch),
    };
    if mask != u32::MAX {
        let _ = write!(text, " & {mask:#x}");
    }
    match (relation, offset) {
        (Relation::Equal, OFFSET_NR) if mask == u32::MAX => {
            arch.name_of(k).unwrap_or("no call").to_owned()
        }
        (Relation::Equal, OFFSET_ARCH) if mask == u32::MAX => architecture(k),
        (Relation::AtLeast | Relation::Above, OFFSET_NR) if mask == u32::MAX => {
            let above = relation == Relation::Above;
            let first = if above { k.checked_add(1) } else { Some(k) };
            // The number itself says little; the call that begins the upper part does.
            let call = first.and_then(|first| {
                arch.calls()
                    .iter()
                    .filter(|call| call.number >= first)
                    .min_by_key(|call| call.number)
            });
            match call {
                Some(call) => format!("from {} on", call.name),
                None => "beyond all calls".to_owned(),
            }
        }
        (Relation::Equal, _) => format!("{text} == {k}"),
        (Relation::AtLeast, _) => format!("{text} >= {k}"),
        (Relation::Above, _) => format!("{text} > {k}"),
        (Relation::AnyBit, _) => {
            format!("{} & {:#x}", word(offset, arch), mask & k)
        }
    }
}

/// The architectures that have an audit word.
pub(crate) fn architecture(audit_arch: u32) -> String {
    let names: Vec<_> = Arch::ALL
        .iter()
        .filter(|arch| arch.audit_arch() == audit_arch)
        .map(|arch| arch.name())
        .collect();
    match &names[..] {
        [] => format!("{audit_arch:#010x}"),
        names => names.join(" or "),
    }
}
