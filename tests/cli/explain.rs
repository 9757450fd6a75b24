//! `syscallset sets`, `explain` and `diff`.

use std::fs;

use serde_json::Value;
use syscallset_tables::{Arch, Origin, SETS};

use crate::command::{Scratch, bytes, prints, refuses, syscallset};

fn json(arguments: &[&str]) -> Value {
    let output = prints(["--json"].into_iter().chain(arguments.iter().copied()));
    serde_json::from_str(&output).unwrap()
}

fn strings(value: &Value) -> Vec<&str> {
    let list = value.as_array().unwrap().iter();
    list.map(|text| text.as_str().unwrap()).collect()
}

/// The codes of the warnings about a filter.
fn codes(filter: &str, options: &[&str]) -> Vec<String> {
    let warnings = warnings(&[options, &[filter]].concat());
    let code = |warning: &Value| warning["code"].as_str().unwrap().to_owned();
    warnings.iter().map(code).collect()
}

/// What is warned of about what these arguments name.
fn warnings(words: &[&str]) -> Vec<Value> {
    let words = [&["explain", "--arch", "x86_64"], words].concat();
    json(&words)["warnings"].as_array().unwrap().clone()
}

#[test]
fn all_sets_are_listed_with_descriptions_nesting_and_numbers() {
    let listing = prints(["sets"]);
    for set in SETS {
        let line = listing
            .lines()
            .find(|line| line.split(' ').next() == Some(set.name));
        let line = line.unwrap_or_else(|| panic!("{}\n{listing}", set.name));
        assert!(line.contains(set.description), "{line}");
        assert!(
            set.sets.iter().all(|nested| line.contains(nested)),
            "{line}"
        );
        for arch in ["x86_64", "aarch64", "x86", "riscv64"] {
            let members = json(&["sets", "--arch", arch, set.name])["entries"][0].clone();
            let arch = Arch::from_name(arch).unwrap();
            for member in members["members"].as_array().unwrap() {
                let call = member["call"].as_str().unwrap();
                assert!(set.contains(call));
                assert_eq!(member["number"].as_u64(), arch.number(call).map(u64::from));
            }
            assert!(
                strings(&members["elsewhere"])
                    .iter()
                    .all(|call| arch.number(call).is_none())
            );
        }
    }
    // A call is told by its parameters, its sets and its architectures.
    let call = prints(["sets", "socket", "--arch", "aarch64"]);
    for part in [
        "socket(domain, type, protocol)",
        "number 198 on aarch64",
        "@network-io",
        "riscv64",
    ] {
        assert!(call.contains(part), "{part}\n{call}");
    }
    assert!(refuses(["sets", "@basic-oi"]).contains("did you mean `@basic-io`?"));
    // `systemd-analyze` would not list our own ones.
    let said = refuses(["sets", "@bogus"]);
    assert!(
        said.contains("help: `syscallset sets` lists the sets"),
        "{said}"
    );
    assert!(refuses(["sets", "opneat"]).contains("did you mean `openat`?"));
    assert!(refuses(["sets", "--arch", "pdp11"]).contains("x86_64, "));
}

/// The documentation cannot quote systemd's sets, but ours it does.
#[test]
fn the_guide_lists_our_sets() {
    let guide = include_str!("../../syscallset/src/guide.rs");
    for set in SETS.iter().filter(|set| set.origin == Origin::Syscallset) {
        let row = format!("/// | `{}` | {}", set.name, set.description);
        assert!(guide.contains(&row), "{row}");
    }
}

/// Calls stand under the sets that systemd has for them, not under one of ours that has them for some function of
/// the standard library.
#[test]
fn calls_stand_under_the_sets_that_people_know() {
    let heading = |filter: &str, call: &str| {
        let text = prints(["explain", "--arch", "x86_64", filter]);
        let (_, allowed) = text.split_once("allowed on x86_64").unwrap();
        let lines = allowed.lines().take_while(|line| {
            let mut words = line.split_whitespace();
            !line.starts_with("    ") || words.all(|word| word != call)
        });
        let heading = lines.filter(|line| line.starts_with("  @")).last();
        heading.map(|line| line.trim().to_owned()).unwrap()
    };
    for (filter, call, expected) in [
        ("@basic-io", "read", "@basic-io 16 of 16"),
        ("@basic-io", "mremap", "@rust-runtime 5 of 5"),
        ("@basic-io @tokio", "eventfd2", "@io-event 5 of 14"),
        ("@rust-resolve", "recvfrom", "@network-io 9 of 18"),
    ] {
        assert_eq!(heading(filter, call), expected, "{filter}");
    }
    for call in ["ioctl", "uname"] {
        let set = heading(call, call);
        assert!(!set.starts_with("@rust-"), "{call}: {set}");
    }
}

