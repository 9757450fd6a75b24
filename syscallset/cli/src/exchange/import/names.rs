//! Names of calls.

use syscallset_compiler::action::Action;
use syscallset_tables::Arch;

use crate::exchange::profile::{Completeness, Profile};

/// The longest word that may be a name.
const LONGEST: usize = 64;

pub(super) fn import(text: &str, arch: Arch) -> Result<Profile, String> {
    let mut profile = Profile::new(arch, Action::KillProcess, Completeness::Needed);
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let words = line.split(|c: char| c.is_whitespace() || c == ',');
        for word in words.filter(|word| !word.is_empty()) {
            let is_name = word.len() <= LONGEST
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_name {
                let shown: String = word
                    .chars()
                    .take(LONGEST)
                    .flat_map(char::escape_debug)
                    .collect();
                return Err(format!(
                    "line {}: `{shown}` is not the name of a call",
                    index + 1
                ));
            }
            profile.allow(word);
        }
    }
    if profile.calls.is_empty() && profile.unknown.is_empty() {
        return Err("there are no names in it".to_owned());
    }
    Ok(profile)
}
