//! Programs that let the process report a refused call before it dies.
//!
//! A refused call raises `SIGSYS` (`SECCOMP_RET_TRAP`) instead of killing at once, and a handler in
//! the process prints the report. These rules make the outcome the same as that of `kill`:
//!
//! * The handler stays in place: sigaction(2) for `SIGSYS` pretends to set another one, so that a
//!   program that is executed under the filter can do so as well. In a program that is killed, a
//!   handler for `SIGSYS` would never run for a refused call either. Who asks for the old action at
//!   the same time gets `EINVAL`: a filter cannot write it, and pretending would leave the C library
//!   with whatever was there before.
//! * The handler can kill the whole process whatever else is refused, by a prctl(2) that nobody makes
//!   by accident: `PR_GET_NAME` with [`TOKEN_KILL`] as its unused last argument.
//! * The handler can read the thread's name, in the same way with [`TOKEN_NAME`], and ask whether it
//!   is the main thread, by getpid(2) and gettid(2) with that as an argument too many.
//! * A signal that is blocked has no handler, and C libraries block all signals while they start a thread.
//!   Where threads are refused from the start, `rt_sigprocmask(2)` is left to the handler, which does
//!   the same but for `SIGSYS`: else the call that is refused most would not be reported. Not so where
//!   other programs can be executed, which have no handler.
//!
//! On top of that, a table tells the handler the name of each refused call, and what to advise about
//! it: nothing has to be looked up, or allocated, when the call is refused.

mod remedy;

use std::fmt::Write as _;

use syscallset_tables::{Arch, Param, Place};

pub use remedy::{Advice, Remedy, deciding};

use crate::action::Action;
use crate::filter::Filter;
use crate::lowered::{Condition, Decision, Op, Rule, Width};
use crate::policy::Policy;

/// `PR_GET_NAME` of prctl(2).
const PR_GET_NAME: u32 = 16;

/// The same number on all architectures.
const EINVAL: u16 = 22;

/// Last argument of the prctl(2) by which the handler reads the thread's name.
pub const TOKEN_NAME: u32 = 0x7379_736e;
/// Last argument of the prctl(2) by which the handler kills the process.
pub const TOKEN_KILL: u32 = 0x7379_736b;

/// Adds the rules for the handler to a policy whose violation action is [`Action::Trap`].
pub(crate) fn instrument(policy: &mut Policy) {
    let sigsys = sigsys(policy.arch);
    for call in ["rt_sigaction", "sigaction", "signal"] {
        if policy.decision(call).otherwise == Action::Allow {
            let about = Condition::equals(0, sigsys);
            if call == "signal" {
                prepend(policy, call, &[about], Action::Errno(0));
                continue;
            }
            // Asking for the action without setting one goes through.
            let sets = pointer(1, Op::Ne, policy.arch);
            let asks_not = pointer(2, Op::Eq, policy.arch);
            prepend(policy, call, &[about, sets], Action::Errno(EINVAL));
            prepend(policy, call, &[about, sets, asks_not], Action::Errno(0));
        }
    }
    for (token, action) in [
        (TOKEN_NAME, Action::Allow),
        (TOKEN_KILL, Action::KillProcess),
    ] {
        let conditions = [
            Condition::equals(0, PR_GET_NAME),
            Condition::equals(4, token),
        ];
        prepend(policy, "prctl", &conditions, action);
    }
    for call in ["getpid", "gettid"] {
        if policy.decision(call).otherwise != Action::Allow {
            let conditions = [Condition::equals(0, TOKEN_NAME)];
            prepend(policy, call, &conditions, Action::Allow);
        }
    }
}

/// Lets the handler set signal masks, if no thread and no other program is to come and the handler knows the
/// registers of the architecture.
///
/// Only for a filter that is loaded while there is but one thread. Another one may have blocked `SIGSYS` before,
/// as each does for a moment when it begins and ends, and would die of the next mask that it sets.
pub(crate) fn leave_masks_to_the_handler(policy: &mut Policy) {
    const SIG_UNBLOCK: u32 = 1;
    if !starts_nothing(policy) {
        return;
    }
    let mut blocks = Condition::equals(0, SIG_UNBLOCK);
    blocks.op = Op::Ne;
    let conditions = [blocks, pointer(1, Op::Ne, policy.arch)];
    prepend(policy, "rt_sigprocmask", &conditions, Action::Trap);
    let own = [Condition::equals(4, TOKEN_NAME)];
    prepend(policy, "rt_sigprocmask", &own, Action::Allow);
}

