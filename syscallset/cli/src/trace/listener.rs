//! Hears of every call before it is made.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

use super::filters::Load;
use super::state::{State, Verdict};
use super::sys::{let_through, pretend, take_turns};
use super::tally::Seen;
use crate::jail::sys::{Notification, receive};

/// What both threads see.
pub(super) struct Shared {
    state: Mutex<State>,
    /// Rings when there is a question.
    bell: OwnedFd,
}

/// A thread is about to load a filter: what is to become of that?
pub(super) struct Question {
    /// The thread, which waits.
    pub(super) thread: i32,
    /// What it wants to load.
    pub(super) load: Load,
    answer: SyncSender<Answer>,
}

/// What is to become of the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The kernel decides.
    Load,
    /// The program is to believe that it was loaded.
    Pretend,
}

impl Question {
    /// Answers.
    pub(super) fn answer(self, answer: Answer) {
        // Nobody waits any longer if the listener is closed.
        let _ = self.answer.send(answer);
    }
}

impl Shared {
    pub(super) fn new(state: State) -> io::Result<Self> {
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self {
            state: Mutex::new(state),
            bell,
        })
    }

    /// The state. A panic of the other thread leaves counts that are still true.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Readable when there is a question.
    pub(super) fn bell(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }

    /// Stops the bell.
    pub(super) fn hush(&self) {
        let _ = rustix::io::read(&self.bell, &mut [0; 8]);
    }

    fn ring(&self) {
        let _ = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
    }
}

/// Hears of calls in a thread of its own until nobody can make any; questions come to the receiver.
///
/// # Errors
///
/// Where there can be no thread.
pub(super) fn listen(
    listener: Arc<OwnedFd>,
    shared: Arc<Shared>,
) -> io::Result<Receiver<Question>> {
    let (questions, receiver) = sync_channel(1);
    take_turns(listener.as_fd());
    let builder = std::thread::Builder::new().name("listener".to_owned());
    builder.spawn(move || {
        while let Ok(more) = hear(listener.as_fd(), &shared, &questions) {
            if !more {
                break;
            }
        }
    })?;
    Ok(receiver)
}

/// Whether no process is left that the listener could hear of.
pub(super) fn is_deserted(listener: BorrowedFd<'_>) -> bool {
    let mut polled = [PollFd::new(&listener, PollFlags::empty())];
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(&mut polled, Some(&now)).is_ok() && polled[0].revents().contains(PollFlags::HUP)
}

/// Hears of one call; whether there may be more.
fn hear(
    listener: BorrowedFd<'_>,
    shared: &Shared,
    questions: &SyncSender<Question>,
) -> io::Result<bool> {
    let notification = match receive(listener) {
        Ok(notification) => notification,
        // The thread was killed or interrupted, or nobody is left.
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOENT | libc::EINTR)) => {
            return Ok(!is_deserted(listener));
        }
        Err(error) => return Err(error),
    };
    let Notification {
        id,
        thread,
        number,
        audit_arch,
        args,
        ..
    } = notification;
    let seen = Seen {
        number,
        audit_arch,
        args,
    };
    let verdict = shared.state().observe(thread, &seen);
    let answered = match verdict {
        Verdict::Through => let_through(listener, id),
        Verdict::Fail(errno) => pretend(listener, id, Err(errno)),
        Verdict::Load(load) => match ask(shared, questions, thread, load) {
            Answer::Load => let_through(listener, id),
            Answer::Pretend => pretend(listener, id, Ok(0)),
        },
    };
    match answered {
        Ok(()) => Ok(true),
        // The thread was killed or interrupted meanwhile.
        Err(error) if error.raw_os_error() == Some(libc::ENOENT) => Ok(true),
        Err(error) => Err(error),
    }
}

fn ask(shared: &Shared, questions: &SyncSender<Question>, thread: i32, load: Load) -> Answer {
    let (answer, answers) = sync_channel(1);
    if questions
        .send(Question {
            thread,
            load,
            answer,
        })
        .is_err()
    {
        return Answer::Load;
    }
    shared.ring();
    answers.recv().unwrap_or(Answer::Load)
}
