//! Names of calls, one a line.

use super::{Calls, Document, Inexpressible};

pub(super) fn export(calls: &Calls<'_>) -> Result<Document, Inexpressible> {
    let mut faults = calls.no_conditions();
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