fn starts_nothing(policy: &Policy) -> bool {
    let refused = |call| {
        let decision = policy.decision(call);
        decision.rules.is_empty() && decision.otherwise != Action::Allow
    };
    matches!(policy.arch, Arch::X86_64 | Arch::Aarch64)
        && policy.decision("rt_sigprocmask").otherwise == Action::Allow
        && policy.decision("clone").otherwise == Action::Trap
        && ["clone", "clone3", "execve", "execveat"]
            .into_iter()
            .all(refused)
}

/// The number of `SIGSYS` (signal(7)).
fn sigsys(arch: Arch) -> u32 {
    match arch {
        Arch::Mips | Arch::Mipsel | Arch::Mips64 | Arch::Mips64el => 12,
        _ => 31,
    }
}

/// Whether a pointer is null.
fn pointer(arg: u8, op: Op, arch: Arch) -> Condition {
    let (width, mask) = if arch.pointer_width() == 64 {
        (Width::U64, u64::MAX)
    } else {
        (Width::U32, u64::from(u32::MAX))
    };
    Condition {
        arg,
        width,
        mask,
        op,
        value: 0,
    }
}

fn prepend(policy: &mut Policy, call: &'static str, conditions: &[Condition], action: Action) {
    let conditions = conditions.to_vec();
    policy.amend(call, |decision| {
        decision.rules.insert(0, Rule { conditions, action });
    });
}

/// The table for the handler: a line `number name remedy parameters` for each call that `policy` may trap.
///
/// * The remedy ([`Remedy`]): the set to add, `#N` for the filter's Nth item (from 0), which refuses the call, `?` where
///   conditions do not allow it, `+` where others may, `*` where several items decide, and `-` for the call itself.
/// * The parameters that matter, or `-`: each is written as `index:bits:name`, with the number of bits that the kernel
///   reads of the register, negative if they have a sign; a parameter that comes in two registers has no name but the
///   indices of these.
///
/// `policy` is what `filter` means, without the rules for the handler.
pub fn refused_calls(filter: &Filter<'_>, policy: &Policy) -> String {
    let advice = Advice::new(filter, policy);
    let mut table = String::new();
    for call in policy.arch.calls() {
        let decision = policy.decision(call.name);
        if !may_trap(&decision) {
            continue;
        }
        // Writing to a string cannot fail.
        let _ = write!(table, "{} {} ", call.number, call.name);
        let _ = match advice.remedy(call.name) {
            Remedy::Set(set) => write!(table, "{} ", set.name),
            Remedy::Item(item) => write!(table, "#{item} "),
            Remedy::Conditions => write!(table, "? "),
            Remedy::OtherConditions => write!(table, "+ "),
            Remedy::Several => write!(table, "* "),
            Remedy::Call => write!(table, "- "),
        };
        write_parameters(&mut table, policy.arch, call.name, &decision);
        table.push('\n');
    }
    table
}

fn may_trap(decision: &Decision) -> bool {
    decision.otherwise == Action::Trap
        || decision
            .rules
            .iter()
            .any(|rule| rule.action == Action::Trap)
}

fn write_parameters(table: &mut String, arch: Arch, call: &str, decision: &Decision) {
    let arguments = deciding(call, decision);
    if arguments.is_empty() {
        table.push('-');
    }
    for (index, argument) in arguments.iter().enumerate() {
        let separator = if index == 0 { "" } else { "," };
        let params = syscallset_tables::params(arch, call);
        let param = params.as_ref().and_then(|params| params.in_word(*argument));
        // A parameter in two registers has no name in conditions.
        let whole = params
            .as_ref()
            .and_then(|params| params.whole_in_word(*argument));
        let name = whole.map(Param::manual_name);
        let bits = param.map_or(64, |param| match param.place {
            Place::Word(_) if param.kind.is_signed() => -i64::from(param.kind.bits(arch)),
            Place::Word(_) => i64::from(param.kind.bits(arch)),
            Place::Pair { .. } => 32,
        });
        _ = write!(table, "{separator}{argument}:{bits}:");
        _ = match name {
            Some(name) => write!(table, "{name}"),
            None => write!(table, "{argument}"),
        };
    }
}
