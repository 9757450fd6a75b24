//! Who is told what about a refused call: in debug builds, where nothing else is chosen, the process
//! reports it before it dies of the very same signal; in release builds the kernel ends it at once.
//!
//! `on_violation = "report"` works in both builds, so that its programs are run in both.

use std::fs;
use std::path::Path;

use syscallset_tests::both::{both, debug, release};
use syscallset_tests::ended::Ended;
use syscallset_tests::program::Program;

#[test]
fn a_debug_build_names_call_filter_and_place() {
    let ended = debug("io_faulty").run().dies_of_sigsys();
    let number = libc::SYS_openat;
    let ended = ended.complains(&format!(
        "`openat` ({number}) is not allowed by \"@basic-io\""
    ));
    ended.complains("fixtures/io_faulty.rs:3");

    let ended = debug("io_event").arg("epoll").run().dies_of_sigsys();
    let ended = ended.complains("`epoll_ctl`");
    ended.complains("\"@basic-io ~@io-event\"");
}

/// R31: the report needs `write`; without it the process dies all the same.
#[test]
fn r31_a_debug_build_that_cannot_write_dies_in_silence() {
    for name in ["defaults_faulty", "restrict_too_much"] {
        debug(name).run().dies_of_sigsys().complains_of_nothing();
    }
    for ended in handlers("mute") {
        ended.dies_of_sigsys().complains_of_nothing();
    }
}

#[test]
fn a_release_build_dies_in_silence() {
    for name in ["io_faulty", "defaults_faulty", "restrict_too_much"] {
        let ended = release(name).run().dies_of_sigsys();
        ended.complains_of_nothing();
    }
}

/// It has neither the text of the report nor the table of calls, nor does it set a handler.
#[test]
fn a_release_build_pays_nothing() {
    let holds = |program: &Program, text: &str| {
        let bytes = fs::read(program.to_string()).expect("the program can be read");
        bytes.windows(text.len()).any(|at| at == text.as_bytes())
    };
    let [debug, release] = both("io_faulty");
    for text in [") is not allowed by \"", "openat @file-system"] {
        assert!(holds(&debug, text), "{text}");
        assert!(!holds(&release, text), "{text}");
    }
    if !Path::new("/usr/bin/strace").exists() {
        println!("skipped: no strace here");
        return;
    }
    let [debug, release] = both("defaults");
    for (program, handled) in [(debug, true), (release, false)] {
        let strace = Program::new("strace").arg("-e").arg("trace=rt_sigaction");
        let ended = strace.arg(program.to_string()).run();
        assert_eq!(ended.stderr.contains("SIGSYS"), handled, "{ended}");
    }
}

/// How `reports` ends in both builds. It first prints the way that it was told.
fn reports(way: &str) -> [Ended; 2] {
    both("reports").map(|program| program.arg(way).run())
}

/// The same of `reports_handlers`.
fn handlers(way: &str) -> [Ended; 2] {
    both("reports_handlers").map(|program| program.arg(way).run())
}

/// The same of `reports_alone`.
fn alone(way: &str) -> [Ended; 2] {
    both("reports_alone").map(|program| program.arg(way).run())
}

/// The filter string of `reports`.
const FILTER: &str = "@basic-io @rust-threads clone wait4 execve pipe2 kill";

/// One report of the call that the programs make is on standard error, and nothing else.
#[track_caller]
fn assert_reported(ended: &Ended, filter: &str, thread: &str) {
    let lines: Vec<&str> = ended.stderr.lines().collect();
    let [head, from, help] = lines[..] else {
        panic!("expected one report\n{ended}");
    };
    let number = libc::SYS_openat;
    let start = format!("syscallset: `openat` ({number}) is not allowed by \"{filter}\" at ");
    let place = head.strip_prefix(&start).expect(&start);
    let (file, line) = place.rsplit_once(':').expect(place);
    assert!(file.contains("fixtures/reports"), "{ended}");
    assert!(line.parse().is_ok_and(|line: u32| line > 0), "{ended}");
    let start = format!("            thread `{thread}`, from 0x");
    let address = from.strip_prefix(&start).expect(&start);
    let address = u64::from_str_radix(address, 16);
    assert!(address.is_ok_and(|address| address > 0), "{ended}");
    assert_eq!(
        help,
        "      help: it is in @file-system; or allow just this call with `openat`"
    );
}

