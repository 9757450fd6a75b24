//! The snapshot: what the kernel's source says about the parameters of every call, one line a signature.
//!
//! `name[x86 arm]: signature` is how these ABIs have the call, `name[* -x86]: signature` how all but that one do. In
//! place of a signature there may be `-`, a number without a call behind it, or `? entry`, an entry point that is not defined
//! in the usual way (assembly code, or one of several definitions by configuration), for the corrections to describe.

use super::super::abis;
use super::Result;
use super::signature::Signature;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// What is known about a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Knowledge {
    Signature(Signature),
    /// The kernel answers ENOSYS.
    NotImplemented,
    /// The entry point that nothing is known about.
    Unknown(String),
}

/// Knowledge by call and ABI.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) kernel: String,
    pub(super) calls: BTreeMap<String, BTreeMap<String, Knowledge>>,
}

const KERNEL: &str = "# Linux: ";

impl Snapshot {
    /// Reads what `print` writes.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut snapshot = Self::default();
        for (index, line) in text.lines().enumerate() {
            let at = |fault: String| format!("line {}: {fault}", index + 1);
            if let Some(kernel) = line.strip_prefix(KERNEL) {
                kernel.clone_into(&mut snapshot.kernel);
            }
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (head, body) = line
                .split_once(": ")
                .ok_or_else(|| at("no `: ` between name and signature".into()))?;
            let (name, abis) = head_of_line(head).map_err(at)?;
            let knowledge = Knowledge::parse(body).map_err(at)?;
            let call = snapshot.calls.entry(name.to_owned()).or_default();
            for abi in abis {
                if call.insert(abi.to_owned(), knowledge.clone()).is_some() {
                    return Err(at(format!("`{name}` comes twice for {abi}")));
                }
            }
        }
        if snapshot.kernel.is_empty() || snapshot.calls.is_empty() {
            return Err("no kernel version, or no calls".into());
        }
        Ok(snapshot)
    }

    /// Prints one line for every group of ABIs that agree.
    pub(super) fn print(&self) -> String {
        let mut text = format!("{KERNEL}{}\n\n", self.kernel);
        for (name, abis) in &self.calls {
            let mut groups: BTreeMap<&Knowledge, Vec<&str>> = BTreeMap::new();
            for (abi, knowledge) in abis {
                groups.entry(knowledge).or_default().push(abi);
            }
            let mut groups: Vec<_> = groups.into_iter().collect();
            groups.sort_by(|one, other| one.1.cmp(&other.1));
            for (knowledge, group) in groups {
                let _ = writeln!(text, "{name}[{}]: {knowledge}", abis::list(&group));
            }
        }
        text
    }
}

/// `name[x86 arm]` in its parts.
pub(super) fn head_of_line(head: &str) -> Result<(&str, Vec<&'static str>)> {
    let (name, list) = head
        .strip_suffix(']')
        .and_then(|head| head.split_once('['))
        .ok_or_else(|| format!("`{head}` does not name its ABIs: `name[x86 arm]`"))?;
    Ok((name, abis::parse(list)?))
}

impl Knowledge {
    pub(super) fn parse(text: &str) -> Result<Self> {
        Ok(match text.split_once(' ') {
            None if text == "-" => Self::NotImplemented,
            Some(("?", entry)) => Self::Unknown(entry.to_owned()),
            _ => Self::Signature(Signature::parse(text)?),
        })
    }
}

impl fmt::Display for Knowledge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature(signature) => signature.fmt(f),
            Self::NotImplemented => f.write_str("-"),
            Self::Unknown(entry) => write!(f, "? {entry}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Linux: 7.2\n\nbreak[x86]: -\nclone[* -arm -x86]: ? clone\nclone[arm]: unsigned long flags\n\
                        sync[*]: void\n";

    #[test]
    fn text_comes_back() {
        let snapshot = Snapshot::parse(TEXT).unwrap();
        assert_eq!(snapshot.calls["clone"].len(), abis::NAMES.len() - 1);
        assert_eq!(
            snapshot.calls["clone"]["m68k"],
            Knowledge::Unknown("clone".into())
        );
        assert_eq!(snapshot.print(), TEXT);
    }

    #[test]
    fn faults_are_named_with_their_line() {
        let fault = |lines: &str| Snapshot::parse(&format!("# Linux: 7.2\n{lines}")).unwrap_err();
        assert!(
            fault("read[x86]: int fd\nread[x86 arm]: int fd")
                .contains("line 3: `read` comes twice for x86")
        );
        assert!(fault("read[vax]: void").contains("no ABI `vax`"));
        assert!(fault("read: void").contains("`read` does not name its ABIs"));
        assert!(fault("read[x86] void").contains("line 2"));
        assert!(fault("").contains("no calls"));
    }
}
