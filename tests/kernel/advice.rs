//! "What do I write?", as the README answers it: begin with `"@basic-io"`, run, add the set that the report
//! names, and run again.

use syscallset_tests::both::debug;
use syscallset_tests::ended::Ended;

/// Runs a program that does some work in a debug build, with more and more in its filter string, until
/// nothing is refused any more. Returns the string, and how the program ended then.
fn follow(work: &str) -> (String, Ended) {
    let mut filter = "@basic-io".to_owned();
    for _ in 0..12 {
        let ended = debug("advised").arg(&filter).arg(work).run();
        let help = |words| Some(ended.stderr.split_once(words)?.1);
        let set = help("      help: it is in ").and_then(|help| help.split_once(';'));
        let these = help("the arguments decide: allow ").and_then(|help| help.split_once('`'));
        let these = these.and_then(|(_, help)| help.split_once('`'));
        let Some((item, _)) = set.or(these) else {
            return (filter, ended);
        };
        assert!(
            filter.split(' ').all(|present| present != item),
            "`{filter}` has the item already\n{ended}"
        );
        filter = format!("{filter} {item}");
    }
    panic!("`{filter}` is still not enough to do: {work}");
}

#[test]
fn the_reports_lead_to_a_filter_that_works() {
    for (work, expected) in [
        ("printing", "@basic-io"),
        ("files", "@basic-io @file-system"),
        ("syncing", "@basic-io @file-system @sync"),
        ("tcp", "@basic-io @network-io"),
        // Not the set for shared memory and message queues that has `pipe2` as well.
        ("starting", "@basic-io @file-system @rust-command"),
    ] {
        let (filter, ended) = follow(work);
        assert_eq!(filter, expected, "{ended}");
        ended.exits(0).prints("done\n").complains_of_nothing();
    }
    // Whether a C library asks for settings or for the size: no set for sockets that has this call as well.
    let (filter, ended) = follow("asking");
    let mut items = filter.split(' ').skip(1);
    assert!(
        items.all(|item| item.starts_with("ioctl")),
        "{filter}\n{ended}"
    );
    ended.exits(0).prints("done\n").complains_of_nothing();
    let (filter, ended) = follow("aborting");
    assert_eq!(filter, "@basic-io @rust-abort", "{ended}");
    ended.dies_of(libc::SIGABRT).complains_of_nothing();
}

/// Where an item refuses the call, more items are no remedy, or another one is.
#[test]
fn the_report_names_the_item_that_refuses() {
    for (filter, help) in [
        (
            "@basic-io @file-system ~openat",
            "refused by `~openat`: write in its place `openat`",
        ),
        (
            "@basic-io ~@file-system",
            "refused by `~@file-system`: allow just this call, behind it, with `openat`",
        ),
        (
            "@basic-io @file-system ~openat(dfd=AT_FDCWD) creat open openat2",
            "refused by `~openat(dfd=AT_FDCWD)`: leave it out, or narrow it, to allow `openat`",
        ),
        (
            "@basic-io @file-system ~openat(dfd=AT_FDCWD) ~openat(flags&O_CREAT!=0) creat open openat2",
            "the arguments decide, by several items: `syscallset simulate` says by which, of `openat`",
        ),
    ] {
        let ended = debug("advised").arg(filter).arg("files").run();
        let ended = ended.dies_of_sigsys().prints("");
        ended.complains(&format!("      help: {help}\n"));
    }
}

/// Where refusals with an error stand against the call as a whole, other conditions may allow it.
#[test]
fn the_report_names_the_arguments_beside_refusals_with_errors() {
    let filter = "@basic-io @file-system ~openat ~openat(dfd>=0):EPERM creat open openat2";
    let ended = debug("advised").arg(filter).arg("files").run();
    let ended = ended.dies_of_sigsys().prints("");
    // Where a call's result takes the place of its first argument, it cannot be shown.
    let these = if cfg!(target_arch = "s390x") {
        "`openat(…)`"
    } else {
        "`openat(dirfd=-100)`"
    };
    ended.complains(&format!(
        "      help: the arguments decide: allow these with {these}\n"
    ));
}
