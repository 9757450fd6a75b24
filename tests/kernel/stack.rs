//! Filters on top of filters: the strictest verdict counts, and there is always room for another.

use syscallset_tests::both::both;

fn assert_stack(argument: &str, expected: &str) {
    for unprivileged in [false, true] {
        for mut program in both("stacked") {
            program = program.arg(argument);
            if unprivileged {
                program = program.unprivileged();
            }
            let ended = program.run().exits(0);
            ended.prints(expected).complains_of_nothing();
        }
    }
}

#[test]
fn a_second_filter_takes_away() {
    let expected = format!("socket: None\nsocket: Some({})\n", libc::EXFULL);
    assert_stack("narrower", &expected);
}

#[test]
fn a_second_filter_gives_nothing_back() {
    for program in both("stacked") {
        let ended = program.arg("wider").run().dies_of_sigsys();
        ended.prints("socket: None\nsocket: None\n");
    }
}

#[test]
fn the_later_error_is_returned() {
    let expected = format!(
        "socket: None\numask: Err({})\nsocket: Some({})\numask: Err({})\n",
        libc::EXDEV,
        libc::EXFULL,
        libc::EXFULL
    );
    // The filter's own item decides `umask`; `socket` is refused by the later filter alone.
    let expected = expected.replacen(
        &format!("socket: Some({})", libc::EXFULL),
        &format!("socket: Some({})", libc::EXDEV),
        1,
    );
    assert_stack("errors", &expected);
}

#[test]
fn forty_filters() {
    assert_stack("many", "socket: None\nfilters: [41]\n");
}

#[test]
fn a_filter_may_be_the_last_one() {
    assert_stack("last", "socket: None\nrefused: true\nsupported: false\n");
}
