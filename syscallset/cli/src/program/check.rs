//! Whether the kernel would take a program (`bpf_check_classic` in `net/core/filter.c`,
//! `seccomp_check_filter` in `kernel/seccomp.c`).

use std::fmt;

use syscallset_compiler::insn::{Insn, MAX_INSNS};

use super::operation::{Arithmetic, DATA_SIZE, Operand, Operation};

/// Cells of the scratch memory (`BPF_MEMWORDS`).
pub(crate) const CELLS: usize = 16;

/// Why the kernel would not take a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is empty or too long.
    Length(usize),
    /// An instruction is wrong.
    Instruction { at: usize, reason: &'static str },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(length) => {
                write!(
                    f,
                    "it has {length} instructions, 1 to {MAX_INSNS} are possible"
                )
            }
            Self::Instruction { at, reason } => write!(f, "instruction {at} {reason}"),
        }
    }
}

/// Checks a program.
///
/// # Errors
///
/// The first thing that the kernel would not take.
pub(crate) fn check(program: &[Insn]) -> Result<(), Refusal> {
    if !(1..=MAX_INSNS).contains(&program.len()) {
        return Err(Refusal::Length(program.len()));
    }
    let mut cells = vec![Cells::UNREACHED; program.len()];
    cells[0] = Cells(0);
    for (at, insn) in program.iter().enumerate() {
        let following = program.len() - at - 1;
        let fault = |reason| Refusal::Instruction { at, reason };
        let operation =
            Operation::decode(*insn).ok_or_else(|| fault("has an operation that is not known"))?;
        check_operation(operation, *insn, following).map_err(fault)?;
        let after = cells[at].after(operation).ok_or_else(|| {
            fault("loads a cell of the scratch memory that may not have been stored")
        })?;
        for next in successors(operation, *insn, at) {
            cells[next] = cells[next].meet(after);
        }
    }
    let last = program.last().and_then(|insn| Operation::decode(*insn));
    match last {
        Some(Operation::Return(_) | Operation::ReturnAccumulator) => Ok(()),
        _ => Err(Refusal::Instruction {
            at: program.len() - 1,
            reason: "is the last one and not a return",
        }),
    }
}

fn check_operation(operation: Operation, insn: Insn, following: usize) -> Result<(), &'static str> {
    let lands_inside = |skip: u32| usize::try_from(skip).is_ok_and(|skip| skip < following);
    match operation {
        Operation::Load(offset) if offset >= DATA_SIZE || offset % 4 != 0 => {
            Err("loads what is not a word of `struct seccomp_data`")
        }
        Operation::LoadMemory(cell)
        | Operation::LoadIndexMemory(cell)
        | Operation::Store(cell)
        | Operation::StoreIndex(cell)
            if usize::try_from(cell).is_ok_and(|cell| cell >= CELLS) =>
        {
            Err("names a cell outside of the scratch memory")
        }
        Operation::Arithmetic(Arithmetic::Divide, Operand::Constant(0)) => Err("divides by zero"),
        Operation::Arithmetic(
            Arithmetic::ShiftLeft | Arithmetic::ShiftRight,
            Operand::Constant(32..),
        ) => Err("shifts by more than 31 bits"),
        Operation::Jump(skip) if !lands_inside(skip) => Err("jumps out of the program"),
        Operation::Test(..) if !lands_inside(insn.jt.into()) || !lands_inside(insn.jf.into()) => {
            Err("jumps out of the program")
        }
        Operation::Return(_) | Operation::ReturnAccumulator => Ok(()),
        _ if following == 0 => Err("is the last one and not a return"),
        _ => Ok(()),
    }
}

/// The instructions that may come next. The program has passed the checks so far.
pub(crate) fn successors(operation: Operation, insn: Insn, at: usize) -> Vec<usize> {
    let next = at + 1;
    match operation {
        Operation::Return(_) | Operation::ReturnAccumulator => Vec::new(),
        Operation::Jump(skip) => vec![next + skip as usize],
        Operation::Test(..) if insn.jt == insn.jf => vec![next + usize::from(insn.jt)],
        Operation::Test(..) => vec![next + usize::from(insn.jt), next + usize::from(insn.jf)],
        _ => vec![next],
    }
}

/// The cells that have been stored on every way to an instruction, as bits.
#[derive(Clone, Copy, Debug)]
struct Cells(u16);

impl Cells {
    const UNREACHED: Self = Self(u16::MAX);

    /// The cells behind an operation; `None` if it loads one that is not stored.
    fn after(self, operation: Operation) -> Option<Self> {
        match operation {
            Operation::Store(cell) | Operation::StoreIndex(cell) => Some(Self(self.0 | 1 << cell)),
            Operation::LoadMemory(cell) | Operation::LoadIndexMemory(cell) => {
                (self.0 & 1 << cell != 0).then_some(self)
            }
            _ => Some(self),
        }
    }

    fn meet(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
