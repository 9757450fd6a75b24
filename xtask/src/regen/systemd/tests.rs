use super::{parse, strip_control_sequences};

const OLDEST: &str = include_str!("../../../testdata/systemd-252.txt");
const MIDDLE: &str = include_str!("../../../testdata/systemd-257.txt");
const NEWEST: &str = include_str!("../../../testdata/systemd-262.txt");

/// The error for a text that must not be taken.
fn fault(text: &str) -> String {
    parse(text).expect_err("this text must be refused")
}

/// The newest text with one passage replaced, which must be there.
fn edited(old: &str, new: &str) -> String {
    assert!(NEWEST.contains(old), "`{old}` is not in the text");
    NEWEST.replacen(old, new, 1)
}

#[test]
fn three_releases() {
    for (text, count, known) in [(OLDEST, 29, 514), (MIDDLE, 30, 534), (NEWEST, 30, 539)] {
        let sets = parse(text).unwrap();
        assert_eq!(sets.len(), count);
        assert_eq!(
            sets["@default"].description,
            "System calls that are always permitted"
        );
        // The block of ungrouped calls at the end repeats names of `@known`; none of it may have become a member.
        let last = &sets["@known"];
        assert_eq!(last.sets.len(), 1);
        assert_eq!(last.calls.len(), known);
    }
    assert!(
        parse(NEWEST).unwrap()["@mount"]
            .calls
            .contains("open_tree_attr")
    );
    assert!(
        !parse(MIDDLE).unwrap()["@mount"]
            .calls
            .contains("open_tree_attr")
    );
}

#[test]
fn quiet_output_ends_without_a_blank_line() {
    let (quiet, _) = NEWEST.split_once("\n\n# Ungrouped").unwrap();
    assert!(!quiet.ends_with('\n'));
    assert_eq!(parse(quiet), parse(NEWEST));
}

#[test]
fn kernel_dependent_blocks_are_ignored() {
    let (quiet, _) = NEWEST.split_once("\n# Ungrouped").unwrap();
    let text = format!(
        "{quiet}\n# Unlisted System Calls (supported by the local kernel, but not included in any of the groups \
         listed above):\n#   brand_new_call\n@not-a-set-any-more\n"
    );
    assert_eq!(parse(&text), parse(NEWEST));
}

