//! The system call numbers.
//!
//! They are read from the snapshot's own text, when an architecture is first asked for: as Rust data they would
//! take half of the time that this crate takes to compile, and everybody who uses the attribute compiles it.

mod version;

use crate::{Arch, Call, abi};
use std::sync::OnceLock;

pub(crate) use version::LINUX_VERSION;

/// Below comments a line `columns: ABI…`, and lines `name number…` with a number or `-` for each of them, sorted by
/// name. The generator reads all of it, and refuses any other form.
const SNAPSHOT: &str = include_str!("../data/linux-numbers.txt");

/// The tables that were asked for, by the bit of their ABI.
static TABLES: [OnceLock<Vec<Call>>; abi::COUNT] = [const { OnceLock::new() }; abi::COUNT];

/// The calls of an architecture, sorted by name.
pub(crate) fn calls(arch: Arch) -> &'static [Call] {
    TABLES[abi::of(arch).trailing_zeros() as usize].get_or_init(|| column(abi::name(arch)))
}

fn column(name: &str) -> Vec<Call> {
    let mut lines = SNAPSHOT.lines();
    let columns = lines.find_map(|line| line.strip_prefix("columns: "));
    let column = columns.and_then(|columns| columns.split(' ').position(|other| other == name));
    let Some(column) = column else {
        return Vec::new();
    };
    let call = |line: &'static str| {
        let (name, numbers) = line.split_once(' ')?;
        let number = numbers.split(' ').nth(column)?.parse().ok()?;
        Some(Call { name, number })
    };
    lines.filter_map(call).collect()
}