#[test]
fn what_each_item_does_is_said() {
    let filter = "@basic-io ~dup read ~@io-event ~write:EPERM openat(flags&O_ACCMODE=O_RDONLY) riscv_hwprobe";
    let explanation = json(&["explain", "--arch", "x86_64", filter]);
    let items = explanation["items"].as_array().unwrap();
    assert_eq!(items.len(), 8);
    assert!(strings(&items[0]["adds"]).contains(&"exit_group"));
    assert!(items[0]["span"].is_null());
    assert!(strings(&items[1]["adds"]).contains(&"pwritev2"));
    assert_eq!(strings(&items[2]["removes"]), ["dup"]);
    assert_eq!(items[3]["nothing"], "already-allowed");
    assert_eq!(items[4]["nothing"], "already-refused");
    assert_eq!(strings(&items[5]["removes"]), ["write"]);
    assert_eq!(items[6]["changes"][0]["call"], "openat");
    assert_eq!(items[7]["nothing"], "other-architectures");
    let span = &items[2]["span"];
    let place = |index: usize| usize::try_from(span[index].as_u64().unwrap()).unwrap();
    assert_eq!(&filter[place(0)..place(1)], "~dup");
    // The list is what the compiler says it is, and each call stands under one heading.
    let policy = syscallset_compiler::compile::compile(
        filter,
        Arch::X86_64,
        syscallset_compiler::action::Action::KillProcess,
    );
    let policy = policy.unwrap().policy;
    let groups = explanation["allowed"].as_array().unwrap().iter();
    let mut listed: Vec<_> = groups.flat_map(|group| strings(&group["calls"])).collect();
    listed.sort_unstable();
    let mut allowed: Vec<_> = Arch::X86_64.calls().iter().map(|call| call.name).collect();
    allowed.retain(|call| policy.allows(call));
    allowed.retain(|call| policy.decision(call).rules.is_empty());
    allowed.sort_unstable();
    assert_eq!(listed, allowed);
    assert_eq!(explanation["conditional"][0]["call"], "openat");
    assert_eq!(explanation["refused"][0]["call"], "write");
}

/// A filter, the code of what is said about it, and words of that.
const WARNED: &[(&str, &str, &str)] = &[
    // A ring does the work of refused calls.
    ("@system-service ~@network-io", "io-uring", "`connect`"),
    ("@basic-io @aio", "io-uring", "`openat`"),
    ("@basic-io execve", "exec", "`execve`"),
    ("@basic-io execveat", "exec", "`execveat`"),
    ("@basic-io ptrace", "takeover", "`ptrace`"),
    (
        "@basic-io process_vm_readv",
        "takeover",
        "`process_vm_readv`",
    ),
    (
        "@basic-io process_vm_writev",
        "takeover",
        "`process_vm_writev`",
    ),
    (
        "openat(flags&O_ACCMODE=O_RDONLY) openat2",
        "sibling",
        "`openat2`",
    ),
    (
        "clone(clone_flags&CLONE_NEWUSER=0) clone3",
        "sibling",
        "`clone3`",
    ),
    ("@system-service ~sendmsg", "sibling", "`sendmmsg`"),
    ("@basic-io ~preadv ~readv", "sibling", "`preadv2`"),
    ("@basic-io ~write write(fd=1)", "sibling", "`pwritev2`"),
    (
        "@basic-io sendfile ~write write(fd=1)",
        "sibling",
        "`sendfile`",
    ),
    (
        "@basic-io ~mmap(prot&PROT_EXEC!=0)",
        "sibling",
        "`mprotect` may make memory executable",
    ),
    (
        "@system-service ~mprotect(prot&PROT_EXEC!=0)",
        "sibling",
        "`mmap` and `shmat` may make memory executable",
    ),
    (
        "@rust-threads unshare ~clone(flags&CLONE_NEWUSER!=0) ~clone3:ENOSYS",
        "sibling",
        "`unshare` may make namespaces",
    ),
    (
        "@rust-threads unshare(flags&CLONE_NEWNET=0) ~clone(flags&CLONE_NEWUSER!=0) ~clone3:ENOSYS",
        "sibling",
        "`unshare` may make namespaces",
    ),
    (
        "@system-service ~vfork",
        "sibling",
        "`clone`, `clone3` and `fork`",
    ),
    (
        "@rust-threads fork ~clone(flags&CLONE_THREAD=0) ~clone3:ENOSYS",
        "sibling",
        "`clone` is allowed under conditions only, but `fork`",
    ),
    (
        "@system-service ~@resources @process",
        "redundant",
        "`@process` adds nothing",
    ),
    (
        "@system-service ~@privileged @chown",
        "given-back",
        "`@chown` allows again what `~@privileged` takes away",
    ),
    (
        "@system-service ~@privileged @chown @setuid",
        "given-back",
        "`@setuid` allows again what `~@privileged` takes away",
    ),
    ("@known", "wide", "hardly anything"),
    ("@known ~@reboot", "wide", "hardly anything"),
    (
        "@basic-io ~@io-event",
        "takes-nothing",
        "`~@io-event` takes nothing away",
    ),
    (
        "@basic-io ~openat",
        "takes-nothing",
        "`~openat` takes nothing away",
    ),
    ("@basic-io read", "redundant", "`read` adds nothing"),
    ("@basic-io riscv_hwprobe", "elsewhere", "it exists on riscv"),
    ("@basic-io ~mmap2", "elsewhere", "it exists on x86"),
];

