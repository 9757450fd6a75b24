//! Watches threads with ptrace(2), where notifications do not tell enough: which calls a filter in force
//! refuses, and when `main` begins.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;

use nix::sys::ptrace::{self, Options};
use nix::unistd::Pid;
use syscallset_compiler::action::Action;
use syscallset_compiler::report::TOKEN_KILL;
use syscallset_tables::Arch;

use super::awaited::AwaitedMain;
use super::filters::Filter;
use super::procfs::{Status, current_call, threads};
use super::state::State;
use super::sys::{Resume, SYSCALL_STOP, Stop, resume, state};
use super::tally::Seen;

/// `SYS_SECCOMP`: a `SIGSYS` that a filter has sent.
const FROM_FILTER: i32 = 1;

/// The kernel's private error numbers begin here: a call that is interrupted and will be made again.
const RESTART: i64 = 512;

/// The file descriptor of standard error.
const STDERR: u64 = 2;

/// The threads that are watched.
pub(super) struct Watch {
    arch: Arch,
    threads: HashMap<i32, Watched>,
    /// Whether threads stop at every call.
    stepping: bool,
    /// Whether calls are counted here, because nobody else is told of them.
    counting: bool,
    main: AwaitedMain,
    /// The filters that were loaded, as far as they could be read.
    filters: Vec<Filter>,
}

/// A thread that is watched.
#[derive(Debug, Default)]
struct Watched {
    /// The call that it has begun, while stepping.
    begun: Option<Seen>,
    /// The call for which a filter has sent it a signal.
    trapped: Option<Seen>,
}

impl Watch {
    /// Nobody yet.
    pub(super) fn new(arch: Arch) -> Self {
        Self {
            arch,
            threads: HashMap::new(),
            stepping: false,
            counting: false,
            main: AwaitedMain::Settled,
            filters: Vec::new(),
        }
    }

    /// Lets the watched process tell when it comes to `main`.
    pub(super) fn await_main(&mut self, child: Pid) {
        self.main = AwaitedMain::NotExecuted(child.as_raw());
    }

    /// Counts calls here.
    pub(super) fn count_calls(&mut self) {
        self.counting = true;
        self.stepping = true;
    }

    /// Whether anybody is watched.
    pub(super) fn is_active(&self) -> bool {
        !self.threads.is_empty()
    }

    /// Stops at every call from now on.
    pub(super) fn step(&mut self) {
        if !self.stepping {
            self.stepping = true;
            for thread in self.threads.keys() {
                // One that is gone needs no stop.
                let _ = ptrace::interrupt(Pid::from_raw(*thread));
            }
        }
    }

    /// Watches all threads of a process.
    ///
    /// # Errors
    ///
    /// Where none can be watched: the process is another debugger's, or has forbidden it.
    pub(super) fn begin(&mut self, process: i32) -> io::Result<()> {
        let mut outcome = Err(io::ErrorKind::NotFound.into());
        // Threads that are not watched yet may start others.
        loop {
            let before = self.threads.len();
            for thread in threads(process)? {
                if let Entry::Vacant(unwatched) = self.threads.entry(thread) {
                    match seize(thread) {
                        Ok(()) => _ = unwatched.insert(Watched::default()),
                        Err(error) => outcome = Err(error),
                    }
                }
                if self.threads.contains_key(&thread) {
                    outcome = Ok(());
                }
            }
            if self.threads.len() == before {
                return outcome;
            }
        }
    }

    /// Watches all threads of a process that is about to load a filter.
    ///
    /// # Errors
    ///
    /// As [`Watch::begin`].
    pub(super) fn filter(&mut self, thread: i32, filter: Option<Filter>) -> io::Result<()> {
        let outcome = self.begin(Status::read(thread).process);
        if filter.as_ref().is_none_or(Filter::answers_quietly) {
            self.step();
        }
        self.filters.extend(filter);
        outcome
    }

    /// A watched thread is no more.
    pub(super) fn gone(&mut self, thread: Pid) {
        self.threads.remove(&thread.as_raw());
    }

    /// A watched thread has stopped.
    pub(super) fn stopped(&mut self, thread: Pid, signal: i32, event: i32, known: &mut State) {
        self.threads.entry(thread.as_raw()).or_default();
        let mut deliver = 0;
        let mut how = if self.stepping {
            Resume::ToSyscall
        } else {
            Resume::Freely
        };
        match event {
            libc::PTRACE_EVENT_EXEC => self.executed(thread, known),
            libc::PTRACE_EVENT_EXIT => self.ends(thread, known),
            libc::PTRACE_EVENT_STOP if is_stopping(signal) => how = Resume::Listen,
            0 if signal == SYSCALL_STOP => self.at_call(thread, known),
            0 if signal == libc::SIGTRAP && self.main.is_reached(thread, known) => {
                how = self.behind_main(how);
            }
            0 => {
                if signal == libc::SIGSYS {
                    self.trapped(thread, known);
                }
                deliver = signal;
            }
            _ => {}
        }
        // One that was killed meanwhile does not go on.
        let _ = resume(thread, how, deliver);
    }

