//! What the published packages promise.

mod repository;

use std::process::Command;

use repository::{files, read, root};
use syscallset_release::api::{self, Missing};
use syscallset_release::licences;

/// The published packages.
const PACKAGES: [&str; 6] = [
    "syscallset",
    "syscallset/cli",
    "syscallset/cli/profile",
    "syscallset-macros",
    "syscallset-macros/compiler",
    "syscallset-tables",
];

#[test]
fn the_public_interface_is_the_recorded_one() {
    match api::text() {
        Ok(text) => api::compare(&text).unwrap_or_else(|message| panic!("{message}")),
        Err(Missing::Format(reason)) => println!("skipped: {reason}"),
        Err(Missing::Failed(message)) => panic!("{message}"),
    }
}

#[test]
fn every_public_item_has_an_example_that_runs() {
    match api::interface(&["--all-features"]) {
        Ok(interface) => assert_eq!(interface.without_example, [].into()),
        Err(Missing::Format(reason)) => println!("skipped: {reason}"),
        Err(Missing::Failed(message)) => panic!("{message}"),
    }
}

#[test]
fn a_change_of_the_interface_is_told_by_its_lines() {
    let recorded = read("xtask/release/public-api.txt");
    let (line, other) = (
        "pub fn is_supported() -> bool\n",
        "pub fn is_supported() -> u8\n",
    );
    let message = api::compare(&recorded.replace(line, other)).unwrap_err();
    assert!(message.contains(&format!("- {line}+ {other}")), "{message}");
    assert_eq!(api::compare(&recorded), Ok(()));
}

#[test]
fn licences_of_dependencies_are_allowed() {
    licences::check().unwrap_or_else(|message| panic!("{message}"));
}

#[test]
fn programs_link_libc_alone() {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args([
            "tree",
            "--package",
            "syscallset",
            "--edges",
            "no-proc-macro",
        ])
        .args(["--prefix", "none", "--format", "{p}"])
        .output()
        .expect("cargo runs");
    let tree = String::from_utf8(output.stdout).expect("names");
    let names: Vec<_> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names, ["syscallset", "libc"], "{tree}");
}

#[test]
fn packages_say_what_registries_ask_for() {
    for package in PACKAGES {
        let manifest = read(format!("{package}/Cargo.toml"));
        for line in [
            "description = \"",
            "documentation = \"https://docs.rs/syscallset",
            "keywords.workspace = true",
            "categories.workspace = true",
            "license",
            "rust-version",
            "[package.metadata.docs.rs]",
        ] {
            let has = manifest.lines().any(|found| found.starts_with(line));
            assert!(has, "{package}: no `{line}`");
        }
        assert!(!manifest.contains("publish = false"), "{package}");
        // Through links into the root where they are the same.
        for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
            assert!(
                read(format!("{package}/{file}")).len() > 100,
                "{package}/{file}"
            );
        }
        assert_eq!(
            read(format!("{package}/LICENSE-MIT")),
            read("LICENSE-MIT"),
            "{package}"
        );
    }
}

#[test]
fn every_other_package_stays_here() {
    let mut manifests = Vec::new();
    let workspace = read("Cargo.toml");
    let (_, members) = workspace.split_once("members = [").expect("members");
    let (members, _) = members.split_once(']').expect("their end");
    for member in members.split('"').skip(1).step_by(2) {
        if !PACKAGES.contains(&member) {
            manifests.push(member);
        }
    }
    assert!(manifests.len() > 3, "{manifests:?}");
    for member in manifests {
        assert!(
            read(format!("{member}/Cargo.toml")).contains("\npublish = false\n"),
            "{member} would be published: add it to PACKAGES, or `publish = false` to it"
        );
    }
}

#[test]
fn siblings_fit_in_one_version_only() {
    let workspace = read("Cargo.toml");
    let version = workspace
        .lines()
        .find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .expect("a version");
    let siblings: Vec<_> = workspace
        .lines()
        .filter(|line| line.starts_with("syscallset") && line.contains("path = "))
        .collect();
    assert_eq!(siblings.len(), 5);
    for sibling in siblings {
        assert!(
            sibling.contains(&format!("version = \"={version}\"")),
            "{sibling}"
        );
    }
    let changelog = read("CHANGELOG.md");
    let newest = changelog
        .lines()
        .find_map(|line| line.strip_prefix("## "))
        .expect("a release");
    assert_eq!(newest.split(' ').next(), Some(version), "CHANGELOG.md");
}

#[test]
fn releases_say_what_their_tables_are() {
    let field = |file: &str, key: &str| {
        let text = read(format!("syscallset-tables/data/{file}"));
        let value = text.lines().find_map(|line| line.strip_prefix(key));
        value.expect(key).to_owned()
    };
    // `systemd 262 (262.1-1)`: the release is the second word.
    let systemd = field("systemd-sets.txt", "# Version: systemd ");
    let systemd = systemd.split(' ').next().expect("a number").to_owned();
    let linux = field("linux-numbers.txt", "# Linux: ");
    let changelog = read("CHANGELOG.md");
    let releases: Vec<_> = changelog.split("\n## ").skip(1).collect();
    for release in &releases {
        assert!(release.contains("\nTables: systemd "), "{release}");
    }
    let line = format!("\nTables: systemd {systemd}, Linux {linux}.\n");
    assert!(
        releases[0].contains(&line),
        "CHANGELOG.md: the newest release lacks the line `{}`",
        line.trim()
    );
}

#[test]
fn tables_are_marked_with_the_licence_of_their_source() {
    let mut found = Vec::new();
    let tables = root().join("syscallset-tables");
    files(&tables.join("data"), &mut found);
    files(&tables.join("src"), &mut found);
    let mut marked = 0;
    for path in found {
        let text = read(&path);
        let head: String = text.lines().take(5).collect();
        let data = path.extension().is_some_and(|extension| extension == "txt");
        if !data && !head.contains("@generated") {
            continue;
        }
        let name = path.display().to_string();
        let licence = if ["systemd-sets.txt", "sets.rs", "sets.md", "calls.rs"]
            .iter()
            .any(|file| name.ends_with(file))
        {
            "LGPL-2.1-or-later"
        } else if ["rust-sets", "params-aliases", "params-corrections"]
            .iter()
            .any(|file| name.contains(file))
        {
            "MIT OR Apache-2.0"
        } else {
            "GPL-2.0 WITH Linux-syscall-note"
        };
        assert!(
            head.contains(&format!("SPDX-License-Identifier: {licence}")),
            "{name}: no mark `{licence}` in its first lines"
        );
        marked += 1;
    }
    assert!(marked > 12, "{marked}");
    assert!(
        read("xtask/testdata/README.md").contains("SPDX-License-Identifier: LGPL-2.1-or-later")
    );
    for text in ["LGPL-2.1-or-later", "GPL-2.0-only", "Linux-syscall-note"] {
        assert!(read(format!("syscallset-tables/LICENSES/{text}.txt")).len() > 500);
    }
}