#[test]
fn reviewers_are_warned() {
    for (filter, code, words) in WARNED {
        let warnings = warnings(&[filter]);
        let found = warnings.iter().any(|warning| {
            warning["code"] == *code && warning["message"].as_str().unwrap().contains(words)
        });
        assert!(found, "{filter}: {code}\n{warnings:#?}");
    }
    assert_eq!(codes("@basic-io", &["--on-violation", "log"]), ["log-only"]);
    // What is in order is not warned of.
    for filter in [
        "",
        "@basic-io",
        "@basic-io @network-io",
        "@basic-io openat(flags&O_ACCMODE=O_RDONLY)",
        "@basic-io @file-system ~openat2:ENOSYS",
        "@basic-io @rust-threads ~clone3:ENOSYS",
        // The compiler asks for these.
        "@basic-io @signal ~@signal @rust-runtime",
        "@basic-io ~@signal ~madvise ~mremap ~@rust-runtime",
        // Not about the power that the others have as well.
        "@basic-io ~mmap(flags&MAP_FIXED!=0)",
        "@basic-io ~mmap(prot&PROT_EXEC!=0) ~mprotect(prot&PROT_EXEC!=0)",
        "@rust-threads ~clone(flags&CLONE_NEWUSER!=0) ~clone3:ENOSYS",
        // The call with the condition is made under none, or more of it is made with the power than without.
        "@basic-io @rust-threads ~clone3:ENOSYS ~unshare(unshare_flags&CLONE_NEWUSER!=0):EPERM",
        "@basic-io ~mprotect ~mprotect(prot&PROT_EXEC!=0):EPERM",
        "@basic-io ~mmap(prot&0xffffffff=PROT_READ)",
        // fork(2) makes no namespaces.
        "@rust-threads fork vfork ~clone(flags&CLONE_NEWUSER!=0) ~clone3:ENOSYS",
    ] {
        assert_eq!(codes(filter, &[]), [""; 0], "{filter}");
    }
}

