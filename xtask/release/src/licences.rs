//! The licences of what the published packages depend on.
//!
//! `.ci/deny.toml` is the list, in the form of the program `cargo deny`, which reads advisories as well and needs
//! a network for it. This check needs neither, and runs with the tests.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::{cargo, root};

/// The list.
const LIST: &str = ".ci/deny.toml";

/// Checks every dependency, those of tests and builds as well.
///
/// # Errors
///
/// The packages whose licence is not allowed or that do not come from the registry; a failure of cargo.
pub fn check() -> Result<String, String> {
    let allowed = allowed()?;
    let text = cargo(|cargo| {
        cargo.args([
            "metadata",
            "--format-version=1",
            "--all-features",
            "--locked",
        ]);
    })?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    let mut faults = Vec::new();
    let mut count = 0;
    for package in packages {
        let Some(source) = package["source"].as_str() else {
            // One of ours.
            continue;
        };
        count += 1;
        let name = format!("{} {}", package["name"], package["version"]).replace('"', "");
        if !source.starts_with("registry+") {
            faults.push(format!("{name} comes from {source}"));
        }
        let licence = package["license"].as_str().unwrap_or_default();
        if !holds(licence, &allowed) {
            faults.push(format!("{name} has the licence `{licence}`"));
        }
    }
    if count == 0 {
        return Err("cargo names no dependencies".into());
    }
    if faults.is_empty() {
        return Ok(format!(
            "{count} dependencies have licences that are allowed"
        ));
    }
    Err(format!(
        "{}\nhelp: allow a licence in `{LIST}` after reading it, or do without the package",
        faults.join("\n")
    ))
}

/// The licences of the list: the strings of `allow = […]`.
fn allowed() -> Result<BTreeSet<String>, String> {
    let text = fs::read_to_string(root().join(LIST))
        .map_err(|error| format!("cannot read `{LIST}`: {error}"))?;
    let list = text
        .split_once("\nallow = [")
        .and_then(|(_, rest)| rest.split_once(']'))
        .map(|(list, _)| list)
        .ok_or_else(|| format!("`{LIST}` has no `allow = [`"))?;
    Ok(list
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect())
}

/// Whether a licence expression holds with what is allowed: one of an `OR`, and all of an `AND`.
pub(crate) fn holds(expression: &str, allowed: &BTreeSet<String>) -> bool {
    // Before there were expressions, `/` stood for `OR`.
    let expression = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<_> = expression.split_whitespace().collect();
    let mut at = 0;
    let holds = either(&words, &mut at, allowed);
    holds && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut holds = both(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        holds |= both(words, at, allowed);
    }
    holds
}

fn both(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut holds = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        holds &= one(words, at, allowed);
    }
    holds
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(word) = words.get(*at) else {
        return false;
    };
    *at += 1;
    if *word == "(" {
        let holds = either(words, at, allowed);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return holds && closed;
    }
    let mut licence = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        licence = format!("{word} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&licence)
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn expressions_are_read_as_spdx_means_them() {
        let allowed = ["MIT", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"];
        let allowed = allowed.map(str::to_owned).into();
        for expression in [
            "MIT",
            "MIT OR GPL-3.0-only",
            "GPL-3.0-only OR MIT",
            "Apache-2.0/MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0",
        ] {
            assert!(holds(expression, &allowed), "{expression}");
        }
        for expression in [
            "",
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "Apache-2.0",
            "(MIT",
            "MIT )",
            "MIT GPL-3.0-only",
            "Apache-2.0 WITH",
        ] {
            assert!(!holds(expression, &allowed), "{expression}");
        }
    }
}