    /// How a thread goes on that has come to `main`: where nothing else is to be seen, it need not be
    /// watched any longer.
    fn behind_main(&mut self, how: Resume) -> Resume {
        if self.threads.len() > 1 || self.stepping || !self.filters.is_empty() {
            return how;
        }
        self.threads.clear();
        Resume::Detach
    }

    fn at_call(&mut self, thread: Pid, known: &mut State) {
        let Ok(state) = state(thread) else { return };
        let id = thread.as_raw();
        let watched = self.threads.entry(id).or_default();
        match state.stop {
            Stop::Entry { number, args } => {
                let Ok(number) = u32::try_from(number) else {
                    return;
                };
                let seen = Seen {
                    number,
                    audit_arch: state.audit_arch,
                    args,
                };
                watched.begun = Some(seen);
                known.forget_last(id);
                if self.counting {
                    known.observe(id, &seen);
                }
            }
            Stop::Exit { value, is_error } => {
                let Some(begun) = watched.begun.take() else {
                    return;
                };
                // Filters answer before anybody is notified.
                let unheard = !self.counting && known.last(id).is_none();
                let errno = u16::try_from(-value).unwrap_or_default();
                if is_error && unheard && -value < RESTART && self.is_call(&begun) {
                    known.refuse(&begun, Action::Errno(errno), false);
                }
            }
            Stop::Other => {}
        }
    }

    /// Whether anybody could allow it.
    fn is_call(&self, seen: &Seen) -> bool {
        seen.audit_arch != self.arch.audit_arch() || self.arch.name_of(seen.number).is_some()
    }

    /// A filter has sent a thread a signal instead of making a call.
    fn trapped(&mut self, thread: Pid, known: &mut State) {
        let from_filter = ptrace::getsiginfo(thread).is_ok_and(|info| info.si_code == FROM_FILTER);
        let Some(seen) = current_call(thread).filter(|_| from_filter) else {
            return;
        };
        let watched = self.threads.entry(thread.as_raw()).or_default();
        watched.begun = None;
        watched.trapped = Some(seen);
        let id = thread.as_raw();
        // Under a filter that refuses even that, the report itself is refused.
        let reports = self.arch.number("write") == Some(seen.number) && seen.args[0] == STDERR;
        if !(reports && known.is_aside(id)) {
            known.refuse(&seen, Action::Trap, false);
        }
        known.set_aside(id);
    }

    /// A thread is about to end; perhaps a filter has killed it.
    fn ends(&mut self, thread: Pid, known: &mut State) {
        let killed =
            ptrace::getevent(thread).is_ok_and(|status| status & 0x7f == i64::from(libc::SIGSYS));
        let Some(seen) = current_call(thread).filter(|_| killed) else {
            return;
        };
        let watched = self.threads.entry(thread.as_raw()).or_default();
        // The others die with it, in calls that were allowed.
        let allowed = if self.counting {
            watched.begun.is_none()
        } else {
            known.last(thread.as_raw()) == Some(seen)
        };
        if allowed || watched.trapped == Some(seen) {
            return;
        }
        if self.is_end_of_report(&seen) {
            known.drop_aside(thread.as_raw());
            return;
        }
        let verdicts = self.filters.iter().map(|filter| filter.evaluate(&seen));
        let action = verdicts
            .min()
            .filter(|action| *action == Action::KillThread);
        known.refuse(&seen, action.unwrap_or(Action::KillProcess), false);
    }

    /// Whether this is how the handler that reports a refused call kills the process.
    fn is_end_of_report(&self, seen: &Seen) -> bool {
        let last = seen.args[4] & u64::from(u32::MAX);
        self.arch.number("prctl") == Some(seen.number) && last == u64::from(TOKEN_KILL)
    }

    fn executed(&mut self, thread: Pid, known: &mut State) {
        // Executed by another thread than the first, a program takes over the first one's id.
        if let Ok(former) = ptrace::getevent(thread) {
            if let Ok(former) = i32::try_from(former) {
                if former != thread.as_raw() {
                    self.threads.remove(&former);
                }
            }
        }
        self.main.executed(thread, self.arch, known);
    }
}

fn seize(thread: i32) -> io::Result<()> {
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_TRACEEXIT;
    Ok(ptrace::seize(Pid::from_raw(thread), options)?)
}

/// Whether the signal stops processes, so that the stop is a real one.
fn is_stopping(signal: i32) -> bool {
    matches!(
        signal,
        libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU
    )
}
