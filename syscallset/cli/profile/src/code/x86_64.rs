//! x86-64 instructions as operations.

use iced_x86::{
    Code, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic,
    OpAccess, OpKind, Register,
};

mod moves;

use super::{Op, Operator, Place, Reg, Source, Target, Width};

use moves::{combine, conditional, extend, mov, source, step, zero_or};

const SP: Reg = 4;

pub(crate) struct X86<'a> {
    decoder: Decoder<'a>,
    instruction: Instruction,
    info: Option<InstructionInfoFactory>,
}

impl<'a> X86<'a> {
    pub(super) fn new(bytes: &'a [u8], address: u64, detail: bool) -> Self {
        Self {
            decoder: Decoder::with_ip(64, bytes, address, DecoderOptions::NONE),
            instruction: Instruction::default(),
            info: detail.then(InstructionInfoFactory::new),
        }
    }

    pub(super) fn invalid(&self) -> bool {
        self.instruction.is_invalid() || self.instruction.is_privileged()
    }

    pub(super) fn next(&mut self, ops: &mut Vec<Op>) -> Option<(u64, u64)> {
        if !self.decoder.can_decode() {
            return None;
        }
        self.decoder.decode_out(&mut self.instruction);
        let insn = &self.instruction;
        let at = insn.ip();
        if insn.is_invalid() {
            ops.push(Op::Stop);
            // Data between functions: go on with the next byte.
            let next = at + 1;
            let position = self.decoder.position() - insn.len().max(1) + 1;
            let _ = self.decoder.set_position(position);
            self.decoder.set_ip(next);
            return Some((at, next));
        }
        if !flow(insn, ops) && !common(insn, ops) {
            self.rest(ops);
        }
        Some((at, self.instruction.next_ip()))
    }

    /// Instructions without an operation of their own: what they read and write.
    fn rest(&mut self, ops: &mut Vec<Op>) {
        let insn = &self.instruction;
        let memory = (0..insn.op_count()).any(|op| insn.op_kind(op) == OpKind::Memory);
        let width = if memory { insn.memory_size().size() } else { 0 };
        let width = Width::try_from(width).unwrap_or(Width::MAX);
        if memory {
            ops.push(Op::Read {
                from: place(insn),
                width,
            });
            // Whatever has memory as its first operand may write to it, comparisons left out.
            let compares = matches!(
                insn.mnemonic(),
                Mnemonic::Cmp | Mnemonic::Test | Mnemonic::Bt
            );
            if insn.op0_kind() == OpKind::Memory && !compares {
                ops.push(Op::Store {
                    to: place(insn),
                    from: Source::Unknown,
                    width,
                });
            }
        }
        let Some(factory) = &mut self.info else {
            return;
        };
        let info = factory.info(insn);
        let writes = |access| {
            matches!(
                access,
                OpAccess::Write
                    | OpAccess::CondWrite
                    | OpAccess::ReadWrite
                    | OpAccess::ReadCondWrite
            )
        };
        let written = info.used_memory().iter().any(|used| writes(used.access()));
        if written && !memory {
            // A string instruction.
            ops.push(Op::Fill { base: 7 });
        }
        for used in info.used_registers() {
            if writes(used.access()) && used.register().is_gpr() {
                ops.push(Op::Forget {
                    to: number(used.register()),
                });
            }
        }
    }
}

/// The number of a general register, whatever part of it is named.
fn number(register: Register) -> Reg {
    let full = register.full_register();
    u8::try_from(full as usize - Register::RAX as usize).unwrap_or(0) & 15
}

/// Whether a register is one of `ah`, `bh`, `ch` and `dh`.
fn high(register: Register) -> bool {
    matches!(
        register,
        Register::AH | Register::BH | Register::CH | Register::DH
    )
}

fn place(insn: &Instruction) -> Place {
    let base = insn.memory_base();
    let relative = base == Register::RIP || base == Register::EIP;
    let segment = insn.segment_prefix();
    Place {
        base: (base.is_gpr()).then(|| number(base)),
        indexed: insn.memory_index() != Register::None,
        offset: if relative {
            insn.ip_rel_memory_address().cast_signed()
        } else {
            insn.memory_displacement64().cast_signed()
        },
        thread: segment == Register::FS || segment == Register::GS,
    }
}

