//! Forms of one call: what a condition on one of them says means little while another is open.
//!
//! `clone3` and `openat2` take in memory what `clone` and `openat` take in registers, where no filter
//! can see it; `fork` and `creat` are `clone` and `open` with fixed flags. A filter that narrows one
//! form and leaves another open to whoever wants it, because a set has it, is weaker than it reads. One
//! that names the other form reads as it is.

use super::{Resolver, condition};
use crate::error::ErrorKind;
use crate::lowered::{Condition, Op, Width};
use crate::verify::deciding;
use crate::verify::values::Budget;

/// What another form of a call does, in terms of the call.
#[derive(Clone, Copy)]
enum Does {
    /// Anything, as it says in memory.
    Anything,
    /// What the call does with this value of this parameter.
    With(&'static str, &'static [&'static str]),
}

/// A call, and its other forms.
type Forms = (&'static str, &'static [(&'static str, Does)]);

/// Source: the manual pages clone(2), fork(2), vfork(2), open(2) and openat2(2).
const FORMS: [Forms; 3] = [
    (
        "clone",
        &[
            ("clone3", Does::Anything),
            ("fork", Does::With("flags", &["SIGCHLD"])),
            (
                "vfork",
                Does::With("flags", &["CLONE_VFORK", "CLONE_VM", "SIGCHLD"]),
            ),
        ],
    ),
    (
        "open",
        &[
            (
                "creat",
                Does::With("flags", &["O_CREAT", "O_WRONLY", "O_TRUNC"]),
            ),
            ("openat", Does::Anything),
            ("openat2", Does::Anything),
        ],
    ),
    (
        "openat",
        &[
            (
                "creat",
                Does::With("flags", &["O_CREAT", "O_WRONLY", "O_TRUNC"]),
            ),
            ("open", Does::With("dfd", &["AT_FDCWD"])),
            ("openat2", Does::Anything),
        ],
    ),
];

impl Resolver<'_, '_> {
    /// Finds fault with conditions on a call that a set leaves open in another form.
    pub(super) fn check_forms(&mut self) {
        for (call, forms) in FORMS {
            let Some(item) = self.policy.last_item(call) else {
                continue;
            };
            let conditional = |item: usize| !self.filter.items[item].conditions.is_empty();
            if !conditional(item)
                || self
                    .errors
                    .iter()
                    .any(|error| error.span == self.filter.items[item].span)
            {
                continue;
            }
            let item = &self.filter.items[item];
            let open: Vec<&'static str> = forms
                .iter()
                .filter(|(form, does)| self.is_left_open(form) && self.refuses(call, *does))
                .map(|(form, _)| *form)
                .collect();
            if !open.is_empty() {
                let arch = self.policy.arch;
                let takes =
                    |form: &&'static str| condition::resolve(form, &item.conditions, arch).is_ok();
                let alike = open.iter().copied().filter(takes).collect();
                self.fault(ErrorKind::OtherForm { open, alike }, item.span);
            }
        }
    }

    /// Whether a call is allowed whatever its arguments, and no item names it.
    fn is_left_open(&self, call: &str) -> bool {
        self.policy.arch.number(call).is_some()
            && self.policy.decision(call).is_allowed()
            && !self.filter.items.iter().any(|item| item.name == call)
    }

    /// Whether some of what a form does is refused of the call.
    fn refuses(&self, call: &'static str, does: Does) -> bool {
        let decision = self.policy.decision(call);
        let Some(given) = self.given(call, does) else {
            return false;
        };
        let rules: Vec<&[Condition]> = decision
            .rules
            .iter()
            .map(|rule| &rule.conditions[..])
            .collect();
        let Some(found) = deciding(&given, &rules, &mut Budget::new()) else {
            // Who can say?
            return true;
        };
        found.iter().any(|index| {
            let rule = decision.rules.get(*index);
            let action = rule.map_or(decision.otherwise, |rule| rule.action);
            !action.passes()
        })
    }

    /// What holds of the call when it does what the form does; `None` if the architecture lacks one of
    /// the names.
    fn given(&self, call: &'static str, does: Does) -> Option<Vec<Condition>> {
        let Does::With(parameter, names) = does else {
            return Some(Vec::new());
        };
        let arch = self.policy.arch;
        let params = syscallset_tables::params(arch, call)?;
        let syscallset_tables::Place::Word(arg) = params.named(parameter)?.place else {
            return None;
        };
        let mut value = 0;
        for name in names {
            value |= syscallset_tables::constant(arch, name)?;
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the two's complement of what a register of 64 bits holds"
        )]
        let value = value as u64;
        Some(vec![Condition {
            arg,
            width: Width::U64,
            mask: u64::MAX,
            op: Op::Eq,
            value,
        }])
    }
}
