//! From a policy to runs of call numbers.

use crate::action::Action;
use crate::lowered::{Decision, Lowered, Run};
use crate::policy::Policy;

/// Lowers a policy for its architecture.
///
/// Calls that the policy does not name are violations. Numbers that no call of the tables has fail
/// with `ENOSYS`, so that a libc which tries a newer call falls back to an older one; that takes in
/// x32 numbers on x86-64, and -1, which a tracer sets to skip a call.
///
/// # Panics
///
/// If the tables lack `ENOSYS`, which a test of the tables rules out.
pub fn lower(policy: &Policy) -> Lowered {
    let arch = policy.arch;
    let enosys = arch.errno("ENOSYS").expect("every architecture has ENOSYS");
    let unknown = Decision::constant(Action::Errno(enosys));

    // A number may have two names; what was written last about either of them decides.
    let mut numbered: Vec<(u32, Option<usize>, Decision)> = Vec::new();
    for call in arch.calls() {
        let item = policy.last_item(call.name);
        let decided = || (call.number, item, policy.decision(call.name));
        match numbered.binary_search_by(|(number, ..)| number.cmp(&call.number)) {
            Ok(known) if numbered[known].1 < item => numbered[known] = decided(),
            Ok(_) => {}
            Err(place) => numbered.insert(place, decided()),
        }
    }

    let mut runs = Vec::new();
    let mut next = Some(0);
    for (number, _, decision) in numbered {
        if next.is_some_and(|next| next < number) {
            extend(&mut runs, next.unwrap_or(0), unknown.clone());
        }
        extend(&mut runs, number, decision);
        next = number.checked_add(1);
    }
    if let Some(next) = next {
        extend(&mut runs, next, unknown);
    }
    Lowered {
        audit_arch: arch.audit_arch(),
        big_endian: arch.big_endian(),
        foreign: Action::KillProcess,
        runs,
    }
}

/// Begins a run at `first` unless the same is decided already.
fn extend(runs: &mut Vec<Run>, first: u32, decision: Decision) {
    if runs.last().is_none_or(|run| run.decision != decision) {
        runs.push(Run { first, decision });
    }
}
