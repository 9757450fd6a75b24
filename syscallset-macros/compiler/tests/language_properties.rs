//! Properties of the language that hold for any string: parsing never panics, printing is the inverse
//! of parsing, and every fault is at a place in the string.

use proptest::prelude::*;
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::filter::{Filter, TermKind};
use syscallset_compiler::parse::{parse, parse_lossy};
use syscallset_compiler::render::{render, render_all};

/// Text that is made of what the language is made of, and so often nearly right.
fn nearly_right() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            " ", " ", " ", "~", "@", ":", "(", ")", ",", "=", "!=", "<", ">=", "&", "|", "#", "\n", "\t",
            "\u{a0}", "\x0b", "-", "_", "\\", "\"", "\u{1b}", "\u{202e}", "\r\n", "ß", "[", "]", "Service",
            "SystemCallFilter", "Environment", "RestrictRealtime=yes", "==", "0x", "0o7", "18446744073709551616",
        ]),
        4 => prop::sample::select(vec![
            "@basic-io", "@io-event", "@default", "@known", "@process", "read", "write", "openat", "socket",
            "exit_group", "EPERM", "kill", "kill-thread", "log", "domain", "type", "fd", "AF_UNIX", "SOCK_STREAM",
            "0", "1", "0xf", "-1", "fstatat", "scoket", "socket(domain=AF_UNIX)", "~read:EPERM",
        ]),
        1 => any::<char>().prop_map(|character| -> &'static str {
            // Leaked on purpose: a few bytes for each of a few thousand cases.
            Box::leak(character.to_string().into_boxed_str())
        }),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Strings that the grammar allows, whatever they mean, with white space wherever it may stand.
fn well_formed() -> impl Strategy<Value = String> {
    let space = prop::sample::select(vec![
        "",
        " ",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "\x0b",
        " # comment\n",
    ]);
    let between = prop::sample::select(vec![" ", "\n", "\t ", " #\n", "#(\n", "\x0c"]);
    let name = "@?[a-z_][a-z0-9_-]{0,12}";
    let integer = prop_oneof![
        any::<u64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<u64>().prop_map(|number| format!("{number:#x}")),
        any::<u64>().prop_map(|number| format!("{number:#o}")),
    ];
    let term = prop_oneof![integer, "[A-Z][A-Z0-9_]{0,10}".prop_map(|name| name)];
    let value = (prop::collection::vec(term, 1..4), space.clone())
        .prop_map(|(terms, space)| terms.join(&format!("{space}|{space}")));
    let operator = prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let condition = (
        "[a-z][a-z0-9_]{0,8}|[0-5]",
        prop::option::of(value.clone()),
        operator,
        value,
        space.clone(),
    )
        .prop_map(|(parameter, mask, operator, value, space)| {
            let mask = mask.map_or(String::new(), |mask| format!("&{space}{mask}"));
            format!("{parameter}{space}{mask}{space}{operator}{space}{value}")
        });
    let conditions =
        (prop::collection::vec(condition, 0..3), space).prop_map(|(conditions, space)| {
            if conditions.is_empty() {
                String::new()
            } else {
                format!(
                    "({space}{}{space})",
                    conditions.join(&format!("{space},{space}"))
                )
            }
        });
    let action = prop::option::of("[A-Za-z][A-Za-z0-9-]{0,8}");
    let item = (any::<bool>(), name, conditions, action).prop_map(
        |(refused, name, conditions, action)| {
            let tilde = if refused { "~" } else { "" };
            let action = action
                .filter(|_| refused)
                .map_or(String::new(), |action| format!(":{action}"));
            format!("{tilde}{name}{conditions}{action}")
        },
    );
    (prop::collection::vec((item, between), 0..8)).prop_map(|items| {
        // The first item allows.
        let items: Vec<String> = items
            .iter()
            .map(|(item, between)| format!("{between}{item}"))
            .collect();
        let items = items.concat();
        format!("read{items}")
    })
}

/// A filter without its places.
fn meaning(filter: &Filter<'_>) -> Vec<String> {
    let value = |value: &syscallset_compiler::filter::ParsedValue<'_>| {
        let terms = value.terms.iter().map(|term| match term.kind {
            TermKind::Integer(number) => number.to_string(),
            TermKind::Constant(name) => name.to_owned(),
        });
        terms.collect::<Vec<_>>().join(" or ")
    };
    let item = |item: &syscallset_compiler::filter::Item<'_>| {
        let conditions: Vec<_> = item
            .conditions
            .iter()
            .map(|condition| {
                (
                    condition.parameter.to_owned(),
                    condition.mask.as_ref().map(value),
                    condition.op,
                    value(&condition.value),
                )
            })
            .collect();
        let action = item.action.as_ref().map(|action| action.text);
        format!("{} {} {conditions:?} {action:?}", item.refused, item.name)
    };
    filter.items.iter().map(item).collect()
}

/// All that is done with a string that may be wrong; and every fault is at a place in it.
fn try_everything(source: &str) {
    let (_, errors) = parse_lossy(source);
    assert_eq!(errors.is_empty(), parse(source).is_ok());
    for arch in [Arch::X86_64, Arch::Arm, Arch::S390x] {
        let Err(errors) = compile(source, arch, Action::KillProcess) else {
            continue;
        };
        assert!(!errors.is_empty(), "a failure without a reason");
        for error in &errors {
            let (start, end) = (error.span.start, error.span.end);
            assert!(start <= end && end <= source.len(), "{error:?}");
            assert!(source.is_char_boundary(start) && source.is_char_boundary(end));
            let message = render(source, error);
            // Nothing that is written steers a terminal.
            let hostile =
                |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!message.contains(hostile), "{message:?}");
            assert!(message.lines().count() <= 4, "{message}");
        }
        assert!(
            errors.is_sorted_by_key(|error| error.span.start),
            "{errors:?}"
        );
        let _ = render_all(source, &errors);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_text_is_parsed_or_refused(source in any::<String>()) {
        try_everything(&source);
    }

    #[test]
    fn nearly_right_text_is_parsed_or_refused(source in nearly_right()) {
        try_everything(&source);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn what_is_printed_is_parsed_to_the_same(source in well_formed()) {
        let filter = parse(&source).map_err(|errors| {
            TestCaseError::fail(format!("{source:?}\n{}", render_all(&source, &errors)))
        })?;
        let printed = filter.to_string();
        let again = parse(&printed).map_err(|errors| {
            TestCaseError::fail(format!("{printed:?}\n{}", render_all(&printed, &errors)))
        })?;
        prop_assert_eq!(meaning(&filter), meaning(&again));
        prop_assert_eq!(&printed, &again.to_string());
    }

    #[test]
    fn nearly_right_text_that_is_right_prints_the_same(source in nearly_right()) {
        if let Ok(filter) = parse(&source) {
            let printed = filter.to_string();
            let again = parse(&printed).map_err(|errors| {
                TestCaseError::fail(format!("{printed:?}\n{}", render_all(&printed, &errors)))
            })?;
            prop_assert_eq!(meaning(&filter), meaning(&again));
        }
    }
}
