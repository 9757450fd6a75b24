//! What strace(1) prints: the table of `-c`, the log of calls, or both.

use std::collections::BTreeMap;

use syscallset_compiler::action::Action;
use syscallset_tables::Arch;

use crate::exchange::profile::{Completeness, Profile};

pub(super) fn import(text: &str, arch: Arch) -> Result<Profile, String> {
    // Of a call that is both in a log and in its table, the calls must not be counted twice.
    let mut logged: BTreeMap<&str, u64> = BTreeMap::new();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut other = 0_usize;
    let mut table = false;
    for line in text.lines() {
        let line = line.trim_end();
        if line.starts_with("% time") {
            table = true;
        } else if let Some((name, calls)) = table.then(|| row(line)).flatten() {
            *counts.entry(name).or_default() += calls;
        } else if let Some(name) = call(line) {
            table = false;
            *logged.entry(name).or_default() += 1;
        } else if !is_furniture(line) {
            other += 1;
        }
    }
    for (name, calls) in logged {
        let count = counts.entry(name).or_default();
        *count = calls.max(*count);
    }
    let mut profile = Profile::new(arch, Action::KillProcess, Completeness::Needed);
    let own_start = counts.get("execve") == Some(&1);
    for name in counts.into_keys() {
        if name == "execve" && own_start {
            profile
                .notes
                .push("`execve` was made once, to start the program, and is left out".to_owned());
            continue;
        }
        let known = number(name).and_then(|number| arch.name_of(number));
        profile.allow(known.unwrap_or(name));
    }
    if profile.calls.is_empty() {
        return Err("there are no calls in it".to_owned());
    }
    if other > 0 {
        profile
            .notes
            .push(format!("{other} lines are no calls, and were passed over"));
    }
    Ok(profile)
}

/// A row of the table: percentage, seconds, microseconds for each call, calls, errors if any, name.
fn row(line: &str) -> Option<(&str, u64)> {
    let words: Vec<_> = line.split_whitespace().collect();
    let ([_, _, _, calls, name] | [_, _, _, calls, _, name]) = words[..] else {
        return None;
    };
    let numbers = words[..words.len() - 1]
        .iter()
        .all(|word| word.parse::<f64>().is_ok());
    (numbers && name != "total" && is_name(name)).then_some((name, calls.parse().ok()?))
}

/// The call that a line of a log is about: `[pid 12] 10:00:00 openat(…) = 3`, `<... read resumed>…`. A call
/// that is resumed has been counted.
fn call(line: &str) -> Option<&str> {
    let (name, _) = skip_prefix(line).split_once('(')?;
    is_name(name).then_some(name)
}

/// Skips process ids and times in all the forms that options give them.
fn skip_prefix(line: &str) -> &str {
    let mut rest = line.trim_start();
    if let Some((pid, after)) = rest
        .strip_prefix("[pid")
        .and_then(|rest| rest.split_once(']'))
    {
        if pid.trim().bytes().all(|byte| byte.is_ascii_digit()) {
            rest = after.trim_start();
        }
    }
    while let Some((word, after)) = rest.split_once(' ') {
        let is_number = word.starts_with(|c: char| c.is_ascii_digit())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b".:-+".contains(&byte));
        let is_address = word.starts_with("[0") && word.ends_with(']');
        if !(is_number || is_address) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && word.len() <= 64
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The number in the name that strace gives a call it does not know: `syscall_0x1d6`.
fn number(name: &str) -> Option<u32> {
    u32::from_str_radix(name.strip_prefix("syscall_0x")?, 16).ok()
}

/// Lines that say nothing about calls.
fn is_furniture(line: &str) -> bool {
    let line = skip_prefix(line);
    let beginnings = [
        "---",
        "+++",
        "<...",
        "strace:",
        // A stack trace of `-k`.
        "> ",
        "%",
        "System call usage summary",
    ];
    line.is_empty()
        || beginnings
            .iter()
            .any(|beginning| line.starts_with(beginning))
        || line.ends_with("total")
        || line.starts_with("100.00")
}

#[cfg(test)]
mod tests {
    use syscallset_tables::Arch;

    use super::import;

    fn names(text: &str) -> Vec<&'static str> {
        let profile = import(text, Arch::X86_64).unwrap();
        assert_eq!(profile.unknown, Vec::<String>::new());
        profile.calls.into_keys().collect()
    }

    #[test]
    fn a_table_gives_its_rows() {
        let table = "\
hello
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 52.10    0.000248          27         9           mmap
  0.00    0.000000           0         2         1 access
  0.00    0.000000           0         1           execve
------ ----------- ----------- --------- --------- ----------------
100.00    0.000476          13        35         3 total
";
        assert_eq!(names(table), ["access", "mmap"]);
        let twice = table.replace(" 1           execve", " 2           execve");
        assert_eq!(names(&twice), ["access", "execve", "mmap"]);
    }

    #[test]
    fn a_log_gives_its_calls_with_any_prefix() {
        let log = "\
execve(\"/bin/true\", [\"true\"], 0x7ffd /* 9 vars */) = 0
brk(NULL) = 0x55
[pid  1234] openat(AT_FDCWD, \"x(y\", O_RDONLY) = -1 ENOENT (No such file)
1235  10:20:30.123456 read(3,  <unfinished ...>
1235  10:20:30.123457 <... read resumed>\"\", 1) = 0
     0.000012 [00007f0a1b2c3d4e] close(3) = 0
2026-11-22 10:00:00 futex(0x7f, FUTEX_WAIT) = 0
strace: Process 1236 attached
--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---
+++ exited with 0 +++
syscall_0x3f(0x1, 0x2) = 0
Some Text (from the program)
";
        assert_eq!(
            names(log),
            ["brk", "close", "futex", "openat", "read", "uname"]
        );
    }

    #[test]
    fn nothing_is_an_error() {
        assert!(import("", Arch::X86_64).is_err());
        assert!(import("execve(\"/bin/true\") = 0\n", Arch::X86_64).is_err());
    }
}
