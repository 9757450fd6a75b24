//! From the formats of others to a profile.

mod audit;
mod names;
mod oci;
mod seccompiler;
mod strace;
pub(crate) mod systemd;
#[cfg(test)]
mod tests;

use clap::ValueEnum;
use syscallset_tables::Arch;

use super::profile::Profile;

/// The value of `--from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Origin {
    /// `linux.seccomp` of the OCI runtime specification, alone or in a whole `config.json`; a profile of
    /// Docker or Podman.
    #[value(aliases = ["docker", "podman"])]
    Oci,
    /// A unit of systemd, or the lines of one.
    Systemd,
    /// What `strace` prints: a table of `-c`, a log, or both (`-C`).
    Strace,
    /// Records of the audit log or the kernel's log about refused calls.
    Audit,
    /// The JSON of rust-vmm/seccompiler.
    SeccompilerJson,
    /// Names of allowed calls, separated by white space or commas; `#` begins a comment.
    Names,
}

/// What the format alone does not say.
#[derive(Clone, Debug)]
pub(crate) struct Circumstances {
    /// The architecture.
    pub(crate) arch: Arch,
    /// The capabilities that rules of Docker and Podman ask for.
    pub(crate) capabilities: Vec<String>,
    /// Which of several filters in a file.
    pub(crate) thread: Option<String>,
}

/// What is wrong with a document: it is no JSON, or JSON of something else.
fn json_fault(error: &serde_json::Error) -> String {
    if error.is_data() {
        error.to_string()
    } else {
        format!("it is no JSON: {error}")
    }
}

/// Reads a file.
///
/// # Errors
///
/// Whatever is not understood. Nothing is left out silently.
pub(crate) fn import(
    bytes: &[u8],
    origin: Origin,
    circumstances: &Circumstances,
) -> Result<Profile, String> {
    let arch = circumstances.arch;
    let text = || std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned());
    match origin {
        Origin::Oci => oci::import(bytes, circumstances),
        Origin::SeccompilerJson => seccompiler::import(bytes, circumstances),
        Origin::Systemd => systemd::import(text()?, arch),
        Origin::Names => names::import(text()?, arch),
        // Logs have whatever paths and data the program had.
        Origin::Strace => strace::import(&String::from_utf8_lossy(bytes), arch),
        Origin::Audit => audit::import(&String::from_utf8_lossy(bytes), arch),
    }
}