/// Items, and the same with the conditions as they are shown.
const SHOWN: &[(&str, &str)] = &[
    (
        "socket(0=1,1&0xf=2)",
        "socket(domain=AF_UNIX,type&0xf=SOCK_DGRAM)",
    ),
    (
        "socket(type=0x80001)",
        "socket(type=SOCK_STREAM|SOCK_CLOEXEC)",
    ),
    (
        "keyctl(0=1) prctl(0=31) ptrace(0=32) memfd_create(1=0x54000004)",
        "keyctl(operation=KEYCTL_JOIN_SESSION_KEYRING) prctl(option=PR_TASK_PERF_EVENTS_DISABLE) \
         ptrace(request=PTRACE_SYSEMU_SINGLESTEP) memfd_create(flags=MFD_HUGE_2MB|MFD_HUGETLB)",
    ),
    ("~mmap mmap(2=3)", "~mmap mmap(prot=PROT_READ|PROT_WRITE)"),
    (
        "~mmap(2&6=6):EPERM",
        "~mmap(prot&PROT_WRITE|PROT_EXEC=PROT_WRITE|PROT_EXEC):EPERM",
    ),
    ("~mmap(2&0x104!=0):EPERM", "~mmap(prot&0x104!=0):EPERM"),
    // No name has all of the value, or the meaning that it has elsewhere.
    (
        "kill(1<9) prctl(0=0) socket(1=0) unshare(0=64)",
        "kill(sig<9) prctl(option=0) socket(type=0) unshare(flags=0x40)",
    ),
    // Flags by name are refused where any other flag is a way around.
    (
        "personality ~personality(0=6):EPERM",
        "personality ~personality(persona=6):EPERM",
    ),
    ("~mprotect mprotect(2!=1)", "~mprotect mprotect(prot!=1)"),
    ("socket ~socket(1=1):EPERM", "socket ~socket(type=1):EPERM"),
    (
        "socket ~socket(1&0xffffffff=1):EPERM",
        "socket ~socket(type=1):EPERM",
    ),
];

/// A filter string has no name for one of two registers.
#[test]
fn half_of_an_argument_is_shown_by_its_index() {
    let filter = "@basic-io ~pread64 pread64(4=5)";
    let text = prints(["explain", "--arch", "arm", filter]);
    assert!(text.contains("pread64: allow if 4=5; else kill"), "{text}");
    let whole = "@basic-io ~pread64 pread64(offset=5)";
    let differs = ["diff", "--arch", "x86_64..arm", whole, filter];
    let text = syscallset(differs).run().exits(1).stdout;
    assert!(
        text.contains("allow if offset=5; else kill -> allow if 4=5; else kill"),
        "{text}"
    );
}

#[test]
fn conditions_are_shown_as_they_can_be_written() {
    let conditional = |items: &str| {
        let filter = format!("@basic-io {items}");
        let report = ["--json", "explain", "--arch", "x86_64", &filter];
        let report: Value = serde_json::from_str(&prints(report)).unwrap();
        report["conditional"].as_array().unwrap().clone()
    };
    for (items, written) in SHOWN {
        let decisions = conditional(items);
        let rules = decisions
            .iter()
            .flat_map(|decision| decision["rules"].as_array().unwrap());
        let conditions = rules.flat_map(|rule| rule["conditions"].as_array().unwrap());
        let conditions: Vec<_> = conditions.map(|text| text.as_str().unwrap()).collect();
        assert!(!conditions.is_empty(), "{items}");
        for condition in conditions {
            let places = [("(", ","), ("(", ")"), (",", ")")];
            let found = places
                .iter()
                .any(|(before, behind)| written.contains(&format!("{before}{condition}{behind}")));
            assert!(found, "{items}: {condition}");
        }
        assert_eq!(conditional(written), decisions, "{items}");
    }
}

#[test]
fn a_power_left_open_is_closed_as_advised() {
    let filter = "@basic-io clone ~clone(flags&CLONE_NEWUSER!=0) unshare";
    let left = |filter: &str| {
        let mut found = warnings(&[filter]).into_iter();
        found.find(|warning| warning["message"].to_string().contains("namespaces"))
    };
    let warning = left(filter).expect("a warning");
    let advised = "~unshare(flags&CLONE_NEWUSER!=0)";
    assert_eq!(warning["help"], format!("add `{advised}`"));
    assert_eq!(left(&format!("{filter} {advised}")), None);
}

