//! What a machine's console says about the tests.

use std::collections::{BTreeMap, BTreeSet};

/// The results of one machine.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The kernel's release and its name of the machine.
    pub(super) kernel: String,
    pub(super) passed: usize,
    pub(super) failed: usize,
    /// What tests said that they leave out.
    pub(super) skipped: BTreeSet<String>,
    /// The names of the tests that ran, by program.
    pub(super) names: BTreeMap<String, BTreeSet<String>>,
    /// What is wrong; empty if all is right.
    pub(super) faults: Vec<String>,
}

/// Reads a console: each program says how it ended, and how many of its tests passed; both have to agree.
pub(super) fn judge(console: &str, programs: &[&str]) -> Verdict {
    let mut verdict = Verdict::default();
    let mut running: Option<Running> = None;
    let mut ended = BTreeSet::new();
    let mut done = false;
    for line in console.lines() {
        // A firmware's control sequences may come before it in its line.
        if let Some((_, kernel)) = line.split_once("vm: kernel ") {
            kernel.clone_into(&mut verdict.kernel);
        } else if let Some(command) = line.strip_prefix("vm: begin ") {
            let program = command.split(' ').next().unwrap_or_default();
            let name = program.rsplit('/').next().unwrap_or_default();
            running = Some(Running::new(name));
        } else if let Some(end) = line.strip_prefix("vm: end ") {
            if let Some(running) = running.take() {
                ended.insert(running.name.clone());
                running.finish(end, &mut verdict);
            }
        } else if line == "vm: done" {
            done = true;
        } else if let Some(running) = &mut running {
            running.line(line, &mut verdict.skipped);
        }
    }
    for program in programs {
        if !ended.contains(*program) {
            verdict
                .faults
                .push(format!("the tests `{program}` did not run to their end"));
        }
    }
    if !done {
        verdict
            .faults
            .push("the machine did not come to its end".into());
    }
    verdict
}

/// A program of tests between its begin and its end.
struct Running {
    name: String,
    names: BTreeSet<String>,
    /// Passed, failed and ignored, by the summary.
    summary: Option<[usize; 3]>,
    failures: Vec<String>,
}

impl Running {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            names: BTreeSet::new(),
            summary: None,
            failures: Vec::new(),
        }
    }

    fn line(&mut self, line: &str, skipped: &mut BTreeSet<String>) {
        if let Some(reason) = line.strip_prefix("skipped: ") {
            skipped.insert(reason.to_owned());
        } else if let Some(summary) = line.strip_prefix("test result: ") {
            self.summary = counts(summary);
        } else if let Some((name, result)) = line
            .strip_prefix("test ")
            .and_then(|test| test.split_once(" ... "))
        {
            self.names.insert(name.to_owned());
            // Messages of the kernel may follow on the same line.
            if !result.starts_with("ok") {
                self.failures
                    .push(format!("{}: {name}: {result}", self.name));
            }
        }
    }

    fn finish(self, end: &str, verdict: &mut Verdict) {
        match self.summary {
            Some([passed, failed, ignored]) => {
                verdict.passed += passed;
                verdict.failed += failed;
                if passed + failed + ignored != self.names.len() || passed == 0 {
                    verdict.faults.push(format!(
                        "`{}` tells of {} tests, and counts {}",
                        self.name,
                        self.names.len(),
                        passed + failed + ignored
                    ));
                }
            }
            None => verdict
                .faults
                .push(format!("the tests `{}` do not sum up", self.name)),
        }
        if end != "status 0" && self.failures.is_empty() {
            verdict
                .faults
                .push(format!("the tests `{}` end by {end}", self.name));
        }
        verdict.faults.extend(self.failures);
        verdict.names.insert(self.name, self.names);
    }
}

/// `ok. 12 passed; 0 failed; 0 ignored; …`
fn counts(summary: &str) -> Option<[usize; 3]> {
    let (_, counts) = summary.split_once(". ")?;
    let count = |word: &str| {
        let part = counts.split("; ").find(|part| part.ends_with(word))?;
        part.split(' ').next()?.parse().ok()
    };
    Some([count(" passed")?, count(" failed")?, count(" ignored")?])
}

#[cfg(test)]
mod tests {
    use super::judge;

    const GOOD: &str = "\
Booting from ROM...
\u{1b}c\u{1b}[2Jvm: kernel 6.12.57 aarch64
vm: begin /tests/kernel --show-output

running 2 tests
test a::b ... ok
test c ... ok

successes:

---- c stdout ----
skipped: not root

test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s


vm: end status 0
vm: done
";

    #[test]
    fn all_is_right() {
        let verdict = judge(GOOD, &["kernel"]);
        assert_eq!(verdict.faults, [""; 0]);
        assert_eq!((verdict.passed, verdict.failed), (2, 0));
        assert_eq!(verdict.kernel, "6.12.57 aarch64");
        assert!(verdict.skipped.contains("not root"));
        assert!(verdict.names["kernel"].contains("a::b"));
    }

    #[test]
    fn whatever_is_missing_or_differs_is_a_fault() {
        for (part, other) in [
            ("vm: done\n", ""),
            ("vm: end status 0\n", ""),
            ("end status 0", "end status 101"),
            ("end status 0", "end signal 31"),
            ("test c ... ok", "test c ... FAILED"),
            ("test c ... ok\n", ""),
            ("test result", "result"),
            ("2 passed", "1 passed"),
        ] {
            let console = GOOD.replace(part, other);
            assert_ne!(console, GOOD);
            assert!(!judge(&console, &["kernel"]).faults.is_empty(), "{other}");
        }
        assert!(!judge(GOOD, &["kernel", "beyond"]).faults.is_empty());
        assert!(!judge("", &["kernel"]).faults.is_empty());
    }
}
