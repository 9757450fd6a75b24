//! What a file in the format of another says, before it becomes a filter string.

use std::collections::BTreeMap;

use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::Condition;
use syscallset_tables::Arch;

/// Rules for the calls of one architecture.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    /// The architecture.
    pub(crate) arch: Arch,
    /// What happens to calls that are not listed.
    pub(crate) default: Action,
    /// The calls listed.
    pub(crate) calls: BTreeMap<&'static str, Listed>,
    /// Whether the list says all, or only what is needed at least.
    pub(crate) completeness: Completeness,
    /// Words that stand where a call should and are none that the tables know.
    pub(crate) unknown: Vec<String>,
    /// For which releases of its reader it holds that newer calls get the default action, as a phrase; empty for all.
    pub(crate) before: &'static str,
    /// What else the reader has to know.
    pub(crate) notes: Vec<String>,
}

/// What a list means about calls that are not on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Completeness {
    /// They are not allowed, not even if every filter begins with them.
    Whole,
    /// They were not needed. Those that every filter begins with may stay.
    Needed,
}

/// The rules for one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    /// All conditions hold: the action. Of several that hold, the first one decides.
    pub(crate) rules: Vec<(Vec<Condition>, Action)>,
    /// The action where none does; that of [`Profile::default`] if there is none.
    pub(crate) otherwise: Option<Action>,
}

impl Profile {
    /// A profile that lists nothing.
    pub(crate) fn new(arch: Arch, default: Action, completeness: Completeness) -> Self {
        Self {
            arch,
            default,
            calls: BTreeMap::new(),
            completeness,
            unknown: Vec::new(),
            before: "",
            notes: Vec::new(),
        }
    }

    /// Adds a rule for a call, which other architectures may have alone.
    ///
    /// # Errors
    ///
    /// A rule that contradicts another one about the same call, in formats that have no order.
    pub(crate) fn add(
        &mut self,
        name: &str,
        conditions: Vec<Condition>,
        action: Action,
    ) -> Result<(), String> {
        let Some(call) = syscallset_tables::call(name) else {
            self.unknown.push(name.to_owned());
            return Ok(());
        };
        let listed = self.calls.entry(call).or_default();
        if conditions.is_empty() {
            if listed.otherwise.is_some_and(|other| other != action) {
                return Err(format!("`{call}` has two actions"));
            }
            listed.otherwise = Some(action);
        } else if !listed.rules.contains(&(conditions.clone(), action)) {
            listed.rules.push((conditions, action));
        }
        Ok(())
    }

    /// Allows a call whatever its arguments.
    pub(crate) fn allow(&mut self, name: &str) {
        // Nothing contradicts where nothing else is said.
        let _ = self.add(name, Vec::new(), Action::Allow);
    }
}
