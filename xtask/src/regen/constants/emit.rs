//! The generated files: the table, and the list of names for the test against the `libc` crate.

use super::super::abis;
use super::snapshot::{Snapshot, groups};
use std::fmt::Write as _;

/// The table, one line a constant.
pub(super) fn table(snapshot: &Snapshot) -> String {
    let mut text = "/// Values by name and ABI, sorted by name.\n\
                    #[rustfmt::skip]\n\
                    pub(super) static CONSTANTS: &[(&str, Values)] = &[\n"
        .to_owned();
    for (name, values) in &snapshot.constants {
        let rows: Vec<_> = groups(values)
            .iter()
            .map(|(value, group)| format!("({}, {value})", abis::expression(group)))
            .collect();
        let _ = writeln!(text, "    (\"{name}\", &[{}]),", rows.join(", "));
    }
    text + "];\n"
}

/// Code that looks every name up in `libc`. A constant that `libc` does not have resolves to the `Absent` of the same
/// name in this module, because a glob import in the function hides what is outside of it.
pub(super) fn libc_lookups(snapshot: &Snapshot) -> String {
    let mut text = "use super::{Absent, Value};\n\n".to_owned();
    for name in snapshot.constants.keys() {
        let _ = writeln!(text, "const {name}: Absent = Absent;");
    }
    text += "\n/// Calls `check` with every name and the value that `libc` has for it.\n\
             #[rustfmt::skip]\n\
             pub(super) fn for_each(mut check: impl FnMut(&str, Option<i128>)) {\n    use libc::*;\n\n";
    for name in snapshot.constants.keys() {
        let _ = writeln!(text, "    check(\"{name}\", {name}.value());");
    }
    text + "}\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_constant() {
        let snapshot = Snapshot::parse("AF_INET 2\nMAP_32BIT 64 [x86]\n").unwrap();
        let table = table(&snapshot);
        assert!(
            table.contains(
                "\n    (\"AF_INET\", &[(ALL, 2)]),\n    (\"MAP_32BIT\", &[(X86, 64)]),\n"
            )
        );
        let lookups = libc_lookups(&snapshot);
        assert!(lookups.contains("\nconst AF_INET: Absent = Absent;\n"));
        assert!(lookups.contains("\n    check(\"AF_INET\", AF_INET.value());\n"));
    }
}
