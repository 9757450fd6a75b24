//! Sees what a started command does.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::event::{PollFd, PollFlags, poll};
use syscallset_tables::Arch;

use super::launch::{Child, Execution, Telling};
use super::listener::{Answer, Question, Shared, is_deserted, listen};
use super::procfs::Status;
use super::record::{Begin, End, Record};
use super::signals::Signals;
use super::state::State;
use super::sys::{Wait, wait};
use super::watch::Watch;
use crate::failure::Failure;

/// How to trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The architecture of this machine.
    pub(crate) arch: Arch,
    /// Whether calls count from the command's own filter, or its `main`, on.
    pub(crate) from_main: bool,
    /// Whether calls that the command's own filters refuse are made all the same.
    pub(crate) permissive: bool,
    /// Whether to see calls that a filter refuses by an error, where one is in force already.
    pub(crate) look_for_refused: bool,
}

/// Of errors of the system that leave nothing to be advised.
pub(super) fn failed(what: &str, error: &io::Error) -> Failure {
    Failure::failed(format!("cannot {what}: {error}"))
}

/// Why a command could not be followed to its end.
pub(super) enum Stopped {
    /// It could not be executed.
    Execution(io::Error),
    /// The system did not let us go on.
    Tracing(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Tracing(error)
    }
}

pub(super) struct Tracer {
    child: Pid,
    options: Options,
    shared: Arc<Shared>,
    watch: Watch,
    signals: Signals,
    /// Hears of calls, and asks.
    listener: Option<(Arc<OwnedFd>, Receiver<Question>)>,
    end: Option<End>,
    /// Nobody is to be waited for any longer.
    enough: bool,
}

impl Tracer {
    pub(super) fn new(child: Pid, options: Options) -> io::Result<Self> {
        let state = State::new(options.arch, child.as_raw(), options.from_main);
        Ok(Self {
            child,
            options,
            shared: Arc::new(Shared::new(state)?),
            watch: Watch::new(options.arch),
            signals: Signals::block()?,
            listener: None,
            end: None,
            enough: false,
        })
    }

    /// What was seen, where it begins, and what else there is to say.
    pub(super) fn record(&self, begin: Begin) -> (Record, Begin, Vec<String>) {
        self.shared.state().record(begin)
    }

    /// Makes sure that all calls of the child are seen, and lets it execute the command.
    pub(super) fn prepare(&mut self, mut child: Child) -> Result<Execution, Failure> {
        let not_watched = |error: io::Error| {
            failed("watch the command", &error).with_help(
                "a debugger, or the system (`kernel.yama.ptrace_scope`), may be in the way",
            )
        };
        let telling = child
            .go()
            .map_err(|error| failed("start the command", &error))?;
        let inherited = Status::read(self.child.as_raw()).filters.unwrap_or(0) > 0;
        let step = inherited && self.options.look_for_refused;
        let heard = matches!(telling, Telling::Listener(_));
        if self.options.from_main || step || !heard {
            self.watch.begin(self.child.as_raw()).map_err(not_watched)?;
            self.shared.state().remember_last();
        }
        match telling {
            Telling::Listener(listener) => {
                let listener = Arc::new(listener);
                let questions = listen(Arc::clone(&listener), Arc::clone(&self.shared));
                let questions = questions.map_err(|error| failed("trace", &error))?;
                self.listener = Some((listener, questions));
                if step {
                    self.watch.step();
                }
            }
            Telling::Not(reason) if self.options.permissive => {
                return Err(Failure::failed(format!(
                    "cannot let refused calls pass: {reason}"
                )));
            }
            Telling::Not(reason) => {
                self.watch.count_calls();
                let note = format!("traced in a slower way: {reason}");
                self.shared.state().note(note);
            }
        }
        if self.options.from_main {
            self.watch.await_main(self.child);
        }
        child
            .execute()
            .map_err(|error| failed("start the command", &error))
    }

