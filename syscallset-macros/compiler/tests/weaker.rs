//! Strings that would be weaker than they read are faults; those that read as they are, are none.

mod faults;

use faults::{assert_right, faults};
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::error::{Error, ErrorKind, Undoing};

const KILL: Action = Action::KillProcess;

/// The items that are undone, and by what.
fn undone(source: &str) -> Vec<(String, String, Undoing)> {
    let faults = faults(source).into_iter();
    faults
        .map(|error| match error.kind {
            ErrorKind::Undone(undone) => (undone.item, undone.by, undone.how),
            other => panic!("{source}: {other:?}"),
        })
        .collect()
}

#[track_caller]
fn assert_undone(source: &str, item: &str, by: &str, how: Undoing) {
    let expected = [(item.to_owned(), by.to_owned(), how)];
    assert_eq!(undone(source), expected, "{source}");
}

#[test]
fn a_condition_that_a_wider_item_takes_back() {
    use Undoing::{Condition, Union};
    let unix = "socket(domain=AF_UNIX)";
    for by in ["@network-io", "@system-service", "@known", "socket"] {
        assert_undone(&format!("@default {unix} {by}"), unix, by, Condition);
    }
    // Whatever stands between, and however often.
    let source = format!("@default {unix} ~ptrace @file-system @network-io @system-service");
    assert_undone(&source, unix, "@system-service", Condition);
    let source = format!("@default {unix} @network-io ~socket:EPERM socket(domain=AF_INET)");
    assert_right(&source);
    for (first, second) in [
        ("ioctl(cmd!=TIOCSTI)", "ioctl(cmd!=TIOCLINUX)"),
        ("kill(pid>0)", "kill(pid<=0)"),
        ("lseek(offset<=5)", "lseek(offset>=6)"),
        ("socket(type&1=0)", "socket(type&1=1)"),
    ] {
        assert_undone(&format!("{first} {second}"), first, second, Union);
    }
    for source in [
        "ioctl(cmd!=TIOCSTI, cmd!=TIOCLINUX)",
        "kill(pid>0) kill(pid<0)",
        "lseek(offset<5) lseek(offset>=6)",
        "socket(type&1=0) socket(type&3=1)",
        "socket(domain=AF_UNIX) socket(domain<=AF_INET)",
    ] {
        assert_right(source);
    }
}

#[test]
fn a_refusal_that_a_wider_item_takes_back() {
    for (source, item, by) in [
        (
            "@system-service ~socket @network-io",
            "~socket",
            "@network-io",
        ),
        ("@basic-io ~socket @network-io", "~socket", "@network-io"),
        (
            "@basic-io ~@process @system-service",
            "~@process",
            "@system-service",
        ),
        (
            "@system-service ~@privileged @system-service",
            "~@privileged",
            "@system-service",
        ),
        (
            "@basic-io ~kill(sig=SIGKILL):EPERM @process",
            "~kill(sig=SIGKILL):EPERM",
            "@process",
        ),
        (
            "@basic-io ~kill(sig=SIGKILL):EPERM kill",
            "~kill(sig=SIGKILL):EPERM",
            "kill",
        ),
        (
            "@known ~socket(domain=AF_INET):EPERM socket(domain<=AF_INET)",
            "~socket(domain=AF_INET):EPERM",
            "socket(domain<=AF_INET)",
        ),
        ("@known ~read:EPERM @basic-io", "~read:EPERM", "@basic-io"),
        // Refused anyway where it stands, so that leaving it out would not be what is meant.
        (
            "@basic-io ~kill(sig=SIGKILL) @process",
            "~kill(sig=SIGKILL)",
            "@process",
        ),
        (
            "@basic-io ~socket(domain!=AF_UNIX) @network-io",
            "~socket(domain!=AF_UNIX)",
            "@network-io",
        ),
    ] {
        assert_undone(source, item, by, Undoing::Refusal);
    }
}

/// What is narrower says itself what it takes back.
#[test]
fn reading_from_left_to_right() {
    for source in [
        "@system-service ~@network-io socket",
        "@system-service ~@network-io socket(domain=AF_UNIX)",
        "@network-io ~socket socket(domain=AF_UNIX) socket(domain=AF_INET)",
        "@system-service ~@privileged @chown",
        "@basic-io ~@privileged @chown",
        "@system-service ~@signal @rust-runtime",
        "@system-service ~@process @rust-threads",
        "@basic-io ~write write",
        "@basic-io ~@basic-io @basic-io",
        "write ~@basic-io write",
        // Towards less, nothing is weaker than it reads.
        "@basic-io socket(domain=AF_UNIX) ~@network-io",
        "@basic-io socket ~socket",
        "@known ~kill(sig=SIGKILL):EPERM ~kill",
        "@known ~read:EPERM ~@basic-io:EACCES",
        "@known ~kill(sig=SIGKILL):EPERM ~kill(sig=SIGKILL):EACCES",
        // Items that say nothing new mislead nobody.
        "@basic-io read ~ptrace",
        "socket(domain=AF_UNIX) socket(domain=AF_UNIX)",
    ] {
        assert_right(source);
    }
}

/// On architectures with several forms of a call, each of them counts.
#[test]
fn every_form_of_a_call_counts() {
    let source = "@default ~mmap mmap(prot&PROT_EXEC=0) mmap2";
    for (arch, right) in [(Arch::X86_64, true), (Arch::Arm, false), (Arch::X86, false)] {
        let outcome = compile(source, arch, KILL);
        assert_eq!(outcome.is_ok(), right, "{}", arch.name());
    }
}

