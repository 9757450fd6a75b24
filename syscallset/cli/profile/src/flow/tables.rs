//! Jump tables: where the cases of a `switch` are.

use crate::code::{Op, Operator, Source, Target};
use crate::module::Module;
use crate::scan::RefKind;

/// The jump tables of a function: the address of each, and the instructions that it leads to.
///
/// Compilers make tables of 32-bit offsets from the table itself or, in programs that run where they are linked, of
/// addresses. Every address of read-only data that the function takes is tried as a table.
#[derive(Debug, Default)]
pub(super) struct Tables(Vec<(u64, Vec<u64>)>);

/// More entries than this no table has.
const LARGEST: usize = 4096;

impl Tables {
    /// Finds the tables of a function; `starts` are the addresses of all its instructions.
    pub(super) fn find(module: &Module, function: usize, starts: &[u64]) -> Self {
        let image = &module.image;
        let range = &module.functions[function].range;
        let mut tables = Self::default();
        for reference in module.refs_of(function) {
            let table = reference.target;
            let data = reference.kind == RefKind::Take
                && !image.is_code(table)
                && image
                    .segment(table)
                    .is_some_and(|segment| !segment.writable);
            let known = tables.0.iter().any(|(other, _)| *other == table);
            let Some(bytes) = image.bytes(table).filter(|_| data && !known) else {
                continue;
            };
            // A case may be in a cold part of the function elsewhere.
            let inside =
                |target: &u64| range.contains(target) && starts.binary_search(target).is_ok();
            let code = |target: &u64| range.contains(target) || image.is_code(*target);
            let offsets = bytes.chunks_exact(4).map(|bytes| {
                let offset = i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                table.wrapping_add_signed(i64::from(offset))
            });
            let mut targets: Vec<u64> = offsets
                .take(LARGEST)
                .take_while(code)
                .filter(inside)
                .collect();
            if image.fixed {
                let words = bytes.chunks_exact(8);
                let words =
                    words.filter_map(|bytes| Some(u64::from_le_bytes(*bytes.first_chunk()?)));
                targets.extend(words.take(LARGEST).take_while(code).filter(inside));
            }
            targets.sort_unstable();
            targets.dedup();
            if !targets.is_empty() {
                tables.0.push((table, targets));
            }
        }
        tables
    }

    /// Everything that the tables lead to.
    pub(super) fn targets(&self) -> impl Iterator<Item = u64> {
        self.0
            .iter()
            .flat_map(|(_, targets)| targets.iter().copied())
    }

    /// What the jump at the end of these operations leads to: the table that they add an offset to, or all.
    pub(super) fn of(&self, ops: &[(u64, Op)]) -> Vec<u64> {
        let found = base(ops).and_then(|base| self.0.iter().find(|(table, _)| *table == base));
        found.map_or_else(|| self.targets().collect(), |(_, targets)| targets.clone())
    }
}

/// The address that a jump through a register adds an offset to, if it is taken in the same block.
fn base(ops: &[(u64, Op)]) -> Option<u64> {
    let (_, Op::Jump(Target::Reg(jump))) = *ops.last()? else {
        return None;
    };
    let mut ops = ops[..ops.len() - 1].iter().rev();
    let summands = ops.find_map(|(_, op)| match *op {
        Op::Combine {
            operator: Operator::Add,
            to,
            left: Source::Reg(left),
            right: Source::Reg(right),
            width: 8,
        } if to == jump => Some(Some([left, right])),
        op => (op.writes() == Some(jump)).then_some(None),
    })??;
    let mut open = summands.to_vec();
    for (_, op) in ops {
        if let Op::Call(_) = op {
            return None;
        }
        let Some(written) = op.writes().filter(|written| open.contains(written)) else {
            continue;
        };
        if let Op::Address { of, .. } = op {
            return of.address();
        }
        open.retain(|reg| *reg != written);
    }
    None
}