    /// Waits for events until nobody is left.
    pub(super) fn follow(&mut self, execution: Execution) -> Result<End, Stopped> {
        let mut execution = Some(execution);
        let mut pending = false;
        loop {
            self.collect()?;
            // A child that could not execute the command may have ended before it was heard of.
            if pending || self.end.is_some() {
                if let Some(execution) = execution.take() {
                    execution.wait().map_err(Stopped::Execution)?;
                }
            }
            if let Some(end) = self.end {
                let deserted = self
                    .listener
                    .as_ref()
                    .is_none_or(|(listener, _)| is_deserted(listener.as_fd()));
                if self.enough || deserted && !self.watch.is_active() {
                    return Ok(end);
                }
            }
            let ended;
            (pending, ended) = self.poll(execution.as_ref())?;
            if ended && self.end.is_none() {
                // Nobody is left to be heard of: the child is about to be collected.
                std::thread::yield_now();
            }
            self.answer();
        }
    }

    /// Waits for something to happen; whether the outcome of the execution is known, and whether nobody
    /// can be heard of any longer.
    fn poll(&mut self, execution: Option<&Execution>) -> io::Result<(bool, bool)> {
        let bell = self.shared.bell();
        let signals = self.signals.as_fd();
        let mut polled = vec![
            PollFd::new(&signals, PollFlags::IN),
            PollFd::new(&bell, PollFlags::IN),
        ];
        let listener = self.listener.as_ref().map(|(listener, _)| listener.as_fd());
        // Only the end of all concerns this thread.
        polled.extend(
            listener
                .iter()
                .map(|listener| PollFd::new(listener, PollFlags::empty())),
        );
        let outcome = execution.map(Execution::outcome);
        polled.extend(
            outcome
                .iter()
                .map(|outcome| PollFd::new(outcome, PollFlags::IN)),
        );
        match poll(&mut polled, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let pending =
            outcome.is_some() && polled.last().is_some_and(|last| !last.revents().is_empty());
        let ended = listener.is_some() && polled[2].revents().contains(PollFlags::HUP);
        for (signal, is_sent) in self.signals.take() {
            self.signal(signal, is_sent);
        }
        Ok((pending, ended))
    }

    /// A signal for the command has come.
    fn signal(&mut self, signal: Signal, is_sent: bool) {
        if self.end.is_some() {
            // What the command has left behind is not worth waiting for.
            self.enough = true;
        } else if is_sent {
            let _ = kill(self.child, signal);
        }
    }

    /// Takes all events of children and watched threads.
    fn collect(&mut self) -> io::Result<()> {
        loop {
            match wait() {
                Ok(Some((process, Wait::Stopped(signal, event)))) => {
                    let shared = Arc::clone(&self.shared);
                    self.watch
                        .stopped(process, signal, event, &mut shared.state());
                }
                Ok(Some((process, end))) => {
                    self.watch.gone(process);
                    if process == self.child {
                        self.end = Some(match end {
                            Wait::Signaled(signal) => End::Signal(signal),
                            Wait::Exited(status) | Wait::Stopped(status, _) => End::Status(status),
                        });
                    }
                }
                Ok(None) => return Ok(()),
                Err(error) if error.raw_os_error() == Some(libc::ECHILD) => return Ok(()),
                Err(error) if error.raw_os_error() == Some(libc::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Answers questions about filters that are being loaded.
    fn answer(&mut self) {
        self.shared.hush();
        while let Some(question) = self
            .listener
            .as_ref()
            .and_then(|(_, questions)| questions.try_recv().ok())
        {
            let filter = question.load.read(question.thread, self.options.arch);
            let mut state = self.shared.state();
            let answer = match filter {
                Ok(filter) if self.options.permissive && !question.load.wants_listener => {
                    state.loads(question.thread, Some(filter));
                    Answer::Pretend
                }
                filter => {
                    if question.load.wants_listener {
                        state.note("a program wanted to be told of calls itself, which cannot be while it is traced");
                    }
                    state.loads(question.thread, None);
                    state.remember_last();
                    if let Err(error) = self.watch.filter(question.thread, filter.ok()) {
                        state.note(format!(
                            "calls that a program's own filter refuses could not be seen: {error}"
                        ));
                    }
                    Answer::Load
                }
            };
            drop(state);
            question.answer(answer);
        }
    }
}
