//! Judges how a program ended: by exit status *and* signal.
//!
//! An exit status alone cannot tell a program that the kernel stopped from one that panicked or
//! refused to start.

use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

/// How a program ended, and what it said.
#[derive(Debug)]
pub struct Ended {
    /// The program and its arguments, for messages.
    pub command: String,
    /// Exit status or signal.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

#[allow(
    clippy::return_self_not_must_use,
    reason = "these are assertions; the value is for more of them"
)]
impl Ended {
    /// It exited with this status.
    ///
    /// # Panics
    ///
    /// If it did not.
    #[track_caller]
    pub fn exits(self, status: i32) -> Self {
        assert!(
            self.status.code() == Some(status),
            "expected exit status {status}\n{self}"
        );
        self
    }

    /// The kernel killed it for a call that its filter refuses.
    ///
    /// # Panics
    ///
    /// If it did not die, or of something else.
    #[track_caller]
    pub fn dies_of_sigsys(self) -> Self {
        self.dies_of(libc::SIGSYS)
    }

    /// It died of this signal.
    ///
    /// # Panics
    ///
    /// If it did not die, or of something else.
    #[track_caller]
    pub fn dies_of(self, signal: i32) -> Self {
        assert!(
            self.status.signal() == Some(signal),
            "expected death by signal {signal}\n{self}"
        );
        self
    }

    /// Its standard output is this, to the last character.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    pub fn prints(self, stdout: &str) -> Self {
        assert!(self.stdout == stdout, "expected output {stdout:?}\n{self}");
        self
    }

    /// This stands somewhere in its standard error.
    ///
    /// # Panics
    ///
    /// If it does not.
    #[track_caller]
    pub fn complains(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "expected {text:?} on standard error\n{self}"
        );
        self
    }

    /// Its standard error is empty.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    pub fn complains_of_nothing(self) -> Self {
        assert!(self.stderr.is_empty(), "expected no complaint\n{self}");
        self
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        for (name, output) in [("output", &self.stdout), ("error", &self.stderr)] {
            let _ = writeln!(text, "--- standard {name}");
            let _ = writeln!(text, "{output}");
        }
        write!(f, "`{}` ended: {}\n{text}", self.command, self.status)
    }
}
