//! `syscallset diff`: what there is to compare, and where it comes from.

use serde_json::Value;

use crate::command::{Scratch, refuses, syscallset};

/// The sets of this release of systemd.
fn release(number: u32) -> String {
    format!(
        "{}/../../xtask/testdata/systemd-{number}.txt",
        env!("CARGO_MANIFEST_DIR")
    )
}

#[test]
fn what_is_given_twice_is_the_same() {
    let sets = release(252);
    let scratch = Scratch::new();
    let file = scratch.write("policy", "@basic-io # reads and writes");
    for words in [
        &["@basic-io", "--sets", &sets, "--to-sets", &sets][..],
        &["@basic-io", "@basic-io"],
        &["@basic-io", "--arch", "aarch64..aarch64"],
        &["--policy", &file, "@basic-io"],
        &["@basic-io", "--to-policy", &file],
        &["--policy", &file, "--to-policy", &file],
    ] {
        let ended = syscallset(["diff"].iter().chain(words).copied())
            .run()
            .exits(0);
        assert_eq!(
            ended.stdout.lines().nth(2),
            Some("no difference"),
            "{ended}"
        );
    }
    for words in [
        &["@basic-io"][..],
        &["@basic-io", "--arch", "aarch64"],
        &["@basic-io", "--arch", ".."],
        &["--policy", &file],
    ] {
        let said = refuses(["diff"].iter().chain(words).copied());
        assert!(
            said.contains("nothing to compare the filter with"),
            "{said}"
        );
        assert!(said.contains("help: give a second filter"), "{said}");
    }
}

#[test]
fn a_set_that_only_the_file_lacks_is_not_suggested() {
    let sets = release(252);
    for words in [
        ["diff", "--sets", &sets, "@system-service @sandbox"],
        [
            "diff",
            "--to-sets",
            &sets,
            "@system-service ~@sandbox:EPERM",
        ],
    ] {
        let said = refuses(words);
        assert!(
            said.contains(&format!("error: `{sets}` has no set `@sandbox`")),
            "{said}"
        );
        assert!(!said.contains("did you mean"), "{said}");
        assert!(
            said.contains("help: write a filter string without it for this side"),
            "{said}"
        );
    }
    // The other side may name it.
    let ended = syscallset(["diff", "--sets", &sets, "@basic-io", "@basic-io @sandbox"]);
    ended.run().exits(1);
    // What nobody has is what it was.
    let said = refuses(["diff", "--sets", &sets, "@basic-oi"]);
    assert!(said.contains("did you mean `@basic-io`?"), "{said}");
}

#[test]
fn files_are_compared() {
    let scratch = Scratch::new();
    let old = scratch.write("old", "# A comment.\n@basic-io\n~dup");
    let new = scratch.write("new", "@basic-io\nmount");
    let words = ["--arch", "x86_64", "--policy", &old, "--to-policy", &new];
    let ended = syscallset(["diff"].into_iter().chain(words)).run().exits(1);
    let lines: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            format!("--- {old} on x86_64"),
            format!("+++ {new} on x86_64"),
            "+dup (kill -> allow)".to_owned(),
            "+mount (kill -> allow)".to_owned(),
        ]
    );
    let ended = syscallset(["--json", "diff"].into_iter().chain(words))
        .run()
        .exits(1);
    let object: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(object["from"]["policy"], old.as_str());
    assert_eq!(object["to"]["filter"], "@basic-io\nmount");
    // A string stands for the side that no file is given for.
    for (words, header) in [
        (["@basic-io", "--to-policy", &old], "--- @basic-io on"),
        (["--policy", &old, "@basic-io"], "+++ @basic-io on"),
    ] {
        let ended = syscallset(["diff"].into_iter().chain(words)).run().exits(1);
        assert!(
            ended.stdout.lines().any(|line| line.starts_with(header)),
            "{ended}"
        );
    }
    // Faults are said with the file that they are in.
    let faulty = scratch.write("faulty", "@basic-oi");
    let said = refuses(["diff", "--policy", &old, "--to-policy", &faulty]);
    assert!(
        said.contains(&faulty) && said.contains("did you mean"),
        "{said}"
    );
    for (words, part) in [
        (
            &["--policy", &old, "@aio", "@ipc"][..],
            "'--policy <FILE>' cannot be used with '[B]'",
        ),
        (
            &["--to-policy", &old, "@aio", "@ipc"],
            "'--to-policy <FILE>' cannot be used with '[B]'",
        ),
        (
            &["--policy", &old, "--to-policy", &new, "@aio"],
            "help: leave the string out",
        ),
        (&["--to-policy", &old], "<A>"),
        (
            &["--policy", "-", "--to-policy", "-"],
            "standard input cannot be read as two files",
        ),
        (
            &["--policy", "-", "--sets", "-"],
            "standard input cannot be read as two files",
        ),
    ] {
        let said = refuses(["diff"].iter().chain(words).copied());
        assert!(said.contains(part), "{words:?}: {said}");
    }
}

/// Both sides may have the sets of standard input, which is read once.
#[test]
fn sets_of_standard_input_are_read_once() {
    let sets = std::fs::read(release(257)).unwrap();
    let words = ["diff", "--sets", "-", "--to-sets", "-", "@basic-io"];
    let ended = syscallset(words).input(&sets).run().exits(0);
    assert!(ended.stdout.ends_with("no difference\n"), "{ended}");
}
