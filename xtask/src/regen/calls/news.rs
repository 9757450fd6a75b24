//! Which calls are new or gone, for the person who reviews a newer systemd or kernel: on which architectures each
//! of them is, and which sets allow it.

use super::Matrix;
use crate::regen::sets::{Sets, flatten};
use crate::regen::{Result, Snapshots, abis, numbers, sets};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Tells the calls that came, that went, and that got their first or lost their last number.
pub(super) fn compare(old: &Snapshots, new: &Snapshots) -> Result<String> {
    let (Ok(numbers), Ok(sets)) = (numbers::snapshot(old), sets::read(old)) else {
        // The very first run has nothing to compare with.
        return Ok(String::new());
    };
    let before = State { numbers, sets };
    let after = State {
        numbers: numbers::snapshot(new)?,
        sets: sets::read(new)?,
    };
    Ok(tell(&before, &after))
}

struct State {
    numbers: Matrix,
    sets: Sets,
}

impl State {
    fn calls(&self) -> BTreeSet<&str> {
        let listed = self.sets.values().flat_map(|set| &set.calls);
        let numbered = self.numbers.rows.keys();
        listed.chain(numbered).map(String::as_str).collect()
    }

    /// The architectures that have a number for a call.
    fn places(&self, call: &str) -> Vec<&str> {
        let row = self.numbers.rows.get(call);
        let columns = self.numbers.columns.iter();
        columns
            .zip(row.into_iter().flatten())
            .filter_map(|(column, number)| number.map(|_| column.as_str()))
            .collect()
    }

    /// The sets that allow a call.
    fn holders(&self, call: &str) -> Vec<&str> {
        let names = self.sets.keys().map(String::as_str);
        names
            .filter(|name| *name != "@known" && flatten(&self.sets, name).contains(call))
            .collect()
    }
}

fn tell(before: &State, after: &State) -> String {
    // The lines of each kind of news.
    let mut news: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let (old, new) = (before.calls(), after.calls());
    for call in old.union(&new) {
        let numbered = |state: &State| !state.places(call).is_empty();
        let (kind, state) = match (old.contains(call), new.contains(call)) {
            (false, true) => ("new calls", after),
            (true, false) => ("calls that are gone", before),
            _ if !numbered(before) && numbered(after) => ("calls with a first number", after),
            _ if numbered(before) && !numbered(after) => ("calls without a number now", before),
            _ => continue,
        };
        let places = match state.places(call) {
            places if places.is_empty() => "on no architecture yet".to_owned(),
            places if places.len() == abis::NAMES.len() => "everywhere".to_owned(),
            places => format!("on {}", places.join(" ")),
        };
        let holders = match state.holders(call) {
            holders if holders.is_empty() && flatten(&state.sets, "@known").contains(call) => {
                "in @known alone".to_owned()
            }
            holders if holders.is_empty() => "in no set".to_owned(),
            holders => format!("in {}", holders.join(" ")),
        };
        news.entry(kind)
            .or_default()
            .push(format!("{call}: {places}; {holders}"));
    }
    let mut report = String::new();
    for (kind, lines) in news {
        let _ = writeln!(report, "{kind}");
        for line in lines {
            let _ = writeln!(report, "  {line}");
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::{Matrix, State, tell};
    use crate::regen::sets::{Set, Sets};
    use std::collections::BTreeMap;

    fn state(numbers: &[(&str, u32)], set: &[&str]) -> State {
        let mut matrix = Matrix::default();
        for column in ["arm", "x86"] {
            let numbers = numbers
                .iter()
                .map(|&(name, number)| (name.to_owned(), number));
            let numbers: BTreeMap<_, _> = if column == "arm" {
                numbers.take(1).collect()
            } else {
                numbers.collect()
            };
            matrix.push(column, numbers);
        }
        let calls = set.iter().map(|&call| call.to_owned()).collect();
        let ours = Set {
            ours: true,
            calls,
            ..Set::default()
        };
        State {
            numbers: matrix,
            sets: Sets::from([("@rust-a".to_owned(), ours)]),
        }
    }

    #[test]
    fn news_say_where_and_in_which_sets() {
        let before = state(&[("read", 1)], &["read", "fchroot"]);
        let after = state(&[("read", 1), ("fchroot", 9), ("listns", 8)], &["fchroot"]);
        let expected = "\
calls with a first number
  fchroot: on x86; in @rust-a
new calls
  listns: on x86; in no set
";
        assert_eq!(tell(&before, &after), expected);
        assert_eq!(tell(&before, &before), "");
        assert!(tell(&after, &before).starts_with("calls that are gone\n  listns: on x86"));
    }
}
