//! `syscallset export` and `import`: what goes out comes back, and what cannot go out is an error.

use std::fmt::Write as _;

use serde_json::Value;
use syscallset_tables::{Arch, SETS};

use crate::bpf::{Insn, decode, run};
use crate::command::{Scratch, bytes, prints, refuses, syscallset};

/// Filters that all formats with conditions can say, whatever is refused being killed.
pub(crate) const CONDITIONAL: &[&str] = &[
    "@basic-io socket(domain=AF_UNIX)",
    "@basic-io openat(flags&O_ACCMODE=O_RDONLY) kill(sig<10) kill(sig=SIGTERM)",
    "@system-service ~socket socket(domain=AF_UNIX,type&0xf=SOCK_STREAM) ~@privileged",
    "@basic-io fcntl(cmd<=F_SETFL) clone(clone_flags&CLONE_NEWUSER=0) personality(persona!=8)",
    "@basic-io ~lseek lseek(offset>=0) setsockopt(level=SOL_SOCKET) setsockopt(level=6,optname=1)",
];

/// Filters of names alone.
pub(crate) const PLAIN: &[&str] = &[
    "",
    "@basic-io",
    "@system-service ~@network-io ~@privileged",
    "@basic-io @file-system @network-io ~openat2 execve",
    "@known ~@mount ~@swap ~@reboot ~@module",
    "@basic-io ~mseal ~uname ~@sandbox",
];

/// Filters with errors of single calls.
pub(crate) const ERRORS: &[&str] = &[
    "@basic-io ~mount:EPERM ~ptrace:ENOSYS",
    "@system-service ~@network-io:EACCES ~@privileged:EPERM",
];

/// Exports, imports, exports again; the documents have to be the same but for the comment.
fn comes_back(filter: &str, violation: &str, to: &str, from: &str) -> String {
    let scratch = Scratch::new();
    let export = |filter: &str| {
        let filter = if filter.is_empty() { " " } else { filter };
        let words = [
            "export",
            "--arch",
            "x86_64",
            "--on-violation",
            violation,
            "--to",
            to,
        ];
        prints(words.into_iter().chain([filter]))
    };
    let first = export(filter);
    let file = scratch.write("document", &first);
    let import = [
        "--json", "import", "--arch", "x86_64", "--exact", "--from", from, &file,
    ];
    let found: Value = serde_json::from_str(&prints(import)).unwrap();
    assert_eq!(found["extra"], serde_json::json!([]), "{filter}");
    assert_eq!(found["unknown"], serde_json::json!([]), "{filter}");
    if to != "names" {
        assert_eq!(found["on_violation"], violation, "{filter}");
    }
    let again = found["filter"].as_str().unwrap();
    let second = export(again);
    if CONDITIONAL.contains(&filter) {
        // The same alternatives, perhaps in another order.
        let same = |filter: &str| bytes(["dump", "--arch", "x86_64", "--format", "raw", filter]);
        let (ours, found) = (decode(&same(filter), false), decode(&same(again), false));
        for call in Arch::X86_64.calls() {
            for args in &ARGUMENTS {
                let verdict = |program: &[Insn]| run(program, call.number, 0xc000_003e, *args).0;
                assert_eq!(
                    verdict(&ours),
                    verdict(&found),
                    "{filter} in {to}: {}{args:x?}",
                    call.name
                );
            }
        }
        let items = again.split_whitespace().count();
        assert!(
            items <= filter.split_whitespace().count() + 2,
            "{filter} in {to} comes back as {again}"
        );
        return again.to_owned();
    }
    let body = |text: &str| -> String {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.fold(String::new(), |text, line| text + line + "\n")
    };
    assert_eq!(
        body(&first),
        body(&second),
        "{filter} in {to} comes back as {again}"
    );
    again.to_owned()
}

#[test]
fn what_goes_out_comes_back() {
    for filter in PLAIN {
        for (to, from) in [
            ("oci", "oci"),
            ("docker", "oci"),
            ("podman", "oci"),
            ("systemd", "systemd"),
            ("seccompiler-json", "seccompiler-json"),
            ("names", "names"),
        ] {
            let again = comes_back(filter, "kill", to, from);
            let (before, after) = (
                filter.split_whitespace().count(),
                again.split_whitespace().count(),
            );
            // `@sandbox` and the like go one by one where std needs something of them.
            assert!(
                after <= before + 2,
                "{filter} in {to} comes back as {again}"
            );
            // In other words, the same filter.
            let filter = if filter.is_empty() { " " } else { filter };
            let again = if again.is_empty() { " " } else { &again };
            syscallset(["diff", "--arch", "x86_64", filter, again])
                .run()
                .exits(0);
        }
        for violation in ["EPERM", "ENOSYS"] {
            comes_back(filter, violation, "oci", "oci");
            comes_back(filter, violation, "systemd", "systemd");
            comes_back(filter, violation, "seccompiler-json", "seccompiler-json");
        }
    }
    for filter in CONDITIONAL {
        comes_back(filter, "kill", "oci", "oci");
        comes_back(filter, "EACCES", "oci", "oci");
        comes_back(filter, "trap", "seccompiler-json", "seccompiler-json");
    }
    // What is logged is made; and here, no string could begin with what is allowed.
    for filter in ["@default", "@sandbox", "@pkey"] {
        let again = comes_back(filter, "log", "oci", "oci");
        assert!(again.split_whitespace().count() <= 1, "{again}");
    }
    let own = "@default ~@keyring:EACCES ~@setuid:EACCES";
    comes_back(own, "kill", "oci", "oci");
    for filter in ERRORS {
        comes_back(filter, "kill", "oci", "oci");
        comes_back(filter, "EROFS", "systemd", "systemd");
    }
}

