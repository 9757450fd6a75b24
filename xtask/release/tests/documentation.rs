//! What the documentation promises: that it is of these tables, that its links and files exist, and that its examples
//! are whole.

mod repository;

use repository::{files, read, root};

#[test]
fn messages_in_the_documentation_are_of_these_tables() {
    let version = read("syscallset-tables/data/systemd-sets.txt");
    let version = version
        .lines()
        .find_map(|line| line.strip_prefix("# Version: systemd "))
        .and_then(|version| version.split(' ').next())
        .expect("a version");
    for file in ["README.md", "syscallset/src/lib.rs"] {
        let text = read(file);
        let mut said = text.split("not a set of systemd ").skip(1);
        let first = said.next().expect(file);
        assert!(
            first.starts_with(version),
            "{file}: not of systemd {version}"
        );
        assert!(said.all(|other| other.starts_with(version)), "{file}");
    }
}

#[test]
fn links_lead_somewhere() {
    let mut links = 0;
    for page in [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "syscallset-tables/README.md",
    ] {
        let text = read(page);
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().expect("a link ends");
            if link.starts_with("http") || link.starts_with('#') {
                continue;
            }
            let target = root().join(page).with_file_name(link);
            assert!(target.exists(), "{page}: nothing at {link}");
            links += 1;
        }
    }
    assert!(links > 10, "{links}");
}

/// What is in back-ticks and looks like a file of this repository is one.
#[test]
fn files_that_are_named_exist() {
    let mut files = 0;
    for page in ["README.md", "CONTRIBUTING.md"] {
        for name in read(page).split('`').skip(1).step_by(2) {
            let is_path = ["syscallset", "xtask/", "tests/", ".ci/"]
                .iter()
                .any(|start| name.starts_with(start))
                && name.contains('/')
                && !name.contains([' ', '…']);
            if is_path {
                assert!(root().join(name).exists(), "{page}: no file {name}");
                files += 1;
            }
        }
    }
    assert!(files > 10, "{files}");
}

/// They work as a reader copies them: what they hide is what other systems need.
#[test]
fn examples_show_what_they_use() {
    let library = root().join("syscallset");
    let mut found = Vec::new();
    files(&library.join("src"), &mut found);
    files(&library.join("docs"), &mut found);
    let mut examples = 0;
    for file in found {
        let text = read(&file);
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let line = ["/// ", "//! "]
                .into_iter()
                .find_map(|comment| line.strip_prefix(comment))
                .unwrap_or(line);
            examples += usize::from(line == "```");
            let hidden = ["# use ", "# let ", "# static ", "# const "];
            assert!(
                hidden.iter().all(|word| !line.starts_with(word)),
                "{}:{}: hidden from whoever copies the example: {line}",
                file.display(),
                number + 1
            );
        }
    }
    assert!(examples > 100, "only {examples} fences were found");
}
