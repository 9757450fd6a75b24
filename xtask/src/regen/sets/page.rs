//! The page that lists the sets, for people.

use super::{Set, Sets};
use crate::regen::PAGE_MARK;
use std::fmt::Write as _;

pub(super) const PATH: &str = "src/sets.md";

/// Every set with its nested sets and calls; ours and systemd's apart.
pub(super) fn page(sets: &Sets, version: &str) -> String {
    let mut page = format!(
        "{PAGE_MARK}; do not edit. SPDX-License-Identifier: LGPL-2.1-or-later -->\n\n\
         # Sets of {version}\n\n"
    );
    table(&mut page, sets, |set| !set.ours);
    page += "\n# Sets of this project\n\n";
    table(&mut page, sets, |set| set.ours);
    page
}

fn table(page: &mut String, sets: &Sets, wanted: impl Fn(&Set) -> bool) {
    *page += "| set | what it is | what is in it |\n| --- | --- | --- |\n";
    for (name, set) in sets.iter().filter(|(_, set)| wanted(set)) {
        let members: Vec<_> = if name == "@known" {
            // As long as all others together.
            vec!["every call that this systemd knows".to_owned()]
        } else {
            let members = set.sets.iter().chain(&set.calls);
            members.map(|member| format!("`{member}`")).collect()
        };
        let _ = writeln!(
            page,
            "| `{name}` | {} | {} |",
            set.description,
            members.join(" ")
        );
    }
}
