//! The call numbers that verdicts are compared for.

use std::collections::BTreeSet;

use syscallset_tables::Arch;

/// Every number up to 1024, the neighbours of every number of the table, and the numbers around
/// every power of two that an implementation might stumble over: x32's, signed ones, the last one.
pub(crate) fn numbers(arch: Arch) -> Vec<u32> {
    let mut numbers: BTreeSet<u32> = (0..=1024).collect();
    let table = arch.calls().iter().map(|call| call.number);
    let x32 = [0, 1, 59, 200, 512, 520, 547, 1023].map(|number| 0x4000_0000 | number);
    let edges = (10..32).map(|bit| 1 << bit).chain([u32::MAX, 0x7fff_fffe]);
    for number in table.chain(x32).chain(edges) {
        numbers.extend([number.wrapping_sub(1), number, number.wrapping_add(1)]);
    }
    numbers.into_iter().collect()
}
