//! Traces what cargo runs: not cargo, not the compiler, but the programs and tests that come of them.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Command;

use syscallset_tables::Arch;

use super::record::{End, Record};
use super::tracer::Traced;
use super::union;
use crate::failure::Failure;

/// How to trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Whether calls count from `main` on.
    pub(crate) from_main: bool,
    /// Whether calls that a program's own filter refuses are let pass.
    pub(crate) permissive: bool,
    /// Whether not to look for calls that are refused by an error.
    pub(crate) no_refused: bool,
}

/// The commands of cargo that run something.
const TRACED: [&str; 5] = ["bench", "r", "run", "t", "test"];

/// Whether a word is a command of cargo that runs something.
pub(crate) fn is_traced(word: &OsStr) -> bool {
    TRACED.iter().any(|traced| word == *traced)
}

/// Has cargo run this program in the place of each of its own (`target.TRIPLE.runner`), and unites what
/// was seen.
///
/// # Errors
///
/// Where cargo cannot be run, or tells nothing of the machine it compiles for.
pub(crate) fn trace(words: Vec<OsString>, options: Options, arch: Arch) -> Result<Traced, Failure> {
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        Failure::failed(format!("cannot {what}: {error}"))
    };
    let words = if words.is_empty() {
        vec!["test".into()]
    } else {
        words
    };
    options_are_in_front(&words)?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let ourselves = env::current_exe().map_err(|error| failed("find this program", &error))?;
    let scratch = Scratch::new().map_err(|error| failed("make a directory", &error))?;
    let file = scratch.0.join("seen.json");
    let mut runner: Vec<String> = vec![text(ourselves.as_os_str())?, "trace".to_owned()];
    if options.from_main {
        runner.extend(["--from".to_owned(), "main".to_owned()]);
    }
    runner.extend(options.permissive.then(|| "--permissive".to_owned()));
    runner.extend(options.no_refused.then(|| "--no-refused".to_owned()));
    runner.extend([
        "--record-only".to_owned(),
        "--merge".to_owned(),
        text(file.as_os_str())?,
        "--".to_owned(),
    ]);
    let triple = triple(&cargo, &words)?;
    // Strings of JSON are strings of TOML.
    let runner =
        serde_json::to_string(&runner).map_err(|error| failed("write down a command", &error))?;
    let setting = format!("target.{triple}.runner={runner}");
    let status = Command::new(&cargo)
        .arg("--config")
        .arg(setting)
        .args(&words)
        .status();
    let status = status.map_err(|error| failed("run cargo", &error))?;
    let end = match status.signal() {
        Some(signal) => End::Signal(signal),
        None => End::Status(status.code().unwrap_or_default()),
    };
    let failed = match end {
        End::Status(status) => u8::try_from(status).ok().filter(|status| *status != 0),
        End::Signal(_) => None,
    };
    if let Some(status) = failed.filter(|_| !file.exists()) {
        // "" would look like an answer.
        return Err(Failure::with_status(
            "cargo has run nothing that could be traced",
            status,
        ));
    }
    let (record, notes) = if file.exists() {
        (union::read(&file)?, Vec::new())
    } else {
        (Record::new(arch), vec!["cargo has run nothing".to_owned()])
    };
    Ok(Traced { record, end, notes })
}

/// Options of `trace` behind cargo's command are meant for `trace`: cargo knows none of them.
fn options_are_in_front(words: &[OsString]) -> Result<(), Failure> {
    const OURS: [(&str, &str); 8] = [
        ("--allow-extra", "--allow-extra N"),
        ("--from", "--from WHERE"),
        ("--generalise", "--generalise"),
        ("--generalize", "--generalize"),
        ("--merge", "--merge FILE"),
        ("--oci", "--oci"),
        ("--permissive", "--permissive"),
        ("--tight", "--tight"),
    ];
    let Some(command) = words.first() else {
        return Ok(());
    };
    let cargos = words.iter().skip(1).take_while(|word| *word != "--");
    for word in cargos.filter_map(|word| word.to_str()) {
        let name = word.split('=').next().unwrap_or(word);
        if let Some((option, usage)) = OURS.iter().find(|(option, _)| *option == name) {
            return Err(Failure::usage(format!(
                "`{option}` is an option of `trace`, not of `cargo {}`",
                command.display()
            ))
            .with_help(format!(
                "write it in front: `cargo syscallset trace {usage} {}`; what the program is to get comes behind `--`",
                command.display()
            )));
        }
    }
    Ok(())
}

fn text(word: &OsStr) -> Result<String, Failure> {
    let text = word.to_str().map(str::to_owned);
    text.ok_or_else(|| Failure::failed(format!("`{}` is not UTF-8", word.display())))
}

/// What cargo compiles for: `--target`, or this machine.
fn triple(cargo: &OsStr, words: &[OsString]) -> Result<String, Failure> {
    let mut words = words.iter().take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        if word == "--target" {
            if let Some(triple) = words.next() {
                return text(triple);
            }
        } else if let Some(triple) = word
            .to_str()
            .and_then(|word| word.strip_prefix("--target="))
        {
            return Ok(triple.to_owned());
        }
    }
    if let Some(triple) = env::var_os("CARGO_BUILD_TARGET") {
        return text(&triple);
    }
    let output = Command::new(cargo).arg("-vV").output();
    let output = output.map_err(|error| Failure::failed(format!("cannot run cargo: {error}")))?;
    let version = String::from_utf8_lossy(&output.stdout);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::failed("cargo does not say which machine this is"))
}

/// A directory that is removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> std::io::Result<Self> {
        let path = env::temp_dir().join(format!("syscallset-trace-{}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Left behind, it is only untidy.
        let _ = fs::remove_dir_all(&self.0);
    }
}
