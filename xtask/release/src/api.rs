//! The recorded public interface of the crate `syscallset`.
//!
//! rustdoc's JSON output is not stable, and its form has a number. Another form than the one that `listing`
//! reads is an error that says so, never a listing with holes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::listing::{Interface, listing};
use crate::{cargo, root};

/// Where the interface is recorded.
const RECORD: &str = "xtask/release/public-api.txt";

/// The forms of rustdoc's output that have been read and compared.
const FORMATS: [u64; 1] = [57];

/// Why there is no listing.
#[derive(Debug)]
pub enum Missing {
    /// This rustdoc prints another form.
    Format(String),
    /// Something failed.
    Failed(String),
}

/// Writes the record.
///
/// # Errors
///
/// A failure of cargo, or another form of rustdoc's output.
pub fn write() -> Result<String, String> {
    let path = root().join(RECORD);
    let text = text().map_err(Missing::message)?;
    fs::write(&path, text).map_err(|error| format!("cannot write `{RECORD}`: {error}"))?;
    Ok(format!("{RECORD} is written"))
}

/// Compares the interface with the record.
///
/// # Errors
///
/// The lines that differ; a failure of cargo; another form of rustdoc's output.
pub fn check() -> Result<String, String> {
    compare(&text().map_err(Missing::message)?)?;
    Ok("the public interface is as recorded".into())
}

/// Compares a listing with the record.
///
/// # Errors
///
/// The lines that differ.
pub fn compare(text: &str) -> Result<(), String> {
    let path = root().join(RECORD);
    let recorded = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let (old, new): (BTreeSet<_>, BTreeSet<_>) =
        (recorded.lines().collect(), text.lines().collect());
    let mut told = String::new();
    for line in old.difference(&new) {
        let _ = writeln!(told, "- {line}");
    }
    for line in new.difference(&old) {
        let _ = writeln!(told, "+ {line}");
    }
    if told.is_empty() && recorded == text {
        return Ok(());
    }
    Err(format!(
        "the public interface is not the one in `{RECORD}`:\n{told}\
         help: what is gone or changed breaks users and needs a new minor version (0.x); if the change is \
         meant, run `cargo xtask api` and describe it in CHANGELOG.md"
    ))
}

/// The interface without features, and what all features add.
///
/// # Errors
///
/// See [`Missing`].
pub fn text() -> Result<String, Missing> {
    let plain = interface(&[])?.lines;
    let all = interface(&["--all-features"])?.lines;
    let mut text = String::from(
        "# The public interface of the crate syscallset, kept by `cargo xtask api`.\n\n# Without features:\n\n",
    );
    for line in &plain {
        let _ = writeln!(text, "{line}");
    }
    text += "\n# Added by the features `runtime` and `seccompiler`:\n\n";
    for line in all.difference(&plain) {
        let _ = writeln!(text, "{line}");
    }
    if let Some(line) = plain.difference(&all).next() {
        return Err(Missing::Failed(format!("a feature takes away `{line}`")));
    }
    Ok(text)
}

/// The interface with some features.
///
/// # Errors
///
/// See [`Missing`].
pub fn interface(features: &[&str]) -> Result<Interface, Missing> {
    // Every run of rustdoc writes the same file.
    static FILE: Mutex<()> = Mutex::new(());
    let _file = FILE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = target().join("api");
    cargo(|cargo| {
        cargo
            .args(["rustdoc", "--quiet", "--package", "syscallset", "--lib"])
            .args(features)
            .arg("--target-dir")
            .arg(&directory)
            .args(["--", "-Z", "unstable-options", "--output-format", "json"])
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("RUSTDOCFLAGS");
    })
    .map_err(Missing::Failed)?;
    let file = directory.join("doc/syscallset.json");
    let text = fs::read_to_string(&file)
        .map_err(|error| Missing::Failed(format!("cannot read `{}`: {error}", file.display())))?;
    let json: Value =
        serde_json::from_str(&text).map_err(|error| Missing::Failed(error.to_string()))?;
    let format = json["format_version"].as_u64().unwrap_or(0);
    if !FORMATS.contains(&format) {
        return Err(Missing::Format(format!(
            "rustdoc prints its JSON in form {format}; the listing reads {FORMATS:?}"
        )));
    }
    listing(&json).map_err(Missing::Failed)
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

impl Missing {
    fn message(self) -> String {
        match self {
            Self::Format(message) => format!(
                "{message}\nhelp: look at what has changed, then extend `FORMATS` in xtask/release/src/api.rs"
            ),
            Self::Failed(message) => message,
        }
    }
}
