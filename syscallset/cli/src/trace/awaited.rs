//! The `main` of the command, from which on calls count.

use nix::unistd::Pid;
use syscallset_tables::Arch;

use super::breakpoint::Breakpoint;
use super::state::State;

/// How far the command is on its way to `main`.
pub(super) enum AwaitedMain {
    /// Nobody wants to know, or it has begun.
    Settled,
    /// This process is to be executed first.
    NotExecuted(i32),
    /// It will stop there.
    Armed(Breakpoint),
}

impl AwaitedMain {
    /// A thread has executed a program.
    pub(super) fn executed(&mut self, thread: Pid, arch: Arch, known: &mut State) {
        if !matches!(self, Self::NotExecuted(child) if *child == thread.as_raw()) {
            return;
        }
        *self = match Breakpoint::at_main(thread, arch) {
            Ok(breakpoint) => Self::Armed(breakpoint),
            Err(reason) => {
                known.note(format!(
                    "counted from the start of the command on: {reason}"
                ));
                known.reach_main();
                Self::Settled
            }
        };
    }

    /// Whether the thread has stopped because it has come to `main`.
    pub(super) fn is_reached(&mut self, thread: Pid, known: &mut State) -> bool {
        let Self::Armed(breakpoint) = self else {
            return false;
        };
        if !breakpoint.is_hit(thread) {
            return false;
        }
        if let Err(error) = breakpoint.remove(thread) {
            known.note(format!(
                "the command was disturbed at the start of its `main`: {error}"
            ));
        }
        *self = Self::Settled;
        known.reach_main();
        true
    }
}
