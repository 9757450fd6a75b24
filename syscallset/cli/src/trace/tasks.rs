//! The threads that were seen: which program each one is, and which filters it is under.

use std::collections::HashMap;
use std::sync::Arc;

use syscallset_compiler::action::Action;
use syscallset_tables::Arch;

use super::filters::Filter;
use super::pretended::{Pretended, strictest};
use super::procfs::{Status, program};
use super::tally::{Endings, Seen};

/// All threads that were seen.
pub(super) struct Tasks {
    endings: Endings,
    programs: Vec<String>,
    known: HashMap<i32, Task>,
    /// How many filters the command begins under; none if the kernel does not tell.
    filters_at_start: Option<u32>,
    /// How many filters were loaded.
    loads: u32,
    pretended: Pretended,
}

/// A thread.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// The index of its program.
    pub(super) program: usize,
    /// Loads at the time when `filtered` and `pretended` were found out.
    as_of: u32,
    /// Whether it is under a filter of the command's own.
    pub(super) filtered: bool,
    pretended: Vec<Arc<Filter>>,
}

impl Tasks {
    pub(super) fn new(arch: Arch) -> Self {
        Self {
            endings: Endings::new(arch),
            programs: Vec::new(),
            known: HashMap::new(),
            filters_at_start: None,
            loads: 0,
            pretended: Pretended::default(),
        }
    }

    /// The command begins: what it is under now is not its own.
    pub(super) fn begin(&mut self, thread: i32) {
        self.filters_at_start = Status::read(thread).filters;
    }

    /// Whether a filter was loaded, or is believed to be.
    pub(super) const fn has_loaded(&self) -> bool {
        self.loads > 0
    }

    /// The programs, in the order in which they were first seen.
    pub(super) fn programs(&self) -> &[String] {
        &self.programs
    }

    /// What the filters that a thread believes to be under say about a call.
    pub(super) fn pretended(&mut self, thread: i32, seen: &Seen) -> Option<Action> {
        if self.pretended.is_empty() {
            return None;
        }
        strictest(&self.of(thread).pretended, seen)
    }

    /// A filter is being loaded, or believed to be.
    pub(super) fn load(&mut self, thread: i32, pretended: Option<Filter>) {
        self.loads += 1;
        let Some(filter) = pretended else { return };
        // Processes that are there already do not come under this filter.
        for other in self.known.keys() {
            self.pretended.of(&Status::read(*other));
        }
        self.pretended.add(&Status::read(thread), filter);
    }

    /// What is known of a thread, found out anew where a filter was loaded since.
    pub(super) fn of(&mut self, thread: i32) -> &Task {
        let stale = self
            .known
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
            self.known.insert(thread, task);
        }
        &self.known[&thread]
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
    pub(super) fn forget_if_ending(&mut self, thread: i32, seen: &Seen) {
        let number = Some(seen.number);
        if self.endings.program.contains(&number) {
            // The thread that is going to be seen next may be the first of the process.
            self.known.clear();
        } else if self.endings.thread.contains(&number) {
            self.known.remove(&thread);
        }
    }
}
