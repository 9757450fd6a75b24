//! Every message about a filter string, to the letter: `language_messages.txt` holds strings and what
//! is said about them.
//!
//! `UPDATE_EXPECT=1 cargo test -p syscallset-compiler` writes what is said now; read what changed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::expect_file;
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::error::Error;
use syscallset_compiler::render::render_all;

const MESSAGES: &str = include_str!("language_messages.txt");
const SEPARATOR: &str = "\n----\n";

/// A case: an architecture and a string, as they stand in the first line.
struct Case<'f> {
    first_line: &'f str,
    arch: Arch,
    source: String,
}

/// Reads a first line such as `"@basic-io\n"` or `arm "…"`; escapes are those of Rust.
fn case(text: &str) -> Case<'_> {
    let first_line = text.lines().next().expect("a case has a first line");
    let (arch, literal) = first_line.split_once('"').expect("a string in quotes");
    let arch = match arch.trim() {
        "" => Arch::X86_64,
        name => Arch::from_name(name).expect("the name of an architecture"),
    };
    let literal = literal.strip_suffix('"').expect("a string in quotes");
    Case {
        first_line,
        arch,
        source: unescape(literal),
    }
}

fn unescape(literal: &str) -> String {
    let mut text = String::new();
    let mut rest = literal.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match rest.next().expect("an escape") {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            '\\' => text.push('\\'),
            'u' => {
                let digits: String = rest
                    .by_ref()
                    .skip(1)
                    .take_while(|&character| character != '}')
                    .collect();
                let number = u32::from_str_radix(&digits, 16).expect("hexadecimal digits");
                text.push(char::from_u32(number).expect("a character"));
            }
            other => panic!("unknown escape `\\{other}`"),
        }
    }
    text
}

fn faults(case: &Case<'_>) -> Vec<Error> {
    let result = compile(&case.source, case.arch, Action::KillProcess);
    result.err().unwrap_or_default()
}

#[test]
fn messages() {
    let mut all = String::new();
    for text in MESSAGES.trim_end().split(SEPARATOR) {
        let case = case(text);
        let errors = faults(&case);
        assert!(!errors.is_empty(), "no fault in {}", case.first_line);
        if !all.is_empty() {
            all.push_str(SEPARATOR);
        }
        let message = render_all(&case.source, &errors);
        let _ = write!(all, "{}\n\n{message}", case.first_line);
    }
    all.push('\n');
    expect_file!["language_messages.txt"].assert_eq(&all);
}

/// The faults that the strings of the file have are all that there are.
#[test]
fn every_kind_has_a_message_here() {
    let found: BTreeSet<String> = MESSAGES
        .trim_end()
        .split(SEPARATOR)
        .flat_map(|text| faults(&case(text)))
        .map(|error| kind(&format!("{:?}", error.kind)))
        .collect();
    let missing: Vec<String> = kinds()
        .into_iter()
        .filter(|kind| !found.contains(kind) && !ELSEWHERE.contains(&kind.as_str()))
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

/// Kinds that no short string has, and those that are about groups of a builder or about bugs.
const ELSEWHERE: [&str; 6] = [
    "ActionInGroup",
    "ErrnoOutOfRange",
    "RefusalAllows",
    "TooLong",
    "TooComplex",
    "Unproven",
];

/// The names of the kinds, from the source: a test cannot list an enum's variants.
fn kinds() -> Vec<String> {
    let source = include_str!("../src/error.rs");
    let (_, variants) = source.split_once("pub enum ErrorKind {").expect("an enum");
    let (variants, _) = variants.split_once("\n}\n").expect("an end");
    let names: Vec<String> = variants
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .map(kind)
        .collect();
    assert!(names.len() > 20, "{names:?}");
    names
}

/// The name at the start of a variant or of its `Debug` text.
fn kind(text: &str) -> String {
    let end = text.find(|character: char| !character.is_ascii_alphanumeric());
    text[..end.unwrap_or(text.len())].to_owned()
}

/// Thousands of conditions do not fit into a program.
#[test]
fn too_long() {
    let mut source = String::from("~read");
    for number in 0..5000 {
        let _ = write!(source, " read(fd={})", 2 * number);
    }
    let source = format!("@default {source}");
    let errors = compile(&source, Arch::X86_64, Action::KillProcess).unwrap_err();
    let message = render_all(&source, &errors);
    let first = message.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("the program has ") && first.ends_with(", the kernel takes at most 4096"),
        "{first}"
    );
}
