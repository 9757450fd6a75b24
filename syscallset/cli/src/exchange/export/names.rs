//! Names of calls, one a line.

use syscallset_compiler::action::Action;

use super::{Calls, Document, Inexpressible};

pub(super) fn export(calls: &Calls<'_>) -> Result<Document, Inexpressible> {
    let mut faults = calls.no_conditions();
    if calls.policy.violation == Action::Log {
        // Others are made as well: the list would read as what it is not.
        faults.push("violations have the action log".to_owned());
    }
    for (action, names) in calls.special() {
        let action = calls.word(action);
        faults.extend(
            names
                .iter()
                .map(|name| format!("`{name}` has the action {action}")),
        );
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
