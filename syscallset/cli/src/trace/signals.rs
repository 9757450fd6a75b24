//! The signals that the tracer gets for others, and the one that it ends by.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::record::End;
use super::sys::die_of;

/// Signals that are meant for the command.
const PASSED_ON: [Signal; 6] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
];

/// Signals that wait to be read.
pub(super) struct Signals(SignalFd);

impl Signals {
    /// Keeps the signals for the command, and those about children, from this thread and those that it starts.
    ///
    /// # Errors
    ///
    /// No more file descriptors.
    pub(super) fn block() -> io::Result<Self> {
        let mut signals = SigSet::from_iter(PASSED_ON);
        signals.add(Signal::SIGCHLD);
        signals.thread_block()?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self(SignalFd::with_flags(&signals, flags)?))
    }

    /// Takes all that have come: those for the command, and whether another process has sent them. What the
    /// terminal sends, the command gets as well.
    pub(super) fn take(&self) -> Vec<(Signal, bool)> {
        let mut taken = Vec::new();
        while let Ok(Some(info)) = self.0.read_signal() {
            let number = i32::try_from(info.ssi_signo).ok();
            let signal = number.and_then(|number| Signal::try_from(number).ok());
            // Children are asked about whatever has come.
            let for_command = signal.filter(|signal| *signal != Signal::SIGCHLD);
            taken.extend(for_command.map(|signal| (signal, info.ssi_code <= 0)));
        }
        taken
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Ends as the command has: by the same signal, or with this status.
pub(crate) fn end_like(end: End) -> u8 {
    match end {
        End::Status(status) => u8::try_from(status & 0xff).unwrap_or(u8::MAX),
        End::Signal(number) => {
            // One core is enough, and it is the command's.
            let limit = Rlimit {
                current: Some(0),
                ..getrlimit(Resource::Core)
            };
            let _ = setrlimit(Resource::Core, limit);
            die_of(number);
            // Of a signal that does not end this process, as a shell has it.
            u8::try_from(128 + number).unwrap_or(u8::MAX)
        }
    }
}
