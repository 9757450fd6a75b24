//! Conditions on arguments, as the kernel decides them.

use syscallset_tests::both::{both, debug};

/// Twenty-seven calls, both verdicts of every condition, with garbage in the halves that the kernel
/// does not read.
#[test]
fn conditions_mean_what_the_kernel_means() {
    for program in both("conditions") {
        let ended = program.run().exits(0);
        assert!(ended.stdout.ends_with(" cases, 0 wrong\n"), "{ended}");
        let count = ended
            .stdout
            .split(' ')
            .next()
            .and_then(|count| count.parse::<usize>().ok());
        // A few of them are about what only 64-bit architectures have.
        assert!(count.is_some_and(|count| count >= 130), "{ended}");
    }
}

/// What a condition has refused shows what the condition looked at, as the kernel reads it; however the
/// filter was made. On s390x the first argument is gone when the handler looks, and none is shown.
#[test]
fn a_report_shows_the_arguments() {
    for made in ["filter", "runtime", "builder"] {
        for (call, shown) in [
            ("socket", "`socket(domain=2,type=1)` ("),
            ("openat", "`openat(dirfd=-100)` ("),
            ("openat32", "`openat(dirfd=-100)` ("),
            ("pread64", "`pread64(count=0x100000000)` ("),
        ] {
            if call == "pread64" && cfg!(target_pointer_width = "32") {
                println!("skipped: the size that is refused does not fit a register");
                continue;
            }
            let ended = debug("report_arguments")
                .arg(made)
                .arg(call)
                .run()
                .dies_of_sigsys();
            let (shown, help) = if LOST {
                (
                    name_alone(shown),
                    "all, instead of its conditions, with `".to_owned(),
                )
            } else {
                let item = shown.trim_end_matches(" (");
                (
                    shown.to_owned(),
                    format!("these with {item}, or all, instead of its conditions, with `"),
                )
            };
            let ended = ended.prints("").complains(&shown);
            ended.complains(&format!("help: the arguments decide: allow {help}"));
        }
    }
    let ended = debug("report_attribute").run();
    let ended = ended.dies_of_sigsys().prints("");
    let shown = "`socket(domain=2)` (";
    let shown = if LOST {
        name_alone(shown)
    } else {
        shown.to_owned()
    };
    ended
        .complains(&shown)
        .complains("is not allowed by \"@basic-io socket(domain=AF_UNIX)\"");
}

/// Whether a call's result has taken the place of its first argument.
const LOST: bool = cfg!(target_arch = "s390x");

/// How a report shows a call whose arguments are lost.
fn name_alone(shown: &str) -> String {
    let (name, _) = shown.split_once('(').expect("a call with arguments");
    format!("{name}` (")
}
