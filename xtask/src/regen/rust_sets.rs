//! `data/rust-sets.txt`: the sets that this project writes by hand. The file's own head explains its format.

use super::Result;
use super::sets::{Set, Sets};
use super::systemd::is_set_name;

/// The snapshot's name.
pub(super) const SNAPSHOT: &str = "rust-sets.txt";

/// What the hand-written sets are called, so that none can shadow one of systemd's.
const PREFIX: &str = "@rust-";

/// Those that are called otherwise, because they are about a crate that everybody knows by its name.
const CRATES: [&str; 1] = ["@tokio"];

/// Reads the file.
///
/// # Errors
/// A line that is not understood; an entry without its reason; a set or entry that comes twice.
pub(super) fn parse(text: &str) -> Result<Sets> {
    let mut sets = Sets::new();
    let mut current: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        let at = |fault: String| format!("{SNAPSHOT}: line {}: {fault}", index + 1);
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, reason) = line
            .split_once(':')
            .map(|(name, reason)| (name.trim(), reason.trim()))
            .filter(|(_, reason)| !reason.is_empty())
            .ok_or_else(|| at("expected `NAME: WHY`".into()))?;
        if line.starts_with([' ', '\t']) {
            let set = current
                .as_ref()
                .and_then(|set| Some((set, sets.get_mut(set)?)));
            let (owner, set) =
                set.ok_or_else(|| at(format!("`{name}` stands before the first set")))?;
            set.add(owner, name).map_err(at)?;
            continue;
        }
        if !is_set_name(name) || !(name.starts_with(PREFIX) || CRATES.contains(&name)) {
            return Err(at(format!(
                "`{name}` is not a set name that starts with `{PREFIX}`"
            )));
        }
        let set = Set {
            description: reason.to_owned(),
            ours: true,
            ..Set::default()
        };
        if sets.insert(name.to_owned(), set).is_some() {
            return Err(at(format!("set `{name}` comes twice")));
        }
        current = Some(name.to_owned());
    }
    Ok(sets)
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn fault(text: &str) -> String {
        parse(text).expect_err("this text must be refused")
    }

    #[test]
    fn entries_and_their_reasons() {
        let sets = parse(
            "# head\n\n@rust-a: first: set\n    read: std: reads\n    @basic-io: all of it\n@rust-b: second\n  write: x\n@tokio: a crate\n  poll: x\n",
        )
        .unwrap();
        let first = &sets["@rust-a"];
        assert!(first.ours);
        assert_eq!(first.description, "first: set");
        assert!(first.calls.contains("read") && first.sets.contains("@basic-io"));
        assert!(sets["@rust-b"].calls.contains("write"));
        assert!(sets["@tokio"].calls.contains("poll"));
    }

    #[test]
    fn no_entry_without_its_reason() {
        for line in ["    read", "    read:", "    read:  ", "    @basic-io"] {
            let message = fault(&format!("@rust-a: set\n{line}\n"));
            assert_eq!(message, "rust-sets.txt: line 2: expected `NAME: WHY`");
        }
        assert_eq!(
            fault("@rust-a\n"),
            "rust-sets.txt: line 1: expected `NAME: WHY`"
        );
    }

    #[test]
    fn slips_are_refused() {
        for (text, expected) in [
            (
                "@basic-io: ours\n",
                "line 1: `@basic-io` is not a set name that starts with `@rust-`",
            ),
            (
                "@rust-a: a\n@rust-a: b\n",
                "line 2: set `@rust-a` comes twice",
            ),
            (
                "    read: why\n",
                "line 1: `read` stands before the first set",
            ),
            (
                "@rust-a: a\n    re-ad: why\n",
                "line 2: `re-ad` is not a system call name",
            ),
            (
                "@rust-a: a\n    @Basic: why\n",
                "line 2: `@Basic` is not a set name",
            ),
            (
                "@rust-a: a\n  read: x\n  read: y\n",
                "line 3: `read` comes twice in set `@rust-a`",
            ),
        ] {
            assert_eq!(fault(text), format!("rust-sets.txt: {expected}"));
        }
    }
}