/// Of a string as of its program, which says no more than what it does with arguments.
#[test]
fn powers_are_seen_in_strings_and_programs() {
    let scratch = Scratch::new();
    let messages = |filter: &str| {
        let raw = ["dump", "--arch", "x86_64", "--format", "raw", filter];
        let program = scratch.write("program", bytes(raw));
        [&[filter][..], &["--program", &program]].map(|what| {
            let warnings = warnings(what);
            let messages = warnings
                .iter()
                .map(|warning| warning["message"].to_string());
            messages.collect::<Vec<_>>().join("\n")
        })
    };
    for open in [
        "@basic-io ~mmap(prot&PROT_EXEC!=0)",
        "@basic-io ~mmap(prot&PROT_WRITE|PROT_EXEC=PROT_WRITE|PROT_EXEC)",
        "@basic-io ~mmap mmap(prot=PROT_READ)",
        "@basic-io ~mmap mmap(prot=PROT_READ|PROT_WRITE,flags&MAP_ANONYMOUS!=0)",
        "@basic-io ~mmap mmap(prot=PROT_READ|PROT_WRITE,flags!=5)",
        "@basic-io ~mmap mmap(prot=PROT_READ,fd>2,off<=0)",
    ] {
        for said in messages(open) {
            assert!(
                said.contains("`mprotect` may make memory executable"),
                "{open}: {said}"
            );
        }
    }
    for closed in [
        "@basic-io ~mmap(prot&PROT_EXEC!=0) ~mprotect(prot&PROT_EXEC!=0)",
        "@basic-io ~mmap(prot&0xffffffff=PROT_READ)",
        "@basic-io ~mprotect ~mprotect(prot&PROT_EXEC!=0):EPERM",
    ] {
        for said in messages(closed) {
            assert!(!said.contains("executable"), "{closed}: {said}");
        }
    }
}

#[test]
fn what_arguments_only_refuse_in_another_way_is_refused() {
    let filter = "@basic-io ~unshare(unshare_flags&CLONE_NEWUSER!=0):EPERM";
    let text = prints(["explain", "--arch", "x86_64", filter]);
    assert!(!text.contains("allowed under conditions"), "{text}");
    let listed =
        "\nrefused in another way\n  unshare: EPERM if flags&CLONE_NEWUSER!=0; else kill\n";
    assert!(text.contains(listed), "{text}");
    let explanation = json(&["explain", "--arch", "x86_64", filter]);
    assert_eq!(explanation["conditional"].as_array().unwrap().len(), 0);
    assert_eq!(explanation["refused"][0]["call"], "unshare");
}

#[test]
fn warnings_follow_the_remedy() {
    // What the help says to write silences the warning.
    let mut filter = "@system-service ~@network-io".to_owned();
    for _ in 0..20 {
        let warnings = warnings(&[&filter]);
        let Some(help) = warnings.iter().find_map(|warning| warning["help"].as_str()) else {
            return;
        };
        let (_, rest) = help.split_once('`').unwrap();
        filter.push(' ');
        filter.push_str(rest.split('`').next().unwrap());
    }
    panic!("warnings do not end: {filter}");
}

#[test]
fn filters_are_compared() {
    let ended = syscallset([
        "diff",
        "--arch",
        "x86_64",
        "@basic-io",
        "@basic-io ~dup socket(domain=AF_UNIX) mount",
    ]);
    let ended = ended.run().exits(1);
    let lines: Vec<_> = ended.stdout.lines().skip(2).collect();
    assert_eq!(
        lines,
        [
            "+mount (kill -> allow)",
            "-dup (allow -> kill)",
            "~socket (kill -> allow if domain=AF_UNIX; else kill)",
        ]
    );
    // The order of items and names for the same do not matter.
    let same = [
        "diff",
        "--arch",
        "x86_64",
        "read @aio",
        "@aio pread64 read ~pread64",
    ];
    syscallset(same).run().exits(0);
    // Nor does it matter how a condition is written.
    for (one, other) in [
        ("@basic-io", "@basic-io"),
        ("@basic-io kill(sig<5)", "@basic-io kill(sig<=4)"),
        (
            "read kill(sig!=9) ~kill(sig=3):EPERM",
            "read ~kill:EPERM kill(sig!=3) ~kill(sig=9)",
        ),
        (
            "read fcntl(cmd=4,arg&0x800=0x800) ~fcntl(cmd=1):EPERM",
            "read ~fcntl(cmd=1):EPERM fcntl(arg&0x800=0x800,cmd=F_SETFL)",
        ),
    ] {
        syscallset(["diff", "--arch", "x86_64", one, other])
            .run()
            .exits(0);
    }
    for (one, other) in [
        ("kill(sig<5)", "kill(sig<=5)"),
        ("kill(sig!=9) ~kill(sig=3)", "kill(sig!=9)"),
        ("kill(sig!=9)", "kill"),
        ("lseek(offset<5)", "lseek(offset<0) lseek(offset=4)"),
    ] {
        for pair in [[one, other], [other, one]] {
            let words = ["diff", "--arch", "x86_64"].into_iter().chain(pair);
            syscallset(words).run().exits(1);
        }
    }
    assert!(refuses(["diff", "@basic-io"]).contains("nothing to compare"));
    assert!(refuses(["diff", "@basic-io", "@basic-oi"]).contains("did you mean"));
}

