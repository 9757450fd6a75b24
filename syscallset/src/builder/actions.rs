//! The actions of groups and of violations, and what strings may not say beside them.

use syscallset_compiler::action::{Action as Compiled, MAX_ERRNO};
use syscallset_compiler::compile::OnViolation;
use syscallset_compiler::error::{Error as Fault, ErrorKind};
use syscallset_compiler::filter::{Filter as Parsed, Item};
use syscallset_compiler::span::Span;

use super::FilterBuilder;
use crate::action::Action;

impl FilterBuilder {
    /// Gives the items of groups the group's action.
    pub(super) fn give_actions(&self, parsed: &mut Parsed<'_>) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        for item in &mut parsed.items {
            let part = |at| self.parts.partition_point(|(start, _)| *start <= at) - 1;
            if part(item.span.start) != part(item.span.end - 1) {
                // It would take words out of the next group, and leave them without its action.
                let open = Span::new(item.name_span.end, item.name_span.end + 1);
                faults.push(Fault::new(ErrorKind::UnclosedParenthesis, open));
            }
            let Some(action) = self.parts[part(item.span.start)].1 else {
                continue;
            };
            if item.refused || item.action.is_some() {
                faults.push(Fault::new(ErrorKind::ActionInGroup, item.span));
            }
            match compiled(action) {
                Ok(action) => item.given = Some(action),
                Err(kind) => faults.push(Fault::new(kind, item.span)),
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// What happens to calls without an action of their own.
    pub(super) fn violation(&self, parsed: &Parsed<'_>) -> Result<OnViolation, Vec<Fault>> {
        if let Some(action) = self.on_violation {
            return compiled(action)
                .map(OnViolation::Action)
                .map_err(|kind| vec![Fault::new(kind, Span::new(0, 0))]);
        }
        // As the macros decide it; who asks for `SIGSYS` wants to handle it.
        Ok(if cfg!(debug_assertions) && !parsed.traps() {
            OnViolation::Report
        } else {
            OnViolation::Action(Compiled::KillProcess)
        })
    }
}

/// Finds the `~` that would refuse nothing, as what is refused is allowed.
pub(super) fn check_refusals(
    parsed: &Parsed<'_>,
    violation: OnViolation,
) -> Result<(), Vec<Fault>> {
    if violation != OnViolation::Action(Compiled::Allow) {
        return Ok(());
    }
    let bare = |item: &&Item<'_>| item.refused && item.action.is_none() && item.given.is_none();
    let faults: Vec<Fault> = parsed
        .items
        .iter()
        .filter(bare)
        .map(|item| Fault::new(ErrorKind::RefusalAllows, item.span))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

/// The compiler's word for an action.
fn compiled(action: Action) -> Result<Compiled, ErrorKind> {
    Ok(match action {
        Action::KillProcess => Compiled::KillProcess,
        Action::KillThread => Compiled::KillThread,
        Action::Trap => Compiled::Trap,
        Action::Errno(number) if number == 0 || number > MAX_ERRNO => {
            return Err(ErrorKind::ErrnoOutOfRange { number });
        }
        Action::Errno(number) => Compiled::Errno(number),
        Action::Notify => Compiled::Notify,
        Action::Trace(data) => Compiled::Trace(data),
        Action::Log => Compiled::Log,
        Action::Allow => Compiled::Allow,
    })
}