#[test]
fn nothing_is_dropped() {
    for (filter, violation, to, fault) in [
        (
            "read socket(domain=AF_UNIX)",
            "kill",
            "names",
            "`socket` is allowed under conditions",
        ),
        (
            "read ~openat:EPERM",
            "kill",
            "names",
            "`openat` has the action EPERM",
        ),
        (
            "read ~openat:EPERM",
            "kill",
            "seccompiler-json",
            "`openat` has the action EPERM",
        ),
        ("read ~openat:notify", "kill", "oci", "notify"),
        ("read ~openat:notify", "kill", "docker", "notify"),
        ("read ~openat:EACCES", "kill", "go-seccomp-bpf", "EACCES"),
        ("read", "EACCES", "go-seccomp-bpf", "EACCES"),
        ("read ~openat:trap", "kill", "minijail", "trap"),
        ("read", "EPERM", "minijail", "EPERM"),
        ("read", "notify", "go-seccomp-bpf", "notify"),
        ("read", "notify", "seccompiler-json", "notify"),
        ("read", "notify", "oci", "violations have the action notify"),
        ("read", "log", "names", "violations have the action log"),
    ] {
        let words = [
            "export",
            "--arch",
            "x86_64",
            "--on-violation",
            violation,
            "--to",
            to,
            filter,
        ];
        let said = refuses(words);
        assert!(
            said.contains(&format!("the format `{to}` cannot say all of the filter"))
                && said.contains(fault),
            "{filter} in {to}: {said}"
        );
    }
    for arch in ["csky", "armeb"] {
        let said = refuses(["export", "--arch", arch, "--to", "oci", "@basic-io"]);
        assert!(said.contains(arch), "{said}");
    }
}

/// Arguments on both sides of what the conditions look at.
pub(crate) const ARGUMENTS: [[u64; 6]; 5] = [
    [0; 6],
    [1, 1, 1, 1, 1, 1],
    [2, 15, 0x241, 6, 9, 9],
    [0x1000_0000, 0x200, 4, 2, 0, 0],
    [8, u64::MAX, 7, 3, 1, 1],
];

#[test]
fn every_set_is_found_again() {
    let scratch = Scratch::new();
    for set in SETS {
        let mut names = String::new();
        set.for_each_call(&mut |call| {
            let _ = writeln!(names, "{call}");
        });
        let file = scratch.write("names", names);
        let import = [
            "--json", "import", "--arch", "x86_64", "--from", "names", &file,
        ];
        let found: Value = serde_json::from_str(&prints(import)).unwrap();
        let items = found["filter"].as_str().unwrap().split_whitespace().count();
        let least = usize::try_from(found["least_items"].as_u64().unwrap()).unwrap();
        assert!(items <= 1 && items <= least + 1, "{}: {found}", set.name);
    }
}

#[test]
fn calls_of_other_architectures_are_noted() {
    let scratch = Scratch::new();
    let file = scratch.write("names", "read open write\nstat openat\n");
    let import = ["import", "--from", "names", &file, "--arch"];
    let ended = syscallset(import.into_iter().chain(["aarch64"])).run();
    let ended = ended
        .exits(0)
        .complains("not on aarch64, and left out: open stat");
    assert!(!ended.stdout.contains("open "), "{ended}");
    syscallset(import.into_iter().chain(["x86_64"]))
        .run()
        .exits(0)
        .complains_of_nothing();
}

#[test]
fn extra_calls_are_listed() {
    let scratch = Scratch::new();
    let file = scratch.write(
        "names",
        "read write close lseek readv writev dup dup2 dup3 pread64 pwrite64",
    );
    let exact = prints(["import", "--arch", "x86_64", "--from", "names", &file]);
    let ended = syscallset([
        "import",
        "--arch",
        "x86_64",
        "--from",
        "names",
        "--allow-extra",
        "10",
        &file,
    ])
    .run();
    let ended = ended.exits(0).complains("it also allows ");
    assert_eq!(ended.stdout, "@basic-io\n");
    assert!(exact.len() > ended.stdout.len());
}

/// What is refused with an error need not be refused without one before.
#[test]
fn refusals_with_errors_are_written_once() {
    let scratch = Scratch::new();
    let unit = scratch.write(
        "a.service",
        "[Service]\nSystemCallArchitectures=native\nSystemCallFilter=@system-service\n\
         SystemCallFilter=~@resources:EPERM\nSystemCallFilter=~socket:1\n",
    );
    let found = prints(["import", "--arch", "x86_64", "--from", "systemd", &unit]);
    assert_eq!(found, "@system-service ~@resources:EPERM ~socket:EPERM\n");
    // Under the names that `export` has, too.
    let profile = prints(["export", "--arch", "x86_64", found.trim(), "--to", "docker"]);
    let file = scratch.write("profile.json", profile);
    let import = ["import", "--arch", "x86_64", "--from", "docker", &file];
    assert_eq!(prints(import), found);
}
