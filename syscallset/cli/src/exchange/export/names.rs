//! Names of calls, one a line.

use syscallset_compiler::action::Action;

use super::{Calls, Document, Inexpressible};

pub(super) fn export(calls: &Calls<'_>) -> Result<Document, Inexpressible> {
    let mut faults = calls.no_conditions();
    if calls.policy.violation == Action::Log {
        // Others are made as well: the list would read as what it is not.
        faults.push(calls.violations_fault());
    }
    for (action, names) in calls.special() {
        faults.extend(calls.action_faults(action, names));
    }
    if !faults.is_empty() {
        return Err(Inexpressible(faults));
    }
    let mut text = calls.allowed().join("\n");
    text.push('\n');
    Ok(Document {
        text,
        notes: Vec::new(),
    })
}
