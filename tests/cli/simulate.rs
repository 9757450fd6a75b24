//! `syscallset simulate`: verdicts are what the program says.

use std::fmt::Write as _;

use serde_json::Value;

use crate::bpf::{decode, run};
use crate::command::{Scratch, prints, refuses};
use crate::dump::{FILTERS, raw};

#[test]
fn verdicts_are_those_of_the_program() {
    let scratch = Scratch::new();
    for filter in FILTERS {
        let program = raw(filter, "x86_64");
        let instructions = decode(&program, false);
        let file = scratch.write("program", &program);
        // Every number and some that no call has, with arguments around the conditions.
        let mut calls = Vec::new();
        let mut data = Vec::new();
        for nr in (0..500).chain([
            1000,
            0x3fff_ffff,
            0x4000_0000,
            0x4000_0101,
            u32::MAX - 1,
            u32::MAX,
        ]) {
            for args in [
                [0; 6],
                [1, 9, 1, 0, 0, 0],
                [1 << 32 | 1, u64::MAX, 3, 0, 0, 0],
            ] {
                let mut call = format!("{nr}(");
                for (index, arg) in args.iter().enumerate() {
                    let _ = write!(call, "{}{arg:#x}", if index == 0 { "" } else { "," });
                }
                calls.push(call + ")");
                data.push((nr, args));
            }
        }
        let simulate = |how: [&str; 3]| -> Vec<Value> {
            let words = ["--json", "simulate", "--arch", "x86_64"]
                .into_iter()
                .chain(how);
            let words = words.filter(|word| !word.is_empty());
            let output = prints(words.chain(calls.iter().map(String::as_str)));
            let object: Value = serde_json::from_str(&output).unwrap();
            object["verdicts"].as_array().unwrap().clone()
        };
        let filter_or_space = if filter.is_empty() { " " } else { filter };
        let ours = simulate([filter_or_space, "", ""]);
        let foreign = simulate(["--program", &file, ""]);
        assert_eq!(ours.len(), data.len());
        for ((ours, foreign), (nr, args)) in ours.iter().zip(&foreign).zip(data) {
            let (ret, executed) = run(&instructions, nr, 0xc000_003e, args);
            let made = matches!(ret & 0xffff_0000, 0x7fff_0000 | 0x7ffc_0000);
            for found in [ours, foreign] {
                assert_eq!(
                    found["executed"], executed,
                    "{filter}: {nr} {args:x?}: {found}"
                );
                assert_eq!(found["made"], made, "{filter}: {nr} {args:x?}: {found}");
            }
            assert_eq!(
                ours["action"], foreign["action"],
                "{filter}: {nr} {args:x?}"
            );
        }
    }
}

#[test]
fn the_deciding_item_is_named() {
    let filter = "@basic-io ~@io-event openat(flags&O_ACCMODE=O_RDONLY) ~dup:EPERM";
    let lines = prints([
        "simulate",
        filter,
        "read",
        "openat(0, 0, O_RDWR)",
        "openat(flags=O_RDONLY)",
        "dup",
        "mount",
        "exit",
        "9999",
    ]);
    let decided: Vec<_> = lines
        .lines()
        .map(|line| line.split(" (number").next().unwrap_or_default())
        .collect();
    assert_eq!(
        decided,
        [
            "read(): allow by `@basic-io`",
            "openat(0x0, 0x0, 0x2): kill, as no item allows it with these arguments",
            "openat(): allow by `openat(flags&O_ACCMODE=O_RDONLY)`",
            "dup(): EPERM by `~dup:EPERM`",
            "mount(): kill, as no item allows it",
            "exit(): allow by @default, which every filter begins with",
            "?(): ENOSYS, as no call of the tables has the number",
        ]
    );
    assert!(refuses(["simulate", filter]).contains("no call to simulate"));
    assert!(refuses(["simulate", filter, "raed"]).contains("did you mean `read`?"));
    assert!(refuses(["simulate", filter, "openat(fd"]).contains("openat(fd"));
}

/// An item is about the calls that took over from the one it names.
#[test]
fn the_item_that_decides_about_another_form() {
    let filter = "@known ~lseek(2=SEEK_HOLE):EPERM ~mmap(prot&PROT_EXEC!=0):EACCES";
    let lines = prints([
        "simulate",
        "--arch",
        "x86",
        filter,
        "_llseek(1, 0, 0, 0, 4)",
        "_llseek(1, 0, 4, 0, 0)",
        "mmap",
        "mmap2(prot=4)",
    ]);
    let decided: Vec<_> = lines
        .lines()
        .map(|line| line.split(" (number").next().unwrap_or_default())
        .collect();
    let [lseek, mmap] = [
        "~lseek(2=SEEK_HOLE):EPERM",
        "~mmap(prot&PROT_EXEC!=0):EACCES",
    ];
    assert_eq!(
        decided,
        [
            format!("_llseek(0x1, 0x0, 0x0, 0x0, 0x4): EPERM by `{lseek}`"),
            "_llseek(0x1, 0x0, 0x4): allow by `@known`".to_owned(),
            format!("mmap(): EACCES by `{mmap}`"),
            format!("mmap2(0x0, 0x0, 0x4): EACCES by `{mmap}`"),
        ]
    );
}

#[test]
fn an_argument_is_given_once() {
    for (call, fault) in [
        (
            "socket(1,type=2,domain=3)",
            "`domain=3` gives argument 0 again, after `1`",
        ),
        (
            "socket(type=1, 2)",
            "`2` gives argument 1 again, after `type=1`",
        ),
        (
            "socket(0=1, domain=1)",
            "`domain=1` gives argument 0 again, after `0=1`",
        ),
    ] {
        let said = refuses(["simulate", "--arch", "x86_64", "@known", call]);
        assert!(said.contains(&format!("`{call}`: {fault}")), "{said}");
        assert!(said.contains("help: "), "{said}");
    }
    // A value in two registers takes both.
    let said = refuses([
        "simulate",
        "--arch",
        "arm",
        "@known",
        "pread64(pos=0x100000002, 5=1)",
    ]);
    assert!(
        said.contains("`5=1` gives argument 5 again, after `pos=0x100000002`"),
        "{said}"
    );
    let line = prints([
        "simulate",
        "--arch",
        "x86_64",
        "@known",
        "socket(type=2, 0=1)",
    ]);
    assert!(line.starts_with("socket(0x1, 0x2)"), "{line}");
}