/// It reports, and dies as by `kill`: the same signal, and no more output.
#[track_caller]
fn assert_dies_reported(ended: Ended, way: &str, filter: &str, thread: &str) {
    assert_reported(&ended, filter, thread);
    ended.dies_of_sigsys().prints(&format!("{way}\n"));
}

#[test]
fn in_the_main_thread() {
    for ended in reports("main") {
        assert_dies_reported(ended, "main", FILTER, "main");
    }
}

/// The whole process dies.
#[test]
fn in_other_threads() {
    for ended in reports("thread") {
        assert_dies_reported(ended, "thread", FILTER, "worker-2");
    }
    // A thread without a name has that of the program.
    for ended in reports("nameless") {
        assert_dies_reported(ended, "nameless", FILTER, "reports");
    }
}

/// The child dies, and its parent goes on.
#[test]
fn in_a_forked_child() {
    for way in ["child", "child-of-thread"] {
        for ended in reports(way) {
            assert_reported(&ended, FILTER, "main");
            let status = format!("{way}\nsignal {}\n", libc::SIGSYS);
            ended.exits(0).prints(&status);
        }
    }
}

/// There is no handler in an executed program.
#[test]
fn an_executed_program_dies_in_silence() {
    for ended in reports("executes") {
        let ended = ended.dies_of_sigsys().prints("executes\n");
        ended.complains_of_nothing();
    }
}

/// Threads are allowed here: where they are not, no mask holds the signal up.
#[test]
fn with_standard_error_closed_or_the_signal_blocked() {
    for way in ["closed", "blocks"] {
        for ended in reports(way) {
            let ended = ended.dies_of_sigsys().prints(&format!("{way}\n"));
            ended.complains_of_nothing();
        }
    }
}

/// C libraries block all signals while they start a thread or a child, which is what programs are refused
/// most. The masks that a program sets are those that it reads back, but for `SIGSYS`.
#[test]
fn with_all_signals_blocked() {
    if !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
        println!("skipped: the handler does not know this architecture's registers");
        return;
    }
    for (way, call) in [
        ("masks", "openat"),
        // Which of `clone` and `clone3` is the C library's choice.
        ("starts-a-thread", "clone"),
        ("starts-a-child", "clone"),
    ] {
        for ended in alone(way) {
            let ended = ended.dies_of_sigsys().prints(&format!("{way}\n"));
            let start = format!("syscallset: `{call}");
            assert_eq!(ended.stderr.lines().count(), 3, "{ended}");
            ended.complains(&start).complains("thread `main`");
        }
    }
}

/// A thread may have blocked the signal before it came under a filter, as each does when it begins and ends.
#[test]
fn a_filter_that_comes_later_leaves_masks_alone() {
    for ended in handlers("blocked-before") {
        let ended = ended.exits(0).complains_of_nothing();
        ended.prints("blocked-before\ngoes on\n");
    }
}

/// A pipe that nobody reads any more does not end it by `SIGPIPE`.
#[test]
fn with_standard_error_broken() {
    for ended in reports("broken") {
        let ended = ended.dies_of_sigsys().prints("broken\n");
        ended.complains_of_nothing();
    }
}

/// Its own rules let the handler work, whatever else the filter refuses.
#[test]
fn under_the_strictest_filter() {
    let filter =
        "write ~getpid ~gettid ~prctl ~sigaltstack ~rt_sigprocmask ~munmap ~futex ~getrandom ~mmap";
    for ended in handlers("strictest") {
        assert_dies_reported(ended, "strictest", filter, "main");
    }
}

/// An action that the program sets for the signal is pretended: under `kill`, too, it would never see
/// the signal of a refused call.
#[test]
fn the_handler_stays() {
    for way in ["handles", "ignores", "defaults"] {
        for ended in reports(way) {
            assert_dies_reported(ended, way, FILTER, "main");
        }
    }
}

/// The filter cannot write the old action, and what it does not write must not be taken for one.
#[test]
fn the_old_action_is_not_pretended() {
    let einval = libc::EINVAL;
    for ended in reports("asks") {
        ended.exits(0).prints(&format!("asks\nErr({einval})\n"));
    }
}

