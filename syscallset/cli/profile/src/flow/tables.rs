//! Jump tables: where the cases of a `switch` are.

use crate::module::Module;
use crate::scan::RefKind;

/// The instructions of a function that its jump tables lead to; `starts` are the addresses of all of them. Nothing
/// if no table is found.
///
/// Compilers make tables of 32-bit offsets from the table itself or, in programs that run where they are linked, of
/// addresses. Every address of read-only data that the function takes is tried as a table.
pub(super) fn targets(module: &Module, function: usize, starts: &[u64]) -> Vec<u64> {
    let range = &module.functions[function].range;
    let image = &module.image;
    let mut targets = Vec::new();
    for reference in module.refs_of(function) {
        let table = reference.target;
        let data = matches!(reference.kind, RefKind::Take)
            && !image.is_code(table)
            && image
                .segment(table)
                .is_some_and(|segment| !segment.writable);
        if !data {
            continue;
        }
        let inside = |target: &u64| range.contains(target) && starts.binary_search(target).is_ok();
        let Some(bytes) = image.bytes(table) else {
            continue;
        };
        let offsets = bytes.chunks_exact(4).map(|bytes| {
            let offset = i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            table.wrapping_add_signed(i64::from(offset))
        });
        targets.extend(offsets.take(4096).take_while(inside));
        if image.fixed {
            let words = bytes
                .chunks_exact(8)
                .filter_map(|bytes| Some(u64::from_le_bytes(*bytes.first_chunk()?)));
            targets.extend(words.take(4096).take_while(inside));
        }
    }
    targets.sort_unstable();
    targets.dedup();
    targets
}
