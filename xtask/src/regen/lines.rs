//! What changed in a snapshot that has one line a fact.

use super::{Result, Snapshots};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Lists the lines that a new text no longer has and those that it adds; empty if there are none.
pub(super) fn compare(name: &str, old: &Snapshots, new: &Snapshots) -> Result<String> {
    let Ok(old) = old.get(name) else {
        // The very first run has nothing to compare with.
        return Ok(String::new());
    };
    Ok(difference(name, old, new.get(name)?))
}

fn difference(name: &str, old: &str, new: &str) -> String {
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (old.lines().collect(), new.lines().collect());
    let mut changes: Vec<_> = old.difference(&new).map(|line| (line, '-')).collect();
    changes.extend(new.difference(&old).map(|line| (line, '+')));
    // The old and the new line about one name come together.
    changes.sort_by_key(|(line, sign)| (line.split([' ', '[']).next(), *sign == '+'));
    if changes.is_empty() {
        return String::new();
    }
    let mut report = format!("{name}\n");
    for (line, sign) in changes {
        let _ = writeln!(report, "  {sign} {line}");
    }
    report
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn old_and_new_come_together() {
        let old = "# Linux: 7.2\nAF_INET 2\nAF_X 1\nAT_FDCWD -100\n";
        let new = "# Linux: 7.3\nAF_INET 2\nAF_X 3 [x86]\nB 1\n";
        let expected = "c.txt\n  - # Linux: 7.2\n  + # Linux: 7.3\n  - AF_X 1\n  + AF_X 3 [x86]\n  - AT_FDCWD -100\n  + B 1\n";
        assert_eq!(difference("c.txt", old, new), expected);
        assert_eq!(difference("c.txt", old, old), "");
    }
}