#[test]
fn colours_are_removed() {
    // Forced colours as systemd 252 and 262 print them, and the lone reset that 254.0 to 255.4 print into pipes.
    for (header, nested, call) in [
        ("\u{1b}[0;1;39m", "\u{1b}[0m\u{1b}[0;4m", ""),
        ("\u{1b}[0;1;39m", "\u{1b}[0;4m", ""),
        ("", "\u{1b}[0m", ""),
        ("\u{1b}[1;38:5:245m", "\u{1b}[?25l", "\u{1b}[ q"),
    ] {
        let coloured: String = NEWEST
            .lines()
            .map(|line| match line.trim_start().chars().next() {
                Some('@') if line.starts_with('@') => format!("{header}{line}\u{1b}[0m\n"),
                Some('@') => format!("    {nested}{}\u{1b}[0m\n", line.trim_start()),
                Some('a'..='z' | '_') => format!("{call}{line}\u{1b}[0m\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(parse(&coloured), parse(NEWEST));
    }
}

#[test]
fn broken_control_sequences_are_refused() {
    for line in [
        "\u{1b}",
        "\u{1b}[",
        "\u{1b}[0;4",
        "\u{1b}]0;title",
        "read\u{1b}[0\u{7f}",
    ] {
        assert!(strip_control_sequences(line).is_err(), "{line:?}");
    }
    let message = fault(&edited("    brk\n", "    brk\u{1b}[0\n"));
    assert!(
        message.starts_with("line 5: an escape character"),
        "{message}"
    );
}

#[test]
fn carriage_returns_of_a_terminal_are_removed() {
    assert_eq!(parse(&NEWEST.replace('\n', "\r\n")), parse(NEWEST));
    assert_eq!(parse(&NEWEST.replace('\n', "\u{1b}[0m\r\n")), parse(NEWEST));
}

#[test]
fn comments_before_the_first_set_are_skipped() {
    assert_eq!(
        parse(&format!("# SPDX\n# Version: x\n\n{NEWEST}")),
        parse(NEWEST)
    );
}

#[test]
fn every_truncation_is_noticed() {
    let end = NEWEST.find("\n\n# Ungrouped").unwrap();
    // Within every line and at its end; near the end of the text, after every byte.
    let lines = NEWEST[..end]
        .match_indices('\n')
        .flat_map(|(start, _)| [start, start + 1, start + 7]);
    for cut in lines.filter(|&cut| cut < end).chain(end - 100..end) {
        let tail = &NEWEST[cut.saturating_sub(20)..cut];
        assert!(
            parse(&NEWEST[..cut]).is_err(),
            "cut after byte {cut}: …{tail:?}"
        );
    }
    assert!(parse(&NEWEST[..end]).is_ok());
    let (head, _) = NEWEST.split_once("    wait4\n").unwrap();
    let known = NEWEST.rfind("    wait4\n").unwrap();
    assert!(fault(&NEWEST[..known]).contains("the text was cut off"));
    assert!(fault(head).contains("no set `@known`"));
}

#[test]
fn a_text_with_too_little_is_refused() {
    assert!(fault("").contains("no set `@default`"));
    let small = "@default\n # d\n a\n@process\n # p\n b\n@known\n # k\n c\n";
    let message = fault(small);
    assert!(message.contains("only 3 sets, at least 25"), "{message}");
    let many: Vec<_> = (0..25)
        .map(|index| format!("@s{index}\n # s\n a\n"))
        .collect();
    let message = fault(&format!("{small}{}", many.concat()));
    assert!(
        message.contains("only 1 calls in `@known`, at least 400"),
        "{message}"
    );
}

#[test]
fn the_sets_that_matter_must_be_there() {
    for name in ["@default", "@process", "@known"] {
        let message = fault(&edited(&format!("{name}\n    #"), "@other\n    #"));
        assert!(message.contains(&format!("no set `{name}`")), "{message}");
    }
}

#[test]
fn a_set_comes_once() {
    let message = fault(&edited("@clock\n    #", "@aio\n    #"));
    assert!(
        message.contains("line 115: set `@aio` comes twice"),
        "{message}"
    );
}

#[test]
fn a_member_comes_once() {
    let message = fault(&edited("    brk\n", "    brk\n    brk\n"));
    assert!(
        message.contains("line 6: `brk` comes twice in set `@default`"),
        "{message}"
    );
}

#[test]
fn names_are_made_of_the_letters_that_systemd_uses() {
    for name in [
        "read-it",
        "Read",
        "read,write",
        "read write",
        "réad",
        "0",
        "9read",
        "read:EPERM",
    ] {
        let message = fault(&edited("    brk\n", &format!("    {name}\n")));
        assert!(
            message.contains("line 5") && message.contains("not a system call name"),
            "{message}"
        );
    }
    for name in ["@Sandbox", "@sand_box", "@", "@1", "@sand box"] {
        let message = fault(&edited("    @sandbox\n", &format!("    {name}\n")));
        assert!(
            message.contains("line 3") && message.contains("not a set name"),
            "{message}"
        );
        let message = fault(&edited("\n@sandbox\n", &format!("\n{name}\n")));
        assert!(
            message.contains("line 471") && message.contains("not a set name"),
            "{message}"
        );
    }
}

#[test]
fn a_set_is_described_and_has_members() {
    let message = fault(&edited(
        "    # System calls that are always permitted\n",
        "",
    ));
    assert!(
        message.contains("line 2: `@sandbox` stands where set `@default` is described"),
        "{message}"
    );
    let message = fault(&edited("@aio\n", "@empty\n    # Nothing\n\n@aio\n"));
    assert!(message.contains("set `@empty` has no members"), "{message}");
}

#[test]
fn other_text_is_refused() {
    let message = fault(&format!("Failed to connect to bus\n{NEWEST}"));
    assert!(
        message.contains("line 1: `Failed to connect to bus` is neither"),
        "{message}"
    );
    let message = fault(&format!("    read\n{NEWEST}"));
    assert!(
        message.contains("line 1: `read` stands before the first set"),
        "{message}"
    );
}