#[test]
fn conditions_that_never_hold_together() {
    for source in [
        "@known ~ioctl(cmd=TIOCSTI, cmd=TIOCLINUX)",
        "@known ~kill(pid<0, pid>5):EPERM",
        "socket(domain=AF_UNIX, type=2, domain!=1)",
        "@known ~socket(type&1=1, type&3=2):EPERM",
    ] {
        let errors = faults(source);
        assert!(
            errors.len() == 1 && errors[0].kind == ErrorKind::Contradiction,
            "{source}: {errors:?}"
        );
    }
    assert_right("@known ~kill(pid<6, pid>4):EPERM");
}

/// What the message says to write instead compiles.
#[test]
fn the_remedies_are_right() {
    for (source, mended) in [
        (
            "@basic-io socket(domain=AF_UNIX) @network-io",
            "@basic-io @network-io ~socket socket(domain=AF_UNIX)",
        ),
        (
            "@system-service ~socket @network-io",
            "@system-service @network-io ~socket",
        ),
    ] {
        let help = faults(source)[0].help().expect("there is a remedy");
        let (_, rest) = mended.split_once(' ').expect("several items");
        assert!(help.contains(&format!("write `{rest}`")), "{help}");
        assert_right(mended);
    }
}

/// An item that allows what is allowed anyway, beside a refusal that is about something else.
#[test]
fn conditions_on_what_is_left_open() {
    for source in [
        "@network-io ~socket(domain=AF_INET):EPERM socket(domain=AF_UNIX)",
        "@known ~ioctl(cmd=TIOCSTI):EPERM ioctl(cmd!=TIOCSTI)",
        "@known ~kill(sig=SIGKILL):EPERM kill(pid=0, sig<=2)",
    ] {
        let errors = faults(source);
        let [error] = &errors[..] else {
            panic!("{source}: {errors:?}")
        };
        let ErrorKind::NothingChanged { always, .. } = error.kind else {
            panic!("{source}: {errors:?}")
        };
        assert!(!always);
        let help = error.help().expect("there is a remedy");
        let remedy = help.split('`').nth(1).expect("it is in back-ticks");
        let mut mended = source.to_owned();
        mended.replace_range(error.span.start..error.span.end, remedy);
        assert_right(&mended);
    }
    for source in [
        "@network-io ~socket(domain=AF_INET):EPERM socket(domain=AF_INET, type&0xf=SOCK_DGRAM)",
        "@network-io ~socket(domain<=AF_INET):EPERM socket(domain<=AF_INET6, type&0xf=SOCK_DGRAM)",
        "@basic-io socket(domain<=AF_INET) socket(domain=AF_UNIX)",
    ] {
        assert_right(source);
    }
}

/// What an index is about does not depend on which form of a call an architecture has.
#[test]
fn indices_mean_the_parameters_of_the_call_that_is_named() {
    let verdicts = |source, arch: Arch, call, args: &[[u64; 6]]| -> Vec<bool> {
        let policy = compile(source, arch, KILL).expect(source).policy;
        let decision = policy.decision(call);
        let allows = |args: &[u64; 6]| decision.evaluate(args) == Action::Allow;
        args.iter().map(allows).collect()
    };
    let hole = [[1, 0, 0, 0, 4, 0], [1, 0, 4, 0, 0, 0]];
    for source in ["@known ~lseek(2=4):EPERM", "@known ~lseek(whence=4):EPERM"] {
        for arch in [Arch::Arm, Arch::X86] {
            assert_eq!(
                verdicts(source, arch, "_llseek", &hole),
                [false, true],
                "{source}"
            );
        }
    }
    let advice = [[3, 0, 0, 1, 0, 4], [3, 4, 0, 0, 0, 0]];
    let source = "@known ~fadvise64(3=4):EPERM";
    assert_eq!(
        verdicts(source, Arch::Arm, "arm_fadvise64_64", &advice),
        [true, false]
    );
    // Pages there, bytes here; halves there, all of it here.
    for (source, arch) in [
        ("@known ~mmap(5=4096):EPERM", Arch::Arm),
        ("@known ~mmap(5=4096):EPERM", Arch::X86),
        ("@known ~ftruncate(1>1000):EPERM", Arch::X86),
        ("@known ~ftruncate(1>1000):EPERM", Arch::Arm),
    ] {
        let errors = compile(source, arch, KILL).expect_err(source);
        assert!(
            matches!(
                errors[0].kind,
                ErrorKind::UnknownParameter { .. } | ErrorKind::SplitParameter { .. }
            ),
            "{source}: {errors:?}"
        );
    }
    for source in [
        "@known ~mmap(2&PROT_EXEC!=0):EPERM",
        "@known ~fcntl(1=F_SETFL):EPERM",
        "@known ~futex(2=1):EPERM",
        "@known ~chown(1=0):EPERM",
        "@known ~sendfile(3>4096):EPERM",
    ] {
        for arch in Arch::ALL.iter().copied() {
            let outcome = compile(source, arch, KILL);
            assert!(
                outcome.is_ok() || arch == Arch::S390x,
                "{source} {}: {outcome:?}",
                arch.name()
            );
        }
    }
}

/// A set that was taken by the way is taken on purpose by the item that names it, although that changes nothing else.
#[test]
fn what_says_that_the_runtime_is_refused_on_purpose_is_in_force() {
    let ends = "exit exit_group rt_sigreturn";
    assert_right(&format!(
        "@known ~@system-service @basic-io ~@rust-runtime @signal {ends}"
    ));
    let without = faults(&format!("@known ~@system-service @basic-io @signal {ends}"));
    assert!(
        matches!(
            &without[..],
            [Error {
                kind: ErrorKind::TakenFromRuntime { .. },
                ..
            }]
        ),
        "{without:?}"
    );
}
