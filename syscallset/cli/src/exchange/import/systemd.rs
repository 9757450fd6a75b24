//! Units of systemd (`SystemCallFilter=` and its kin, systemd.exec(5)).

use std::collections::{BTreeMap, BTreeSet};

use syscallset_compiler::action::Action;
use syscallset_tables::Arch;

use crate::exchange::profile::{Completeness, Profile};

/// The call that our tables have moved from `@default` to `@process`.
const MOVED: &str = "execve";

/// The members of a set as systemd has them, through nesting.
pub(crate) fn set_members(name: &str) -> Option<BTreeSet<&'static str>> {
    let set = syscallset_tables::set(name)?;
    let mut members: BTreeSet<_> = set.calls.iter().copied().collect();
    match name {
        "@default" => _ = members.insert(MOVED),
        "@process" => _ = members.remove(MOVED),
        _ => {}
    }
    for nested in set.sets {
        members.extend(set_members(nested)?);
    }
    Some(members)
}

pub(super) fn import(text: &str, arch: Arch) -> Result<Profile, String> {
    let mut unit = Unit::default();
    for (number, key, value) in assignments(text) {
        let at = |fault: String| format!("line {number}: {fault}");
        match key {
            "SystemCallFilter" => unit.filter(&value, arch).map_err(at)?,
            "SystemCallErrorNumber" => unit.error_number(&value, arch).map_err(at)?,
            "SystemCallArchitectures" => unit.architectures(&value, arch).map_err(at)?,
            "SystemCallLog" => {
                return Err(at(
                    "`SystemCallLog=` is a second filter of its own".to_owned()
                ));
            }
            _ => {}
        }
    }
    unit.profile(arch)
}

/// The assignments of a unit, with the numbers of their first lines. A line that ends in a backslash goes on
/// in the next one, comments between them left out.
fn assignments(text: &str) -> Vec<(usize, &str, String)> {
    let mut found: Vec<(usize, &str, String)> = Vec::new();
    let mut goes_on = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with(['#', ';']) {
            continue;
        }
        let (line, more) = match line.strip_suffix('\\') {
            Some(line) => (line, true),
            None => (line, false),
        };
        if goes_on {
            if let Some((_, _, value)) = found.last_mut() {
                value.push(' ');
                value.push_str(line);
            }
        } else if let Some((key, value)) = line.split_once('=') {
            found.push((index + 1, key.trim(), value.trim_start().to_owned()));
        }
        goes_on = more && (goes_on || line.contains('='));
    }
    found
}

/// What the assignments come to.
#[derive(Default)]
struct Unit {
    mode: Option<Mode>,
    /// Calls on the list, and the action of those that have one of their own.
    calls: BTreeMap<&'static str, Option<Action>>,
    violation: Option<Action>,
    unknown: Vec<String>,
    native: bool,
}

/// What the list is one of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Allowed,
    Refused,
}

impl Unit {
    fn filter(&mut self, value: &str, arch: Arch) -> Result<(), String> {
        if value.trim().is_empty() {
            // An empty assignment forgets those before.
            self.mode = None;
            self.calls.clear();
            return Ok(());
        }
        let (refused, words) = match value.strip_prefix('~') {
            Some(words) => (true, words),
            None => (false, value),
        };
        let mode = *self.mode.get_or_insert_with(|| {
            if refused {
                return Mode::Refused;
            }
            let default = set_members("@default").unwrap_or_default();
            self.calls
                .extend(default.into_iter().map(|call| (call, None)));
            Mode::Allowed
        });
        for word in words.split_whitespace() {
            let (name, action) = split_action(word, arch)?;
            if action.is_some() && !refused {
                return Err(format!("`{word}`: an allowed call has no error"));
            }
            for call in self.members(name, refused)? {
                // On a list of allowed calls, one with an action of its own is put there to be refused.
                let listed = (mode == Mode::Allowed) != refused || action.is_some();
                if listed {
                    self.calls.insert(call, action);
                } else {
                    self.calls.remove(call);
                }
            }
        }
        Ok(())
    }

    fn members(&mut self, name: &str, refused: bool) -> Result<BTreeSet<&'static str>, String> {
        if name.starts_with('@') {
            return set_members(name).ok_or_else(|| format!("there is no set `{name}`"));
        }
        if let Some(call) = syscallset_tables::call(name) {
            return Ok(BTreeSet::from([call]));
        }
        if refused || name.starts_with('~') {
            return Err(format!(
                "systemd ignores `{name}`, which is not the name of a call"
            ));
        }
        self.unknown.push(name.to_owned());
        Ok(BTreeSet::new())
    }

    fn error_number(&mut self, value: &str, arch: Arch) -> Result<(), String> {
        self.violation = match value.trim() {
            "" | "kill" => None,
            text => Some(error(text, arch)?),
        };
        Ok(())
    }

    fn architectures(&mut self, value: &str, arch: Arch) -> Result<(), String> {
        let mut words = value.split_whitespace();
        let here = |word: &str| word == "native" || Arch::from_name(word) == Some(arch);
        if value.trim().is_empty() {
            self.native = false;
        } else if words.all(here) {
            self.native = true;
        } else {
            return Err(
                "a filter is for one architecture; write `SystemCallArchitectures=native`"
                    .to_owned(),
            );
        }
        Ok(())
    }

    fn profile(self, arch: Arch) -> Result<Profile, String> {
        let violation = self.violation.unwrap_or(Action::KillProcess);
        let mode = self.mode.ok_or("there is no `SystemCallFilter=` in it")?;
        let default = match mode {
            Mode::Allowed => violation,
            Mode::Refused => Action::Allow,
        };
        let mut profile = Profile::new(arch, default, Completeness::Whole);
        for (call, action) in self.calls {
            let listed = match mode {
                Mode::Allowed => Action::Allow,
                Mode::Refused => violation,
            };
            profile.add(call, Vec::new(), action.unwrap_or(listed))?;
        }
        profile.unknown = self.unknown;
        profile.before = "before systemd 255, ";
        if !self.native {
            profile.notes.push(
                "without `SystemCallArchitectures=native`, systemd lets programs make calls of other \
                 architectures, under the same list; here they are killed"
                    .to_owned(),
            );
        }
        Ok(profile)
    }
}

fn split_action(word: &str, arch: Arch) -> Result<(&str, Option<Action>), String> {
    let Some((name, action)) = word.split_once(':') else {
        return Ok((word, None));
    };
    let action = match action {
        "kill" => Action::KillProcess,
        text => error(text, arch)?,
    };
    Ok((name, Some(action)))
}

/// An error by its name or number.
fn error(text: &str, arch: Arch) -> Result<Action, String> {
    let number = match text.parse() {
        Ok(0) => return Err("the error 0 pretends success".to_owned()),
        Ok(number) => {
            Some(number).filter(|number| *number <= syscallset_compiler::action::MAX_ERRNO)
        }
        Err(_) => arch.errno(text),
    };
    number
        .map(Action::Errno)
        .ok_or_else(|| format!("`{text}` is not an error"))
}