/// Calls, jumps and what else ends a basic block; false for other instructions.
fn flow(insn: &Instruction, ops: &mut Vec<Op>) -> bool {
    let target = || match insn.op0_kind() {
        OpKind::NearBranch64 | OpKind::NearBranch32 | OpKind::NearBranch16 => {
            Target::Direct(insn.near_branch_target())
        }
        OpKind::Register => Target::Reg(number(insn.op0_register())),
        _ => Target::Memory(place(insn)),
    };
    match insn.flow_control() {
        FlowControl::Next | FlowControl::XbeginXabortXend => return false,
        FlowControl::UnconditionalBranch | FlowControl::IndirectBranch => {
            ops.push(Op::Jump(target()));
        }
        FlowControl::ConditionalBranch => ops.push(Op::Branch(insn.near_branch_target())),
        FlowControl::Return => ops.push(Op::Return),
        FlowControl::IndirectCall => ops.push(Op::Call(target())),
        FlowControl::Call => match insn.code() {
            Code::Syscall => ops.push(Op::Syscall),
            Code::Sysenter => ops.push(Op::ForeignSyscall),
            _ => ops.push(Op::Call(target())),
        },
        FlowControl::Interrupt => match insn.code() {
            Code::Int_imm8 if insn.immediate8() == 0x80 => ops.push(Op::ForeignSyscall),
            _ => ops.push(Op::Stop),
        },
        FlowControl::Exception => ops.push(Op::Stop),
    }
    true
}

/// The instructions that matter for constants and addresses; false for others.
fn common(insn: &Instruction, ops: &mut Vec<Op>) -> bool {
    match insn.mnemonic() {
        Mnemonic::Hlt => ops.push(Op::Stop),
        Mnemonic::Nop | Mnemonic::Endbr64 => {}
        Mnemonic::Mov => return mov(insn, ops),
        Mnemonic::Lea => {
            let to = number(insn.op0_register());
            ops.push(Op::Address {
                to,
                of: place(insn),
            });
            // A shorter result than a register holds no address of ours.
            if insn.op0_register().size() < 4 {
                ops.push(Op::Forget { to });
            }
        }
        Mnemonic::Movzx | Mnemonic::Movsx | Mnemonic::Movsxd => return extend(insn, ops),
        Mnemonic::Push => return push(insn, ops),
        Mnemonic::Pop => return pop(insn, ops),
        Mnemonic::Leave => {
            ops.push(Op::Set {
                to: SP,
                from: Source::Reg(5),
                width: 8,
            });
            load_top(5, ops);
            ops.push(move_stack(8));
        }
        Mnemonic::Add => return combine(insn, Operator::Add, ops),
        Mnemonic::Sub => return combine(insn, Operator::Sub, ops),
        Mnemonic::And => return combine(insn, Operator::And, ops),
        Mnemonic::Or => return combine(insn, Operator::Or, ops),
        Mnemonic::Xor => return combine(insn, Operator::Xor, ops),
        Mnemonic::Shl => return combine(insn, Operator::ShiftLeft, ops),
        Mnemonic::Shr => return combine(insn, Operator::ShiftRight, ops),
        Mnemonic::Inc | Mnemonic::Dec => return step(insn, ops),
        Mnemonic::Sbb => {
            // With itself, the usual way to spread the carry flag.
            let (to, from) = (insn.op0_register(), insn.op1_register());
            if insn.op1_kind() != OpKind::Register || to != from || to.size() < 4 {
                return false;
            }
            let all = if to.size() == 4 {
                0xffff_ffff
            } else {
                u64::MAX
            };
            zero_or(number(to), all, 8, ops);
        }
        mnemonic => return conditional(insn, mnemonic, ops),
    }
    true
}

fn push(insn: &Instruction, ops: &mut Vec<Op>) -> bool {
    let Some(from) = source(insn, 0, ops) else {
        return false;
    };
    ops.push(Op::Store {
        to: on_stack(-8),
        from,
        width: 8,
    });
    ops.push(move_stack(-8));
    true
}

fn pop(insn: &Instruction, ops: &mut Vec<Op>) -> bool {
    if insn.op0_kind() != OpKind::Register || !insn.op0_register().is_gpr() {
        return false;
    }
    let to = number(insn.op0_register());
    load_top(to, ops);
    if to != SP {
        ops.push(move_stack(8));
    }
    true
}

fn load_top(to: Reg, ops: &mut Vec<Op>) {
    ops.push(Op::Load {
        to,
        from: on_stack(0),
        width: 8,
        signed: false,
    });
}

fn on_stack(offset: i64) -> Place {
    Place {
        base: Some(SP),
        indexed: false,
        offset,
        thread: false,
    }
}

fn move_stack(by: i64) -> Op {
    Op::Combine {
        operator: Operator::Add,
        to: SP,
        left: Source::Reg(SP),
        right: Source::Const(by.cast_unsigned()),
        width: 8,
    }
}