#[test]
fn architectures_are_compared() {
    let between = |arches: &str| {
        let output = syscallset(["--json", "diff", "--arch", arches, "@basic-io"])
            .run()
            .exits(1);
        let output: Value = serde_json::from_str(&output.stdout).unwrap();
        let changes = output["changes"].as_array().unwrap().clone();
        let named = |effect: &str| -> Vec<String> {
            let changes = changes.iter().filter(|change| change["effect"] == effect);
            changes
                .map(|change| change["call"].as_str().unwrap().to_owned())
                .collect()
        };
        (named("added"), named("removed"))
    };
    let (added, removed) = between("x86_64..aarch64");
    assert!(
        added.is_empty() && removed.contains(&"dup2".to_owned()),
        "{added:?} {removed:?}"
    );
    let (back_added, back_removed) = between("aarch64..x86_64");
    assert_eq!((back_added, back_removed), (removed, added));
    if cfg!(target_arch = "x86_64") {
        assert_eq!(between("..aarch64"), between("x86_64..aarch64"));
    }
    assert!(refuses(["diff", "--arch", "x86_64..pdp11", "@basic-io"]).contains("aarch64"));
    // The same name is another number there, and the same number something else.
    let changes = |filter: &str| {
        let arches = ["diff", "--arch", "x86_64..mips64", filter];
        syscallset(arches).run().exits(1).stdout
    };
    let named = changes("@basic-io socket(type=SOCK_STREAM) kill(sig=SIGSYS)");
    assert!(!named.contains("\n~"), "{named}");
    for refused in ["type=SOCK_STREAM", "type&0xffffffff=SOCK_STREAM"] {
        let text = changes(&format!("@basic-io ~socket socket({refused})"));
        assert!(!text.contains("\n~"), "{text}");
    }
    for told in [
        "~socket(type=1):EPERM",
        "~socket(type&0xffffffff=1):EPERM",
        "~socket socket(type!=1)",
    ] {
        let text = changes(&format!("@basic-io socket {told}"));
        assert!(text.contains("\n~socket"), "{text}");
    }
    let numbered = changes("@basic-io socket(type=1)");
    let both =
        "\n~socket (allow if type=SOCK_STREAM; else kill -> allow if type=SOCK_DGRAM; else kill)";
    assert!(numbered.contains(both), "{numbered}");
}

#[test]
fn releases_of_the_sets_are_compared() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../xtask/testdata");
    let (old, new) = (
        format!("{root}/systemd-252.txt"),
        format!("{root}/systemd-257.txt"),
    );
    let ended = syscallset([
        "diff",
        "--arch",
        "x86_64",
        "--sets",
        &old,
        "--to-sets",
        &new,
        "@file-system",
    ]);
    let ended = ended.run().exits(1);
    for line in [
        "+getxattrat (kill -> allow)",
        "+statmount (kill -> allow)",
        "+mseal (kill -> allow)",
    ] {
        assert!(
            ended.stdout.lines().any(|found| found == line),
            "{line}\n{ended}"
        );
    }
    assert!(
        !ended
            .stdout
            .lines()
            .skip(2)
            .any(|line| line.starts_with('-')),
        "{ended}"
    );
    // `open_tree` came to `@file-system` later.
    syscallset(["diff", "--arch", "x86_64", "--sets", &new, "@file-system"])
        .run()
        .exits(1)
        .complains_of_nothing()
        .stdout
        .lines()
        .find(|line| line.starts_with("+open_tree "))
        .expect("it is in the newer one only");
    let scratch = Scratch::new();
    let text = fs::read_to_string(&old).unwrap();
    let cut = scratch.write("cut", &text[..text.len() / 2]);
    assert!(refuses(["diff", "--sets", &cut, "@file-system"]).contains("cut off"));
}
