//! Every object that the command prints with `--json` is documented.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::command::{Scratch, bytes, syscallset};

const DOCUMENT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/JSON.md"));

/// All field names in an object.
fn fields(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                found.insert(name.clone());
                fields(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| fields(value, found)),
        _ => {}
    }
}

/// Checks that the fields of an object are documented under its heading.
fn check(object: &Value, heading: &str) {
    assert_eq!(object["version"], 1);
    assert_eq!(object["report"], heading);
    let start = DOCUMENT
        .find(&format!("## `{heading}`"))
        .expect("it is documented");
    let section = &DOCUMENT[start + 3..];
    let section = &section[..section.find("\n## ").unwrap_or(section.len())];
    let mut found = BTreeSet::new();
    // The calls of a program are keyed by what happens to them.
    let mut object = object.clone();
    if heading == "explain-program" {
        object["refused"] = Value::Null;
    }
    fields(&object, &mut found);
    for field in found {
        let known = ["version", "report"].contains(&field.as_str());
        // Sets within sets, and decisions, are described once.
        let elsewhere = matches!(heading, "set-members" | "explain-program" | "diff")
            && DOCUMENT.contains(&format!("`{field}`"));
        assert!(
            known || elsewhere || section.contains(&format!("`{field}`")),
            "`{field}` of `{heading}`"
        );
    }
}

#[test]
fn every_object_is_documented() {
    let scratch = Scratch::new();
    let names = scratch.write("names", "read write raed");
    let filter = "@basic-io openat(flags&O_ACCMODE=O_RDONLY) ~dup:EPERM @aio riscv_hwprobe";
    let program = scratch.write("program", bytes(["dump", "--format", "raw", filter]));
    for (words, heading) in [
        (&["sets"][..], "sets"),
        (&["sets", "@ipc", "socket", "@privileged"], "set-members"),
        (&["explain", filter], "explain"),
        (&["explain", "--program", &program], "explain-program"),
        (&["diff", "--arch", "x86_64..aarch64", filter], "diff"),
        (&["dump", filter], "dump"),
        (&["dump", "--program", &program], "dump"),
        (
            &[
                "simulate", filter, "read", "mount", "9999", "exit", "openat",
            ],
            "simulate",
        ),
        (&["simulate", "--program", &program, "read"], "simulate"),
        (&["export", "read", "--to", "oci"], "export"),
        (&["import", "--from", "names", &names], "import"),
    ] {
        let ended = syscallset(["--json"].iter().chain(words).copied()).run();
        let status = i32::from(heading == "diff");
        let ended = ended.exits(status);
        check(&serde_json::from_str(&ended.stdout).unwrap(), heading);
        // The option may stand behind as well.
        let behind = syscallset(words.iter().copied().chain(["--json"]))
            .run()
            .exits(status);
        assert_eq!(behind.stdout, ended.stdout);
    }
    // On standard error, a line each.
    let refused = [
        "run",
        "--json",
        "--verbose",
        "--on-violation",
        "report",
        "",
        "--",
        "/bin/cat",
    ];
    let ended = syscallset(refused).run().dies_of_sigsys().prints("");
    let lines: Vec<Value> = ended
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "{ended}");
    check(&lines[0], "run");
    check(&lines[1], "refused");
    for words in [
        &["explain", "--json", "@basic-oi ~raed"][..],
        &["--json", "run", "", "no-such-command"],
        &["--json", "import", "--from", "oci", "/no/such/file"],
        &["--json", "--nonsense"],
        &["--json", "explain"],
    ] {
        let ended = syscallset(words.iter().copied()).run().prints("");
        let object: Value = serde_json::from_str(&ended.stderr).unwrap();
        check(&object, "error");
        assert_eq!(
            object["status"].as_i64(),
            ended.status.code().map(i64::from),
            "{ended}"
        );
    }
    let faults = syscallset(["explain", "--json", "@basic-oi ~raed"])
        .run()
        .exits(2)
        .stderr;
    let faults: Value = serde_json::from_str(&faults).unwrap();
    assert!(faults["help"].is_null(), "{faults}");
    let swapped = syscallset(["--json", "run", "ls", "@basic-io"])
        .run()
        .exits(2);
    let swapped: Value = serde_json::from_str(&swapped.stderr).unwrap();
    assert_eq!(
        swapped["help"],
        "the filter string comes first, then the command"
    );
    assert_eq!(faults["faults"][0]["help"], "did you mean `@basic-io`?");
    assert_eq!(faults["faults"][1]["span"], serde_json::json!([11, 15]));
}

/// What is wrong with the arguments is a line, and what to do about it another one.
#[test]
fn faults_of_the_arguments_are_taken_apart() {
    for (words, message, help) in [
        (
            &["--nonsense"][..],
            "unexpected argument '--nonsense' found",
            None,
        ),
        (
            &["explain", "--polcy", "x"],
            "unexpected argument '--polcy' found",
            Some("a similar argument exists: '--policy'"),
        ),
        (
            &["run"],
            "the following required arguments were not provided: <FILTER_AND_COMMAND>...",
            None,
        ),
        (
            &["diff", "@aio", "@ipc", "@io-event"],
            "unexpected argument '@io-event' found",
            Some("a filter string is one argument: write it in quotes"),
        ),
        (
            &["sets", "--color", "x"],
            "invalid value 'x' for '--color <WHEN>' [possible values: auto, always, never]",
            None,
        ),
        (
            &["profile", "/bin/true", "--check", "--tight", "--generalise"],
            "the argument '--check' cannot be used with: --tight, --generalise",
            None,
        ),
    ] {
        let ended = syscallset(["--json"].iter().chain(words).copied())
            .run()
            .exits(2)
            .prints("");
        let object: Value = serde_json::from_str(&ended.stderr).unwrap();
        assert_eq!(object["message"], message, "{words:?}");
        assert_eq!(object["help"].as_str(), help, "{words:?}");
    }
}
