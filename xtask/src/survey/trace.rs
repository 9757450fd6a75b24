//! What strace wrote of a program and its children.

use std::collections::BTreeSet;

/// The calls of a run, after the filter was loaded for the first time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trace {
    pub(super) calls: BTreeSet<String>,
    /// Whether a filter was loaded at all.
    pub(super) restricted: bool,
    /// The line of the call that a filter refused by death.
    pub(super) refused: Option<String>,
}

/// Reads what `strace -f -o FILE` writes: a process id and a call, a signal or an end on each line. A call that
/// another thread interrupts continues on a line `<… NAME resumed>`.
pub(super) fn parse(text: &str) -> Trace {
    let mut trace = Trace::default();
    // The last call of each thread: a call that kills does not return.
    let mut last: Vec<(&str, &str)> = Vec::new();
    for line in text.lines() {
        let Some((id, event)) = line.split_once(' ') else {
            continue;
        };
        let event = event.trim_start();
        if event.starts_with("--- SIGSYS") || event.starts_with("+++ killed by SIGSYS") {
            let call = last.iter().find(|call| call.0 == id);
            trace.refused = trace.refused.or_else(|| call.map(|call| call.1.to_owned()));
            continue;
        }
        let name_end = event.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let Some(name_end) = name_end.filter(|&end| end > 0 && event[end..].starts_with('('))
        else {
            continue;
        };
        if trace.restricted {
            trace.calls.insert(event[..name_end].to_owned());
            last.retain(|call| call.0 != id);
            last.push((id, event));
        } else if event.starts_with("seccomp(SECCOMP_SET_MODE_FILTER") {
            trace.restricted = true;
        }
    }
    trace
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn calls_after_the_filter() {
        let trace = parse(
            "10 openat(AT_FDCWD, \"/lib\") = 3\n\
             10 seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=7}) = 0\n\
             10 write(1, \"exit(0)\", 7 <unfinished ...>\n\
             11 futex(0x1, FUTEX_WAIT) = 0\n\
             10 <... write resumed>) = 7\n\
             11 --- SIGSEGV {si_signo=SIGSEGV} ---\n\
             12 openat(AT_FDCWD, \"/proc/x\") = 257\n\
             11 exit(0) = ?\n\
             12 +++ killed by SIGSYS +++\n\
             10 +++ killed by SIGSYS +++\n",
        );
        assert!(trace.restricted);
        let calls: Vec<_> = trace.calls.iter().map(String::as_str).collect();
        assert_eq!(calls, ["exit", "futex", "openat", "write"]);
        assert_eq!(
            trace.refused.as_deref(),
            Some("openat(AT_FDCWD, \"/proc/x\") = 257")
        );
    }

    #[test]
    fn no_filter() {
        let trace = parse("10 write(1, \"\", 0) = 0\n10 exit_group(0) = ?\n");
        assert!(!trace.restricted && trace.calls.is_empty() && trace.refused.is_none());
    }
}
