//! Which threads come under a filter.

use syscallset_tests::both::assert_prints;

#[test]
fn all_threads_follow() {
    let refused = format!("Some({}) None\n", libc::EXFULL);
    assert_prints("threads", "all", &format!("{}5 of 5\n", refused.repeat(5)));
}

/// R32: and goes on to follow, whoever it works for next.
#[test]
fn r32_the_calling_thread_alone_follows() {
    let refused = format!("Some({}) None\n", libc::EXFULL);
    assert_prints(
        "threads",
        "calling",
        &format!("{refused}None None\n{refused}"),
    );
}

/// R23: the kernel reports a thread that cannot follow as a positive result.
#[test]
fn r23_a_thread_that_cannot_follow_is_an_error() {
    let own = format!("None Some({})\n", libc::EXDEV);
    assert_prints(
        "threads",
        "divergent",
        &format!("true\nNone None\n{own}None None\n"),
    );
}

#[test]
fn each_thread_gives_up_privileges() {
    let (first, second) = (libc::EXFULL, libc::EXDEV);
    let expected = format!("Ok(())\nSome({first}) None\nNone Some({second})\n");
    assert_prints("threads", "each", &expected);
}
