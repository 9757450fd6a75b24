//! The two calls that stand for many: `socketcall` and `ipc`, by which some older architectures make
//! socket and System V IPC calls. Which call is meant is an argument, so that a filter can follow.
//!
//! A multiplexer is decided for each of its calls as that call is decided itself; a filter that
//! refuses `socket` cannot be walked around, and one that allows `socket` allows it in both ways. The
//! arguments of the call meant are in memory, where a filter cannot see them: where a call's verdict depends
//! on them, the strictest one holds here. A multiplexer that the filter string names itself is decided as
//! written.

use crate::action::Action;
use crate::lowered::{Condition, Decision, Rule};
use crate::policy::{Policy, Verdict};

/// A multiplexer.
struct Multiplexer {
    name: &'static str,
    /// The bits of its first argument that say which call is meant.
    mask: u64,
    /// The calls and their numbers.
    calls: &'static [(u32, &'static str)],
}

/// `include/uapi/linux/net.h` and `include/uapi/linux/ipc.h` of Linux. The upper half of the first
/// argument of `ipc` is a version (`ipc/syscall.c`).
const MULTIPLEXERS: [Multiplexer; 2] = [
    Multiplexer {
        name: "ipc",
        mask: 0xffff,
        calls: &[
            (1, "semop"),
            (2, "semget"),
            (3, "semctl"),
            (4, "semtimedop"),
            (11, "msgsnd"),
            (12, "msgrcv"),
            (13, "msgget"),
            (14, "msgctl"),
            (21, "shmat"),
            (22, "shmdt"),
            (23, "shmget"),
            (24, "shmctl"),
        ],
    },
    Multiplexer {
        name: "socketcall",
        mask: 0xffff_ffff,
        calls: &[
            (1, "socket"),
            (2, "bind"),
            (3, "connect"),
            (4, "listen"),
            (5, "accept"),
            (6, "getsockname"),
            (7, "getpeername"),
            (8, "socketpair"),
            (9, "send"),
            (10, "recv"),
            (11, "sendto"),
            (12, "recvfrom"),
            (13, "shutdown"),
            (14, "setsockopt"),
            (15, "getsockopt"),
            (16, "sendmsg"),
            (17, "recvmsg"),
            (18, "accept4"),
            (19, "recvmmsg"),
            (20, "sendmmsg"),
        ],
    },
];

/// Whether a call is a multiplexer.
pub(crate) fn is_multiplexer(call: &str) -> bool {
    MULTIPLEXERS
        .iter()
        .any(|multiplexer| multiplexer.name == call)
}

/// Decides the multiplexers of the policy's architecture that `written` does not hold.
pub(crate) fn decide(policy: &mut Policy, written: impl Fn(&str) -> bool) {
    for multiplexer in &MULTIPLEXERS {
        let name = multiplexer.name;
        if policy.arch.number(name).is_none() || written(name) {
            continue;
        }
        let decision = multiplexer.decision(policy);
        let item = multiplexer
            .calls
            .iter()
            .filter_map(|(_, call)| policy.calls.get(call));
        let item = item.map(|verdict| verdict.item).max().flatten();
        policy.calls.insert(name, Verdict { decision, item });
    }
}

impl Multiplexer {
    fn decision(&self, policy: &Policy) -> Decision {
        let violation = policy.violation;
        let actions: Vec<(u32, Action)> = self
            .calls
            .iter()
            .map(|(number, call)| {
                let decision = policy.decision(call);
                let actions = decision.rules.iter().map(|rule| rule.action);
                // Actions are ordered from the strictest to the weakest.
                (
                    *number,
                    actions
                        .chain([decision.otherwise])
                        .min()
                        .unwrap_or(violation),
                )
            })
            .collect();
        let (_, first) = actions[0];
        if actions.iter().all(|(_, action)| *action == first) {
            // Numbers that mean no call fail in the kernel.
            return Decision::constant(first);
        }
        let rules = actions.iter().filter(|(_, action)| *action != violation);
        let rules = rules.map(|(number, action)| Rule {
            conditions: vec![self.is(*number)],
            action: *action,
        });
        Decision {
            rules: rules.collect(),
            otherwise: violation,
        }
    }

    fn is(&self, number: u32) -> Condition {
        Condition {
            mask: self.mask,
            ..Condition::equals(0, number)
        }
    }
}
