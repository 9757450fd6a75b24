//! What both threads of the tracer know: the one that hears of calls, and the one that waits for events.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use syscallset_compiler::action::Action;
use syscallset_compiler::resolve::action_name;
use syscallset_tables::Arch;

use super::aside::{Aside, Call};
use super::filters::{Filter, Load, Loaders};
use super::record::{Begin, Record, Refused};
use super::tally::{Endings, Seen, Tally, full_name};
use super::tasks::Tasks;

/// What is to become of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is made.
    Through,
    /// It fails with this error number.
    Fail(i32),
    /// A filter is to be loaded; the other thread wants to know first.
    Load(Load),
}

/// What is known so far.
pub(super) struct State {
    arch: Arch,
    loaders: Loaders,
    /// The call by which a signal handler ends.
    handler_end: Option<u32>,
    /// The process that becomes the command.
    child: i32,
    /// Whether it is the command already.
    started: bool,
    /// Whether calls are counted from `main` on, and `main` is still to come.
    awaits_main: bool,
    tasks: Tasks,
    everything: Tally,
    /// What was seen of processes under a filter of their own.
    filtered: Tally,
    refused: BTreeMap<(u32, u32, Action, bool), u64>,
    /// The last call that each thread was seen to make, while threads are watched.
    last: Option<HashMap<i32, Seen>>,
    aside: Aside,
    /// What else there is to say.
    notes: BTreeSet<String>,
}

impl State {
    pub(super) fn new(arch: Arch, child: i32, from_main: bool) -> Self {
        Self {
            arch,
            loaders: Loaders::new(arch),
            handler_end: Endings::new(arch).handler,
            child,
            started: false,
            awaits_main: from_main,
            tasks: Tasks::new(arch),
            everything: Tally::new(arch),
            filtered: Tally::new(arch),
            refused: BTreeMap::new(),
            last: None,
            aside: Aside::default(),
            notes: BTreeSet::new(),
        }
    }

    /// Counts a call that a thread is about to make.
    pub(super) fn observe(&mut self, thread: i32, seen: &Seen) -> Verdict {
        if !self.started {
            // Until the command is executed, a thread of the child with another id is at work.
            if thread != self.child {
                return Verdict::Through;
            }
            self.started = true;
            self.tasks.begin(thread);
        }
        if let Some(last) = &mut self.last {
            last.insert(thread, *seen);
        }
        self.count(thread, seen);
        if let Some(load) = self.loaders.request(seen) {
            return Verdict::Load(load);
        }
        self.tasks.forget_if_ending(thread, seen);
        self.judge(thread, seen)
    }

    fn count(&mut self, thread: i32, seen: &Seen) {
        if self.awaits_main && !self.tasks.has_loaded() {
            return;
        }
        let task = self.tasks.of(thread);
        let call = Call {
            program: task.program,
            filtered: task.filtered,
            seen: *seen,
        };
        if self.aside.lay(thread, call) {
            let returns = Some(seen.number) == self.handler_end;
            if returns || self.aside.is_full(thread) {
                for call in self.aside.take(thread) {
                    self.tally(&call);
                }
            }
        } else {
            self.tally(&call);
        }
    }

    fn tally(&mut self, call: &Call) {
        if !self.awaits_main {
            self.everything.count(call.program, &call.seen);
        }
        if call.filtered {
            self.filtered.count(call.program, &call.seen);
        }
    }

    /// From now on, lays a thread's calls aside: a filter has sent it a signal.
    pub(super) fn set_aside(&mut self, thread: i32) {
        self.aside.begin(thread);
    }

    /// Whether a thread's calls are laid aside.
    pub(super) fn is_aside(&self, thread: i32) -> bool {
        self.aside.has(thread)
    }

    /// Forgets what was laid aside: a handler has reported a refused call.
    pub(super) fn drop_aside(&mut self, thread: i32) {
        self.aside.take(thread);
    }

    /// What filters that are not really in force say about a call.
    fn judge(&mut self, thread: i32, seen: &Seen) -> Verdict {
        let Some(action) = self.tasks.pretended(thread, seen) else {
            return Verdict::Through;
        };
        match action {
            Action::Allow | Action::Log => Verdict::Through,
            Action::Errno(0) => Verdict::Fail(0),
            Action::Errno(errno) => {
                self.refuse(seen, action, false);
                Verdict::Fail(i32::from(errno))
            }
            action => {
                self.refuse(seen, action, true);
                Verdict::Through
            }
        }
    }

    /// Counts a call that a filter refused.
    pub(super) fn refuse(&mut self, seen: &Seen, action: Action, let_pass: bool) {
        *self
            .refused
            .entry((seen.audit_arch, seen.number, action, let_pass))
            .or_default() += 1;
    }

    /// A filter is being loaded, or believed to be.
    pub(super) fn loads(&mut self, thread: i32, pretended: Option<Filter>) {
        self.tasks.load(thread, pretended);
    }

    /// The command's `main` begins, or is not going to be noticed.
    pub(super) fn reach_main(&mut self) {
        self.awaits_main = false;
    }

    /// From now on, remembers what each thread does last.
    pub(super) fn remember_last(&mut self) {
        self.last.get_or_insert_default();
    }

    /// The last call that a thread was seen to make.
    pub(super) fn last(&self, thread: i32) -> Option<Seen> {
        self.last
            .as_ref()
            .and_then(|last| last.get(&thread))
            .copied()
    }

    /// Forgets that call.
    pub(super) fn forget_last(&mut self, thread: i32) {
        if let Some(last) = &mut self.last {
            last.remove(&thread);
        }
    }

    /// Adds something to say.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.insert(note.into());
    }

    /// Gives everything its name.
    pub(super) fn record(&mut self, from: Begin) -> (Record, Begin, Vec<String>) {
        for call in self.aside.take_all() {
            self.tally(&call);
        }
        let mut record = Record::new(self.arch);
        let from_filter = from != Begin::Exec && !self.filtered.is_empty();
        let tally = if from_filter {
            &self.filtered
        } else {
            &self.everything
        };
        tally.record(self.tasks.programs(), &mut record);
        for (&(audit_arch, number, action, let_pass), &count) in &self.refused {
            record.refuse(Refused {
                call: full_name(self.arch, audit_arch, number),
                action: action_name(action, self.arch).into_owned(),
                let_pass,
                count,
            });
        }
        let from = if from_filter { Begin::Filter } else { from };
        (
            record,
            from,
            std::mem::take(&mut self.notes).into_iter().collect(),
        )
    }
}
