//! `data/rust-sets.txt`: the sets that this project writes by hand. The file's own head explains its format.

use super::Result;
use super::systemd::{is_call_name, is_set_name};

/// The snapshot's name.
pub(super) const SNAPSHOT: &str = "rust-sets.txt";

/// What every hand-written set is called, so that none can shadow one of systemd's.
const PREFIX: &str = "@rust-";

/// A hand-written set.
#[derive(Debug)]
pub(super) struct RustSet {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) sets: Vec<String>,
    pub(super) calls: Vec<String>,
}

/// Reads the file.
///
/// # Errors
/// A line that is not understood; an entry without its reason; a set or entry that comes twice.
pub(super) fn parse(text: &str) -> Result<Vec<RustSet>> {
    let mut sets: Vec<RustSet> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let at = |fault: &str| format!("{SNAPSHOT}: line {}: {fault}", index + 1);
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, reason) = line
            .split_once(':')
            .map(|(name, reason)| (name.trim(), reason.trim()))
            .filter(|(_, reason)| !reason.is_empty())
            .ok_or_else(|| at("expected `NAME: WHY`"))?;
        if !line.starts_with(' ') {
            if !is_set_name(name) || !name.starts_with(PREFIX) {
                return Err(at(&format!(
                    "`{name}` is not a set name that starts with `{PREFIX}`"
                )));
            }
            if sets.iter().any(|set| set.name == name) {
                return Err(at(&format!("set `{name}` comes twice")));
            }
            sets.push(RustSet {
                name: name.to_owned(),
                description: reason.to_owned(),
                sets: Vec::new(),
                calls: Vec::new(),
            });
            continue;
        }
        let set = sets
            .last_mut()
            .ok_or_else(|| at("an entry before the first set"))?;
        let members = if is_set_name(name) {
            &mut set.sets
        } else if is_call_name(name) {
            &mut set.calls
        } else {
            return Err(at(&format!(
                "`{name}` is neither a set nor a system call name"
            )));
        };
        if members.iter().any(|member| member == name) {
            return Err(at(&format!("`{name}` comes twice in set `{}`", set.name)));
        }
        members.push(name.to_owned());
    }
    Ok(sets)
}