/// A filter that reports is loaded by no call but those that it takes: an earlier one may refuse the others.
#[test]
fn a_second_phase_needs_no_masks() {
    let way = "second-phase";
    for ended in handlers(way) {
        assert_dies_reported(ended, way, "@basic-io kill", "main");
    }
}

/// An action that was there before gets the signals that come from elsewhere.
#[test]
fn an_older_action_is_chained() {
    let filter = "@basic-io @rust-threads kill";
    for (way, says) in [
        ("handled-before", "handled\ngoes on\n"),
        ("ignored-before", "goes on\n"),
    ] {
        for ended in handlers(way) {
            assert_reported(&ended, filter, "main");
            ended.dies_of_sigsys().prints(&format!("{way}\n{says}"));
        }
    }
    for ended in handlers("default-before")
        .into_iter()
        .chain(reports("sent"))
    {
        ended.dies_of_sigsys().complains_of_nothing();
    }
}

/// A thread under no filter can replace the handler; the call is not made all the same.
#[test]
fn a_handler_set_by_an_unrestricted_thread_replaces_the_report() {
    for ended in handlers("handled-elsewhere") {
        let ended = ended.exits(0).complains_of_nothing();
        ended.prints("handled-elsewhere\nhandled\nnot made: true\n");
    }
}

/// Threads may be under different filters.
#[test]
fn the_filter_is_that_of_the_thread() {
    for (way, filter) in [
        ("first", "@basic-io @rust-threads kill"),
        ("second", "@basic-io @rust-threads kill @io-event"),
    ] {
        for ended in handlers(way) {
            assert_dies_reported(ended, way, filter, "worker");
        }
    }
}

/// The handler has a stack of its own.
#[test]
fn with_the_stack_all_but_used_up() {
    for ended in reports("full") {
        assert_dies_reported(ended, "full", FILTER, "worker-4");
    }
}

/// On a stack that another signal's handler runs on, the kernel has to fit two frames.
#[test]
fn on_an_alternate_stack() {
    for ended in reports("own-stack") {
        assert_dies_reported(ended, "own-stack", FILTER, "main");
    }
}

/// Std's handler aborts on an alternate stack where two frames do not fit.
#[test]
fn a_stack_overflow_ends_as_it_does_by_kill() {
    for way in ["overflows", "overflows-in-thread"] {
        for ended in reports(way) {
            let ended = ended.dies_of_sigsys().prints(&format!("{way}\n"));
            ended.complains("has overflowed its stack");
        }
    }
}

/// The main thread gets a stack where both handlers fit; where threads may come that have none, nothing is
/// reported in any.
#[test]
fn a_stack_overflow_without_threads_is_reported() {
    for ended in alone("overflows") {
        let ended = ended.dies_of_sigsys().prints("overflows\n");
        let ended = ended.complains("has overflowed its stack");
        ended.complains("syscallset: `tgkill` (");
    }
}

/// The stack that std gives each thread for handlers holds 8 KiB, 16 KiB on some architectures, and the
/// kernel's frame depends on the machine: 3.4 KiB with AVX-512, more than 4 KiB on aarch64.
#[test]
fn the_handler_fits_the_stack_of_std() {
    for ended in reports("frugal") {
        assert_reported(&ended, FILTER, "main");
        let ended = ended.exits(0);
        let used = ended.stdout.lines().nth(1).map(str::parse);
        let Some(Ok(used)) = used else {
            panic!("no figure\n{ended}");
        };
        println!("{used} bytes");
        assert!((1000..libc::SIGSTKSZ - 1192).contains(&used), "{ended}");
    }
}

/// The registers that the filter decides by.
#[test]
fn the_arguments_are_shown() {
    for (call, shown) in [
        ("socket", "socket(domain=16,type=3)"),
        ("recvfrom", "recvfrom(size=7002,flags=7003)"),
        (
            "copy_file_range",
            "copy_file_range(fd_in=8001,fd_out=8002,size=8003,flags=8004)",
        ),
    ] {
        for program in both("reports_arguments") {
            let ended = program.arg(call).run().dies_of_sigsys().prints("");
            // There the first argument is gone when the handler looks.
            ended.complains(if cfg!(target_arch = "s390x") {
                call
            } else {
                shown
            });
        }
    }
}
