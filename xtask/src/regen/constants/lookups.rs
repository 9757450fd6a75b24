//! The list of all names for the test against the `libc` crate.

use super::snapshot::Snapshot;
use std::fmt::Write as _;

/// Code that looks every name up in `libc`. A constant that `libc` does not have resolves to the `Absent` of the same
/// name in this module, because a glob import in the function hides what is outside of it.
pub(super) fn print(snapshot: &Snapshot) -> String {
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
    fn every_name_has_a_fallback_and_a_check() {
        let snapshot = Snapshot::parse("AF_INET 2\nMAP_32BIT 64 [x86]\n").unwrap();
        let lookups = print(&snapshot);
        for name in ["AF_INET", "MAP_32BIT"] {
            assert!(lookups.contains(&format!("\nconst {name}: Absent = Absent;\n")));
            assert!(lookups.contains(&format!("\n    check(\"{name}\", {name}.value());\n")));
        }
    }
}
