//! What both threads of the tracer know: the one that hears of calls, and the one that waits for events.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use syscallset_compiler::action::Action;
use syscallset_compiler::resolve::action_name;
use syscallset_tables::Arch;

use super::aside::{Aside, Call};
use super::filters::{Filter, Load, Loaders};
use super::pretended::{Pretended, strictest};
use super::procfs::{Status, program};
use super::record::{Begin, Record, Refused};
use super::tally::{Endings, Seen, Tally, full_name};

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
    endings: Endings,
    /// The process that becomes the command.
    child: i32,
    /// Whether it is the command already.
    started: bool,
    /// Whether calls are counted from `main` on, and `main` is still to come.
    awaits_main: bool,
    programs: Vec<String>,
    tasks: HashMap<i32, Task>,
    everything: Tally,
    /// What was seen of processes under a filter of their own.
    filtered: Tally,
    refused: BTreeMap<(u32, u32, Action, bool), u64>,
    /// How many filters the command begins under; none if the kernel does not tell.
    filters_at_start: Option<u32>,
    /// How many filters were loaded.
    loads: u32,
    pretended: Pretended,
    /// The last call that each thread was seen to make, while threads are watched.
    last: Option<HashMap<i32, Seen>>,
    aside: Aside,
    /// What else there is to say.
    notes: BTreeSet<String>,
}

/// A thread.
#[derive(Clone, Debug)]
struct Task {
    program: usize,
    /// Loads at the time when `filtered` and `pretended` were found out.
    as_of: u32,
    filtered: bool,
    pretended: Vec<Arc<Filter>>,
}

impl State {
    pub(super) fn new(arch: Arch, child: i32, from_main: bool) -> Self {
        Self {
            arch,
            loaders: Loaders::new(arch),
            endings: Endings::new(arch),
            child,
            started: false,
            awaits_main: from_main,
            programs: Vec::new(),
            tasks: HashMap::new(),
            everything: Tally::new(arch),
            filtered: Tally::new(arch),
            refused: BTreeMap::new(),
            filters_at_start: None,
            loads: 0,
            pretended: Pretended::default(),
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
            self.filters_at_start = Status::read(thread).filters;
        }
        if let Some(last) = &mut self.last {
            last.insert(thread, *seen);
        }
        self.count(thread, seen);
        if let Some(load) = self.loaders.request(seen) {
            return Verdict::Load(load);
        }
        self.forget_if_ending(thread, seen);
        self.judge(thread, seen)
    }

    fn count(&mut self, thread: i32, seen: &Seen) {
        if self.awaits_main && self.loads == 0 {
            return;
        }
        let task = self.task(thread);
        let call = Call {
            program: task.program,
            filtered: task.filtered,
            seen: *seen,
        };
        if self.aside.lay(thread, call) {
            let returns = Some(seen.number) == self.endings.handler;
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

    fn task(&mut self, thread: i32) -> &Task {
        let stale = self
            .tasks
            .get(&thread)
            .is_none_or(|task| task.as_of != self.loads);
        if stale {
            let program = self.program(thread);
            let mut task = Task {
                program,
                as_of: self.loads,
                filtered: false,
                pretended: Vec::new(),
            };
            if self.loads > 0 {
                let status = Status::read(thread);
                if !self.pretended.is_empty() {
                    task.pretended = self.pretended.of(&status);
                }
                // Where the kernel does not count filters, all that follows a load is taken to be under one.
                let more = status.filters.zip(self.filters_at_start);
                task.filtered =
                    !task.pretended.is_empty() || more.is_none_or(|(now, then)| now > then);
            }
            self.tasks.insert(thread, task);
        }
        &self.tasks[&thread]
    }

    fn program(&mut self, thread: i32) -> usize {
        let path = program(thread);
        self.programs
            .iter()
            .position(|other| *other == path)
            .unwrap_or_else(|| {
                self.programs.push(path);
                self.programs.len() - 1
            })
    }

    /// A thread that ends or executes another program is another one when its id is seen again.
    fn forget_if_ending(&mut self, thread: i32, seen: &Seen) {
        let number = Some(seen.number);
        if self.endings.program.contains(&number) {
            // The thread that is going to be seen next may be the first of the process.
            self.tasks.clear();
        } else if self.endings.thread.contains(&number) {
            self.tasks.remove(&thread);
        }
    }

    /// What filters that are not really in force say about a call.
    fn judge(&mut self, thread: i32, seen: &Seen) -> Verdict {
        if self.pretended.is_empty() {
            return Verdict::Through;
        }
        let Some(action) = strictest(&self.task(thread).pretended, seen) else {
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
        self.loads += 1;
        let Some(filter) = pretended else { return };
        // Processes that are there already do not come under this filter.
        for other in self.tasks.keys() {
            self.pretended.of(&Status::read(*other));
        }
        self.pretended.add(&Status::read(thread), filter);
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
        tally.record(&self.programs, &mut record);
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
