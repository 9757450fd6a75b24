//! Filters under which no Rust program could run and end as it should.

use super::Resolver;
use crate::action::Action;
use crate::error::ErrorKind;
use crate::policy::Policy;
use crate::span::Span;

/// Calls without which no process can run or end: a filter that refuses one of them would only
/// turn every exit into a violation. Architectures that lack one have another of them.
const EXISTENCE: [&str; 3] = ["exit", "exit_group", "rt_sigreturn"];

/// The set of what std needs to run and to exit.
pub(super) const RUNTIME: &str = "@rust-runtime";

/// The call by which std's handler of faults gives way to the default action.
const GIVE_WAY: &str = "rt_sigaction";

impl Resolver<'_, '_> {
    /// Finds fault with what the items come to together.
    pub(super) fn check_existence(&mut self) {
        let policy = self.complete();
        // One item such as `~@default` takes several of them away: one message says it.
        let mut missing: Vec<(Span, Vec<&'static str>)> = Vec::new();
        for call in EXISTENCE {
            if !policy.allows(call) && policy.arch.number(call).is_some() {
                let span = self.span_of_last(call);
                add(&mut missing, span, call);
            }
        }
        for (span, calls) in missing {
            self.fault(ErrorKind::CannotExist { calls }, span);
        }
        self.check_runtime(&policy);
        if faults_for_ever(&policy) {
            let span = self.span_of_last(GIVE_WAY);
            if !self.errors.iter().any(|error| error.span == span) {
                self.fault(ErrorKind::EndlessFault { call: GIVE_WAY }, span);
            }
        }
    }

    /// A set that is named for something else, such as `~@signal`, must not take from std what it
    /// needs. Whoever means to refuse that says so, call by call or by `~@rust-runtime`.
    fn check_runtime(&mut self, policy: &Policy) {
        let Some(runtime) = (self.sets)(RUNTIME) else {
            return;
        };
        let mut taken: Vec<(Span, Vec<&'static str>)> = Vec::new();
        runtime.for_each_call(&mut |call| {
            let Some(index) = policy.last_item(call) else {
                return;
            };
            let item = &self.filter.items[index];
            let by_the_way = item.is_set() && item.name != RUNTIME;
            if by_the_way && !policy.allows(call) && policy.arch.number(call).is_some() {
                add(&mut taken, item.span, call);
            }
        });
        for (span, calls) in taken {
            if !self.errors.iter().any(|error| error.span == span) {
                self.fault(ErrorKind::TakenFromRuntime { calls }, span);
            }
        }
    }

    /// The place of the last item that names a call, directly or by way of a set.
    fn span_of_last(&self, call: &str) -> Span {
        let item = self.policy.last_item(call);
        item.map_or(Span::new(0, 0), |index| self.filter.items[index].span)
    }
}

/// Adds a call to those with the same place.
fn add(calls: &mut Vec<(Span, Vec<&'static str>)>, span: Span, call: &'static str) {
    match calls.iter_mut().find(|(other, _)| *other == span) {
        Some((_, calls)) => calls.push(call),
        None => calls.push((span, vec![call])),
    }
}

/// Whether std's handler of `SIGSEGV` and `SIGBUS` could not give way to the default action: the
/// call fails, so that the instruction faults again and again.
fn faults_for_ever(policy: &Policy) -> bool {
    let sigbus = if policy.arch.name().starts_with("mips") {
        10
    } else {
        7
    };
    let decision = policy.decision(GIVE_WAY);
    [11, sigbus].into_iter().any(|signal| {
        // Fails, or pretends to succeed; or fails for want of a tracer or supervisor.
        matches!(
            decision.evaluate(&[signal, 0, 0, 8, 0, 0]),
            Action::Errno(_) | Action::Trace(_) | Action::Notify
        )
    })
}

#[cfg(test)]
mod tests {
    use syscallset_tables::Arch;

    use crate::action::Action;
    use crate::compile::compile;
    use crate::error::ErrorKind;
    use crate::render::render;

    const KILL: Action = Action::KillProcess;
    const EPERM: Action = Action::Errno(1);

    /// The messages about a filter string.
    fn messages(source: &str, arch: Arch, violation: Action) -> Vec<String> {
        let errors = compile(source, arch, violation).err().unwrap_or_default();
        errors.iter().map(|error| render(source, error)).collect()
    }

    #[test]
    fn a_set_leaves_the_runtime_alone() {
        for violation in [KILL, EPERM] {
            let source = "@system-service ~@signal";
            let messages = messages(source, Arch::X86_64, violation);
            assert_eq!(
                messages,
                [
                    "`~@signal` takes away what every Rust program needs: `rt_sigaction`, \
                  `rt_sigprocmask`, `sigaltstack`\n\
                  \x20 @system-service ~@signal\n\
                  \x20                 ^^^^^^^^\n\
                  help: add `@rust-runtime` behind it to keep them; a program that does without \
                  std's exit says so by `~@rust-runtime`"
                ]
            );
        }
    }

    #[test]
    fn what_is_taken_away_can_be_given_back_or_meant() {
        for (source, violation) in [
            ("@system-service ~@signal @rust-runtime", KILL),
            ("@system-service ~@signal @rust-runtime", EPERM),
            (
                "@system-service ~@signal:EPERM ~@rust-runtime rt_sigaction",
                KILL,
            ),
            ("@basic-io ~@rust-runtime", KILL),
            ("@basic-io ~sigaltstack ~mremap", KILL),
            ("@basic-io ~sigaltstack", EPERM),
        ] {
            assert!(messages(source, Arch::X86_64, violation).is_empty());
        }
    }

    #[test]
    fn no_fault_repeats_for_ever() {
        let endless = |source, violation| {
            let errors = compile(source, Arch::Aarch64, violation);
            errors.is_err_and(|errors| {
                matches!(errors[0].kind, ErrorKind::EndlessFault { .. }) && errors.len() == 1
            })
        };
        for source in [
            "@basic-io ~rt_sigaction",
            "@basic-io ~@rust-runtime",
            "@basic-io ~rt_sigaction(sig=11)",
            "@basic-io ~rt_sigaction rt_sigaction(sig=11)",
        ] {
            for violation in [EPERM, Action::Errno(0), Action::Trace(0), Action::Notify] {
                assert!(endless(source, violation), "{source}");
            }
            // The process dies at its first fault.
            for violation in [KILL, Action::KillThread, Action::Trap, Action::Log] {
                assert!(!endless(source, violation), "{source}");
            }
        }
        for source in [
            "@basic-io ~rt_sigaction:kill",
            "@basic-io ~rt_sigaction(sig=2)",
            "@basic-io ~rt_sigaction rt_sigaction(sig=11) rt_sigaction(sig=7)",
        ] {
            assert!(!endless(source, EPERM), "{source}");
        }
        assert!(endless("@basic-io ~rt_sigaction:ENOSYS", KILL));
    }
}
