//! The program that is traced, and the command that traces it.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;

/// How the program is linked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Linked {
    Dynamically,
    Statically,
}

/// The program, built once for each way of linking it.
pub(crate) fn acts(linked: Linked) -> &'static str {
    static PROGRAMS: [OnceLock<String>; 2] = [OnceLock::new(), OnceLock::new()];
    let (place, name, more) = match linked {
        Linked::Dynamically => (0, "acts", "-pthread"),
        Linked::Statically => (1, "acts-static", "-static"),
    };
    PROGRAMS[place].get_or_init(|| {
        let output = scratch().join(name);
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/trace/acts.c");
        let status = Command::new("cc")
            .args(["-O1", "-pthread", more, source, "-o"])
            .arg(&output)
            .status();
        assert!(status.expect("cc runs").success());
        output.to_str().expect("a name in ASCII").to_owned()
    })
}

/// A directory for files of this run.
pub(crate) fn scratch() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// The command, with these arguments.
pub(crate) fn syscallset(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_syscallset"));
    command.args(arguments);
    command
}

/// What a trace came to.
#[derive(Debug)]
pub(crate) struct Traced {
    pub(crate) status: ExitStatus,
    pub(crate) report: serde_json::Value,
}

/// Traces with these options a command, and reads the report.
pub(crate) fn trace(options: &[&str], command: &[&str]) -> Traced {
    traced(
        syscallset(&["trace", "--json"])
            .args(options)
            .arg("--")
            .args(command),
    )
}

/// Runs a command that traces, and reads the report on its standard error.
pub(crate) fn traced(command: &mut Command) -> Traced {
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    let Output { status, stderr, .. } = output;
    let stderr = String::from_utf8(stderr).expect("a report is text");
    let report = serde_json::from_str(&stderr).unwrap_or_else(|error| {
        panic!(
            "{error} in {stderr:?} ({status}, signal {:?})",
            status.signal()
        )
    });
    Traced { status, report }
}

impl Traced {
    /// The filter string.
    pub(crate) fn filter(&self) -> &str {
        self.report["filter"].as_str().expect("there is one")
    }

    /// The calls that were seen.
    pub(crate) fn calls(&self) -> BTreeSet<&str> {
        let calls = self.report["calls"].as_object().expect("they are there");
        calls.keys().map(String::as_str).collect()
    }

    /// Calls that were refused, and by what.
    pub(crate) fn refused(&self) -> Vec<(&str, &str)> {
        let refused = self.report["refused"].as_array().expect("it is there");
        let text = |value: &'static str| move |refused: &serde_json::Value| refused[value].clone();
        assert!(refused.iter().all(|one| text("count")(one).is_u64()));
        refused
            .iter()
            .map(|one| {
                let call = one["call"].as_str().expect("a name");
                (call, one["action"].as_str().expect("an action"))
            })
            .collect()
    }
}
