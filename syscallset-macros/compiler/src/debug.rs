//! What a program needs in addition where debug assertions are on.
//!
//! There, std makes sure that a file, socket or pipe is still open before it closes it: by
//! `fcntl(fd, F_GETFD)` when an `OwnedFd` is dropped. A filter that has sockets and no files, such as
//! `@basic-io @network-io`, would kill a debug build for that alone. The check only looks at a
//! descriptor of the process; refused by an error, it passes.

use crate::action::Action;
use crate::lowered::{Condition, Rule};
use crate::policy::Policy;

/// `F_GETFD` of fcntl(2), the same on all architectures.
const F_GETFD: u32 = 1;

/// Lets std's check pass where the policy would kill for it.
pub(crate) fn allow_checks(policy: &mut Policy) {
    for call in ["fcntl", "fcntl64"] {
        let kills = matches!(
            policy.decision(call).otherwise,
            Action::KillProcess | Action::KillThread | Action::Trap
        );
        if !kills || policy.arch.number(call).is_none() {
            continue;
        }
        // Behind the user's rules, which decide before it.
        policy.amend(call, |decision| {
            decision.rules.push(Rule {
                conditions: vec![Condition::equals(1, F_GETFD)],
                action: Action::Allow,
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use syscallset_tables::Arch;

    use crate::action::Action;
    use crate::compile::{OnViolation, compile_debug_filter, compile_filter};
    use crate::parse::parse;

    /// The verdicts of a debug and of a release build about fcntl(2) with a command.
    fn verdicts(source: &str, on_violation: OnViolation, command: u64) -> (Action, Action) {
        let filter = parse(source).unwrap();
        let arch = Arch::X86_64;
        let [debug, release] = [
            compile_debug_filter(&filter, arch, on_violation),
            compile_filter(&filter, arch, on_violation),
        ]
        .map(|program| {
            let args = [7, command, 0, 0, 0, 0];
            program.unwrap().policy.decision("fcntl").evaluate(&args)
        });
        (debug, release)
    }

    #[test]
    fn the_check_passes_in_debug_builds_alone() {
        let (kill, eperm) = (Action::KillProcess, Action::Errno(1));
        let on = OnViolation::Action;
        assert_eq!(verdicts("@basic-io", on(kill), 1), (Action::Allow, kill));
        assert_eq!(verdicts("@basic-io", on(kill), 2), (kill, kill));
        assert_eq!(verdicts("@basic-io", on(eperm), 1), (eperm, eperm));
        let allow = (Action::Allow, Action::Allow);
        assert_eq!(verdicts("@file-system", on(kill), 4), allow);
        // Reports are for debug builds.
        assert_eq!(verdicts("@basic-io", OnViolation::Report, 1), allow);
        let trap = (Action::Trap, Action::Trap);
        assert_eq!(verdicts("@basic-io", OnViolation::Report, 3), trap);
    }

    #[test]
    fn what_is_written_about_the_check_decides() {
        let written = "@basic-io fcntl ~fcntl(cmd=1):kill";
        let kill = Action::KillProcess;
        let verdicts = verdicts(written, OnViolation::Action(Action::Errno(1)), 1);
        assert_eq!(verdicts, (kill, kill));
    }
}
