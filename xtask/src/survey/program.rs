//! A program of the survey: its filter, and what its head says about its end.
//!
//! The head's lines are `//@ KEY: VALUE`:
//!
//! * `exit: STATUS` or `signal: NAME`: how it ends; without either, with status 0;
//! * `stdout: TEXT`, `stderr: TEXT`: what it must have printed, anywhere;
//! * `symbol: TEXT`: the same for standard error, unless the program is started by a dynamic loader other than its own,
//!   which std then takes for the program when it looks for symbols;
//! * `stdin: TEXT`: a line that it can read;
//! * `env: NAME=VALUE`: a variable of its environment;
//! * `profile: NAME`: the only profile of the package's manifest that it is built with;
//! * `runs: NUMBER`: how often it is run;
//! * `terminal`: it prints to a terminal.

use std::fs;
use std::path::Path;

use super::Result;

/// A program.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) name: String,
    /// Its filter strings; several if it restricts itself several times.
    pub(super) filters: Vec<String>,
    pub(super) end: End,
    pub(super) stdout: Vec<String>,
    pub(super) stderr: Vec<String>,
    pub(super) symbols: Vec<String>,
    pub(super) stdin: Option<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) profile: Option<String>,
    pub(super) runs: usize,
    pub(super) terminal: bool,
}

/// How a program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Status(i32),
    Signal(i32),
}

impl Default for End {
    fn default() -> Self {
        Self::Status(0)
    }
}

/// The signals that a program may end by, with their numbers on x86-64 and most other architectures.
const SIGNALS: [(&str, i32); 3] = [("ABRT", 6), ("SEGV", 11), ("SYS", 31)];

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Status(status) => write!(f, "exit status {status}"),
            Self::Signal(number) => match SIGNALS.iter().find(|signal| signal.1 == number) {
                Some((name, _)) => write!(f, "SIG{name}"),
                None => write!(f, "signal {number}"),
            },
        }
    }
}

/// Reads all programs of a directory, by name.
///
/// # Errors
/// A file that cannot be read, or a program without a filter or with a head that is not understood.
pub(super) fn read_all(directory: &Path) -> Result<Vec<Program>> {
    let fault = |error| format!("cannot read `{}`: {error}", directory.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(fault)? {
        paths.push(entry.map_err(fault)?.path());
    }
    paths.sort();
    let mut programs = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        programs.push(parse(&name, &text).map_err(|fault| format!("{}: {fault}", path.display()))?);
    }
    Ok(programs)
}

fn parse(name: &str, text: &str) -> Result<Program> {
    let mut program = Program {
        name: name.to_owned(),
        filters: filters(text),
        runs: 1,
        ..Program::default()
    };
    if program.filters.is_empty() {
        return Err("no filter".into());
    }
    for line in text.lines().filter_map(|line| line.strip_prefix("//@ ")) {
        let (key, value) = line.split_once(": ").unwrap_or((line, ""));
        let value = value.trim();
        let unknown = || format!("`{line}` is not understood");
        match key {
            "exit" => program.end = End::Status(value.parse().map_err(|_| unknown())?),
            "signal" => {
                let signal = SIGNALS.iter().find(|signal| signal.0 == value);
                program.end = End::Signal(signal.ok_or_else(unknown)?.1);
            }
            "stdout" => program.stdout.push(value.to_owned()),
            "stderr" => program.stderr.push(value.to_owned()),
            "symbol" => program.symbols.push(value.to_owned()),
            "stdin" => program.stdin = Some(value.to_owned()),
            "env" => {
                let (name, value) = value.split_once('=').ok_or_else(unknown)?;
                program.env.push((name.to_owned(), value.to_owned()));
            }
            "profile" => program.profile = Some(value.to_owned()),
            "runs" => program.runs = value.parse().map_err(|_| unknown())?,
            "terminal" => program.terminal = true,
            _ => return Err(unknown()),
        }
    }
    Ok(program)
}

/// The filter strings in a source text: the literals of each `restrict` and `filter!` that are not an option's value.
fn filters(text: &str) -> Vec<String> {
    let starts = ["syscallset::restrict(", "syscallset::filter!("];
    let mut filters = Vec::new();
    for start in starts {
        for (at, _) in text.match_indices(start) {
            let mut filter: Vec<&str> = Vec::new();
            let mut rest = &text[at + start.len()..];
            while let Some(quote) = rest.find(['"', ')']) {
                let before = rest[..quote].trim_end();
                if rest[quote..].starts_with(')') {
                    break;
                }
                let Some((literal, after)) = rest[quote + 1..].split_once('"') else {
                    break;
                };
                if !before.ends_with('=') {
                    filter.push(literal);
                }
                rest = after;
            }
            filters.push(filter.join(" "));
        }
    }
    filters
}

#[cfg(test)]
mod tests {
    use super::{End, Program, parse};

    #[test]
    fn heads_and_filters() {
        let text = "//! Doc.\n//@ signal: SYS\n//@ stdout: a b\n//@ env: A=b=c\n//@ runs: 7\n//@ terminal\n\
                    static A: F = syscallset::filter!(\"@basic-io x(a=1)\", on_violation = \"kill\");\n\
                    #[syscallset::restrict(\n    \"@one\",\n    \"@two\",\n)]\n";
        let expected = Program {
            name: "name".into(),
            filters: vec!["@one @two".into(), "@basic-io x(a=1)".into()],
            end: End::Signal(31),
            stdout: vec!["a b".into()],
            env: vec![("A".into(), "b=c".into())],
            runs: 7,
            terminal: true,
            ..Program::default()
        };
        assert_eq!(parse("name", text).unwrap(), expected);
    }

    #[test]
    fn slips_are_refused() {
        let filter = "#[syscallset::restrict(\"\")]\n";
        for head in [
            "//@ exits: 3",
            "//@ exit: x",
            "//@ signal: NO",
            "//@ env: A",
            "//@ runs: many",
        ] {
            let fault = parse("name", &format!("{head}\n{filter}")).unwrap_err();
            let line = &head[4..];
            assert_eq!(fault, format!("`{line}` is not understood"));
        }
        assert_eq!(parse("name", "fn main() {}\n").unwrap_err(), "no filter");
    }
}
