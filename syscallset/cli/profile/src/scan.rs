//! What code refers to: one pass over the instructions, without following values.

mod explore;

use std::ops::Range;

use crate::code::{Decoder, Op, Operator, Place, REGISTERS, Source, Target, Width};
use crate::image::Image;

pub(crate) use explore::{Contents, explore};

/// How an instruction refers to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefKind {
    /// A call of the code at the address.
    Call,
    /// A jump to the address.
    Jump,
    /// A call of what the word at the address points to.
    CallSlot,
    /// A jump to what the word at the address points to.
    JumpSlot,
    /// The address as a value.
    Take,
    /// Reads memory there, this many bytes.
    Read(Width),
    /// Writes memory there.
    Write,
    /// A system call; the address says nothing.
    Syscall,
    /// A system call of the 32-bit ABI.
    ForeignSyscall,
    /// A call of an address that was computed.
    IndirectCall,
    /// A jump to an address that was computed.
    IndirectJump,
    /// The last instruction of a range goes on behind its end.
    Falls,
}

/// A reference from an instruction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ref {
    pub(crate) at: u64,
    pub(crate) target: u64,
    pub(crate) kind: RefKind,
}

/// Finds the references from a function, whose range is known.
pub(crate) fn scan(image: &Image, range: Range<u64>, refs: &mut Vec<Ref>) {
    let Some(bytes) = image.slice(range.start, range.end.saturating_sub(range.start)) else {
        return;
    };
    let mut decoder = Decoder::new(image.arch, bytes, range.start, false);
    let mut ops = Vec::with_capacity(8);
    let mut scanner = Scanner::new(image, range.clone(), refs);
    let mut falls = true;
    while let Some((at, _)) = decoder.next(&mut ops) {
        scanner.at = at;
        for op in ops.drain(..) {
            scanner.op(&op);
            falls = match op {
                // Behind a last call nothing follows: it does not return.
                Op::Jump(_) | Op::Return | Op::Stop | Op::Call(_) => false,
                _ => true,
            };
        }
    }
    if falls {
        scanner.push(range.end, RefKind::Falls);
    }
}

struct Scanner<'a> {
    image: &'a Image,
    range: Range<u64>,
    /// The pages that registers hold, where addresses are made up in two steps.
    known: [Option<u64>; REGISTERS],
    at: u64,
    refs: &'a mut Vec<Ref>,
}

impl<'a> Scanner<'a> {
    fn new(image: &'a Image, range: Range<u64>, refs: &'a mut Vec<Ref>) -> Self {
        Self {
            image,
            range,
            known: [None; REGISTERS],
            at: 0,
            refs,
        }
    }

    fn push(&mut self, target: u64, kind: RefKind) {
        self.refs.push(Ref {
            at: self.at,
            target,
            kind,
        });
    }

    /// Notes an address that is used as a value.
    fn take(&mut self, address: u64) {
        if self.image.segment(address).is_some() {
            self.push(address, RefKind::Take);
        }
    }

    /// A constant, which is an address perhaps if the program runs where it was linked.
    fn constant(&mut self, source: Source) {
        if let (true, Source::Const(value)) = (self.image.fixed, source) {
            self.take(value);
        }
    }

    /// The address of a place, as far as it is known; a table's address in an indexed place is taken.
    fn place(&mut self, place: Place) -> Option<u64> {
        if place.thread {
            return None;
        }
        if let Some(address) = place.address() {
            return Some(address);
        }
        match place.base {
            Some(base) => {
                let page = self.known[usize::from(base) % REGISTERS];
                if let Some(page) = page {
                    let address = page.wrapping_add_signed(place.offset);
                    if !place.indexed {
                        return Some(address);
                    }
                    self.take(address);
                }
            }
            None if !place.indexed => {}
            None => {}
        }
        self.constant(Source::Const(place.offset.cast_unsigned()));
        None
    }

    fn access(&mut self, place: Place, kind: RefKind) {
        if let Some(address) = self.place(place) {
            if self.image.segment(address).is_some() {
                self.push(address, kind);
            }
        }
    }

    fn op(&mut self, op: &Op) {
        let mut page = None;
        let written = match *op {
            Op::Set { to, from, .. } => {
                self.constant(from);
                if let Source::Reg(from) = from {
                    page = self.known[usize::from(from) % REGISTERS];
                }
                to
            }
            Op::Page { to, address } => {
                page = Some(address);
                to
            }
            Op::Address { to, of } => {
                if let Some(address) = self.place(of) {
                    self.take(address);
                }
                to
            }
            Op::Load {
                to, from, width, ..
            } => {
                self.access(from, RefKind::Read(width));
                to
            }
            Op::Combine {
                operator,
                to,
                left,
                right,
                ..
            } => {
                self.constant(right);
                if let (Operator::Add, Source::Reg(left), Source::Const(offset)) =
                    (operator, left, right)
                {
                    if let Some(page) = self.known[usize::from(left) % REGISTERS] {
                        self.take(page.wrapping_add(offset));
                    }
                }
                to
            }
            Op::Choose { to, or, .. } => {
                self.constant(or);
                to
            }
            Op::Extend { to, .. } | Op::Forget { to } => to,
            Op::Read { from, width } => return self.access(from, RefKind::Read(width)),
            Op::Store { to, from, .. } => {
                self.constant(from);
                return self.access(to, RefKind::Write);
            }
            _ => return self.transfer(op),
        };
        self.known[usize::from(written) % REGISTERS] = page;
    }

    /// Calls, jumps and system calls.
    fn transfer(&mut self, op: &Op) {
        match *op {
            Op::Call(Target::Direct(target)) => self.push(target, RefKind::Call),
            Op::Jump(Target::Direct(target)) | Op::Branch(target)
                if !self.range.contains(&target) =>
            {
                self.push(target, RefKind::Jump);
            }
            Op::Call(Target::Memory(place)) => {
                if let Some(address) = place.address() {
                    self.push(address, RefKind::CallSlot);
                } else {
                    self.place(place);
                    self.push(0, RefKind::IndirectCall);
                }
            }
            Op::Jump(Target::Memory(place)) => {
                if let Some(address) = place.address() {
                    self.push(address, RefKind::JumpSlot);
                } else {
                    self.place(place);
                    self.push(0, RefKind::IndirectJump);
                }
            }
            Op::Call(Target::Reg(_)) => self.push(0, RefKind::IndirectCall),
            Op::Jump(Target::Reg(_)) => self.push(0, RefKind::IndirectJump),
            Op::Syscall => self.push(0, RefKind::Syscall),
            Op::ForeignSyscall => self.push(0, RefKind::ForeignSyscall),
            _ => {}
        }
    }
}
