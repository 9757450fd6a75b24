//! `syscallset simulate`: what is said about calls that are not given whole, or with too much.

use serde_json::Value;

use crate::command::{Scratch, prints, refuses};
use crate::dump::raw;

/// Arguments that were not given count as 0, and where others may be decided about otherwise, that is said.
#[test]
fn what_was_not_given_is_said_where_it_matters() {
    let filter = "@basic-io openat(flags&O_ACCMODE=O_RDONLY) socket(domain=AF_UNIX) \
        socket(domain=AF_INET,type=SOCK_STREAM) ~socket(domain=AF_INET6):EPERM";
    let calls = [
        "read",
        "openat",
        "openat(0, 0)",
        "openat(flags=0)",
        "socket",
        "socket(2)",
        "socket(1)",
        "socket(type=5)",
        "mount",
        "9999",
    ];
    let simulate = |options: &[&str], filter: Option<&str>| {
        let words = ["simulate", "--arch", "x86_64"].into_iter();
        let words = words.chain(options.iter().copied()).chain(filter);
        prints(words.chain(calls))
    };
    let text = simulate(&[], Some(filter));
    let notes: Vec<_> = text.lines().map(|line| line.strip_prefix("  ")).collect();
    let (openat, unix, inet, inet6) = (
        "`openat(flags&O_ACCMODE=O_RDONLY)`",
        "`socket(domain=AF_UNIX)`",
        "`socket(domain=AF_INET,type=SOCK_STREAM)`",
        "`~socket(domain=AF_INET6):EPERM`",
    );
    let flags = format!(
        "`flags` is not given and counts as 0; other values may lead to kill, see {openat}"
    );
    let both = format!(
        "`domain`, `type` are not given and count as 0; other values may lead to EPERM or allow, \
         see {unix}, {inet}, {inet6}"
    );
    let stream =
        format!("`type` is not given and counts as 0; other values may lead to allow, see {inet}");
    let domain = format!(
        "`domain` is not given and counts as 0; other values may lead to EPERM or allow, \
         see {unix}, {inet6}"
    );
    let expected = [
        None,
        None,
        Some(flags.as_str()),
        None,
        Some(&flags),
        None,
        None,
        Some(&both),
        None,
        Some(&stream),
        None,
        None,
        Some(&domain),
        None,
        None,
    ];
    assert_eq!(notes, expected, "{text}");
    // No item of a program is known; what else there is to say is the same.
    let scratch = Scratch::new();
    let file = scratch.write("program", raw(filter, "x86_64"));
    let missing = |text: &str| -> Vec<Value> {
        let object: Value = serde_json::from_str(text).unwrap();
        let verdicts = object["verdicts"].as_array().unwrap().iter();
        verdicts.map(|verdict| verdict["missing"].clone()).collect()
    };
    let ours = missing(&simulate(&["--json"], Some(filter)));
    assert_eq!(ours[0], Value::Null);
    let socket = serde_json::json!({
        "arguments": ["type"],
        "actions": ["allow"],
        "items": [inet.trim_matches('`')],
    });
    assert_eq!(ours[5], socket);
    let without_items = |mut missing: Value| {
        if missing.is_object() {
            missing["items"] = serde_json::json!([]);
        }
        missing
    };
    assert_eq!(
        missing(&simulate(&["--json", "--program", &file], None)),
        ours.into_iter().map(without_items).collect::<Vec<_>>()
    );
}

/// A value in two registers is one argument, and a test of something computed is not understood.
#[test]
fn what_was_not_given_of_other_programs() {
    const ALLOW: (u16, u8, u8, u32) = (0x06, 0, 0, 0x7fff_0000);
    const KILL: (u16, u8, u8, u32) = (0x06, 0, 0, 0x8000_0000);
    let scratch = Scratch::new();
    let instructions = |list: &[(u16, u8, u8, u32)]| -> Vec<u8> {
        let bytes = |&(code, jt, jf, k): &(u16, u8, u8, u32)| {
            let mut bytes = code.to_le_bytes().to_vec();
            bytes.extend([jt, jf]);
            bytes.extend(k.to_le_bytes());
            bytes
        };
        list.iter().flat_map(bytes).collect()
    };
    // The low halves of the registers 4 and 5, in which the value is.
    let two = instructions(&[
        (0x20, 0, 0, 16 + 8 * 4),
        (0x15, 0, 2, 0),
        (0x20, 0, 0, 16 + 8 * 5),
        (0x15, 1, 0, 0),
        KILL,
        ALLOW,
    ]);
    let two = scratch.write("two", two);
    let pread = ["simulate", "--arch", "arm", "--program", &two, "pread64"];
    let text = prints(pread);
    let note = "  `offset` is not given and counts as 0; other values may lead to kill\n";
    assert!(text.ends_with(note), "{text}");
    // The sum of an argument and 1.
    let computed = instructions(&[
        (0x20, 0, 0, 16),
        (0x04, 0, 0, 1),
        (0x15, 0, 1, 1),
        ALLOW,
        KILL,
    ]);
    let computed = scratch.write("computed", computed);
    let simulate = |call| prints(["simulate", "--arch", "x86_64", "--program", &computed, call]);
    let text = simulate("read");
    assert!(text.starts_with("read(): allow"), "{text}");
    assert!(
        text.contains("whether others change this is not known"),
        "{text}"
    );
    let text = simulate("read(1, 2, 3, 4, 5, 6)");
    assert_eq!(text.lines().count(), 1, "{text}");
}

/// What `strace` prints is not taken, and the message has what to write instead.
#[test]
fn calls_of_strace_are_told_what_to_leave_out() {
    for (call, fault, instead) in [
        (
            "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY)",
            "a filter sees pointers as numbers",
            "openat(AT_FDCWD, 0, O_RDONLY)",
        ),
        (
            "openat(AT_FDCWD, 0, O_RDONLY|O_CLOEXEC) = 3",
            "`= 3` is the result",
            "openat(AT_FDCWD, 0, O_RDONLY|O_CLOEXEC)",
        ),
        (
            "openat(AT_FDCWD, \"a)\\\",\", O_RDONLY) = -1 ENOENT (No such file or directory)",
            "`= -1 ENOENT (No such file or directory)` is the result",
            "openat(AT_FDCWD, 0, O_RDONLY)",
        ),
        (
            "connect(3, {sa_family=AF_UNIX, sun_path=\"/x\"}, 110)",
            "a filter sees pointers as numbers",
            "connect(3, 0, 110)",
        ),
        (
            "munmap(addr=NULL, 5)",
            "a filter sees pointers",
            "munmap(addr=0, 5)",
        ),
        ("read(3) 4", "`4` stands behind the `)`", "read(3)"),
    ] {
        let said = refuses(["simulate", "--arch", "x86_64", "@known", call]);
        assert!(said.contains(fault), "{said}");
        let help = said.lines().find(|line| line.starts_with("help: "));
        let help = help.expect("there is a remedy");
        assert!(help.ends_with(&format!(": write `{instead}`")), "{said}");
        prints(["simulate", "--arch", "x86_64", "@known", instead]);
    }
    let said = refuses(["simulate", "@known", "read(3"]);
    assert!(said.contains("`read(3`: `(` without `)`"), "{said}");
}

#[test]
fn the_status_is_documented() {
    let help = prints(["simulate", "--help"]);
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        help.contains("The exit status is 0 whatever is decided"),
        "{help}"
    );
    // As it says.
    prints(["simulate", "read", "mount"]);
}
