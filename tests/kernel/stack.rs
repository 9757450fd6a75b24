//! Filters on top of filters: the strictest verdict counts, and there is always room for another.

use syscallset_tests::both::{assert_prints, both};

#[test]
fn a_second_filter_takes_away() {
    let expected = format!("socket: None\nsocket: Some({})\n", libc::EXFULL);
    assert_prints("stacked", "narrower", &expected);
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
    assert_prints("stacked", "errors", &expected);
}

#[test]
fn forty_filters() {
    assert_prints("stacked", "many", "socket: None\nfilters: [41]\n");
}

#[test]
fn a_filter_may_be_the_last_one() {
    assert_prints(
        "stacked",
        "last",
        "socket: None\nrefused: true\nsupported: false\n",
    );
}
