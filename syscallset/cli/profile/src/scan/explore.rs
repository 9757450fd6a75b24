//! Code whose bounds are not known, with data in between.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Ref, RefKind, Scanner, scan};
use crate::code::{Decoder, Op, Target};
use crate::image::Image;

/// What a range holds that begins where something refers to and of which nothing more is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contents {
    /// Instructions.
    Code,
    /// Something that cannot run from its beginning.
    Data,
}

/// Finds the references from the code in a range that may also hold data: from the instructions that its beginning
/// leads to or, if a jump is computed, from all of them.
pub(crate) fn explore(image: &Image, range: Range<u64>, refs: &mut Vec<Ref>) -> Contents {
    let mut ops = Vec::with_capacity(8);
    let mut insns: BTreeMap<u64, (u64, Vec<Op>)> = BTreeMap::new();
    let mut waiting = vec![range.start];
    let mut contents = Contents::Code;
    while let Some(start) = waiting.pop() {
        if insns.contains_key(&start) || !range.contains(&start) {
            continue;
        }
        let Some(bytes) = image.slice(start, range.end - start) else {
            continue;
        };
        let mut decoder = Decoder::new(image.arch, bytes, start, false);
        'block: while let Some((at, next)) = decoder.next(&mut ops) {
            if insns.contains_key(&at) {
                ops.clear();
                break;
            }
            let mut ends = false;
            for op in &ops {
                match op {
                    Op::Branch(target) => waiting.push(*target),
                    Op::Jump(target) => {
                        match target {
                            Target::Direct(target) => waiting.push(*target),
                            // One through a field is a call that does not come back; tables have an index.
                            Target::Memory(place) if !place.indexed => {}
                            _ => {
                                // A table may lead anywhere.
                                scan_all(image, range, refs);
                                return Contents::Code;
                            }
                        }
                        ends = true;
                    }
                    Op::Return => ends = true,
                    Op::Stop => {
                        if decoder.invalid() {
                            contents = Contents::Data;
                        }
                        ends = true;
                    }
                    _ => {}
                }
            }
            insns.insert(at, (next, std::mem::take(&mut ops)));
            if ends {
                break 'block;
            }
        }
    }
    let mut scanner = Scanner::new(image, range.clone(), refs);
    for (at, (next, ops)) in &insns {
        scanner.at = *at;
        let mut falls = *next >= range.end;
        for op in ops {
            scanner.op(op);
            falls &= !matches!(op, Op::Jump(_) | Op::Return | Op::Stop);
        }
        if falls {
            scanner.push(range.end, RefKind::Falls);
        }
    }
    contents
}

/// Finds the references from everything in a range, as instructions.
fn scan_all(image: &Image, range: Range<u64>, refs: &mut Vec<Ref>) {
    let end = range.end;
    let before = refs.len();
    scan(image, range, refs);
    // The last call may return after all.
    let last = refs[before..].last().copied();
    if let Some(last) = last.filter(|last| matches!(last.kind, RefKind::Call | RefKind::CallSlot)) {
        refs.push(Ref {
            at: last.at,
            target: end,
            kind: RefKind::Falls,
        });
    }
}
