//! What came of the machines.

use std::fmt;

use super::verdict::Verdict;

/// What came of one machine.
#[derive(Debug)]
pub(super) enum Outcome {
    Passed(Verdict),
    /// A package cannot be had.
    Skipped(String),
    Failed(String),
}

impl Outcome {
    pub(super) fn of(verdict: Verdict, console: &str) -> Self {
        if verdict.faults.is_empty() {
            return Self::Passed(verdict);
        }
        // What a test says about its failure stands above the summary of all failures.
        Self::Failed(format!("{}\n{console}", verdict.faults.join("\n")))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed(verdict) => {
                write!(
                    f,
                    "Linux {}: {} tests passed",
                    verdict.kernel, verdict.passed
                )?;
                for reason in &verdict.skipped {
                    write!(f, "\n  a test is skipped: {reason}")?;
                }
                Ok(())
            }
            Self::Skipped(reason) => write!(f, "skipped: {reason}"),
            Self::Failed(fault) => write!(f, "failed: {fault}"),
        }
    }
}

/// What came of all machines.
#[derive(Debug, Default)]
pub(super) struct Summary {
    passed: usize,
    skipped: usize,
    failed: usize,
    tests: usize,
    skipped_tests: usize,
}

impl Summary {
    pub(super) fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Passed(verdict) => {
                self.passed += 1;
                self.tests += verdict.passed;
                self.skipped_tests += verdict.skipped.len();
            }
            Outcome::Skipped(_) => self.skipped += 1,
            Outcome::Failed(_) => self.failed += 1,
        }
    }

    /// Prints the last line.
    ///
    /// # Errors
    /// A machine failed.
    pub(super) fn finish(self) -> Result<(), String> {
        println!("{self}");
        match self.failed {
            0 => Ok(()),
            failed => Err(format!("{failed} machines failed")),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "machines: {} passed, {} skipped, {} failed; tests: {} passed, with {} reasons to skip",
            self.passed, self.skipped, self.failed, self.tests, self.skipped_tests
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Summary};
    use crate::vm::verdict::Verdict;

    #[test]
    fn skips_are_counted_and_failures_fail() {
        let mut summary = Summary::default();
        summary.add(&Outcome::of(
            Verdict {
                passed: 7,
                ..Verdict::default()
            },
            "",
        ));
        summary.add(&Outcome::Skipped("no package".into()));
        assert_eq!(
            summary.to_string(),
            "machines: 1 passed, 1 skipped, 0 failed; tests: 7 passed, with 0 reasons to skip"
        );
        let faulty = Verdict {
            faults: vec!["x".into()],
            ..Verdict::default()
        };
        summary.add(&Outcome::of(faulty, "console"));
        assert!(summary.finish().is_err());
    }
}
