//! Calls of threads to which a filter has sent a signal: perhaps those of the handler that reports it, which
//! are not the program's.

use std::collections::HashMap;

use super::tally::Seen;

/// So many calls are not those of a handler that reports.
const REPORT: usize = 64;

/// A call, with what was known of its thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    /// The index of its program.
    pub(super) program: usize,
    /// Whether it is under a filter of its own.
    pub(super) filtered: bool,
    pub(super) seen: Seen,
}

/// The calls that are laid aside, by thread.
#[derive(Debug, Default)]
pub(super) struct Aside(HashMap<i32, Vec<Call>>);

impl Aside {
    /// From now on, lays a thread's calls aside.
    pub(super) fn begin(&mut self, thread: i32) {
        self.0.entry(thread).or_default();
    }

    /// Whether a thread's calls are laid aside.
    pub(super) fn has(&self, thread: i32) -> bool {
        self.0.contains_key(&thread)
    }

    /// Lays a call aside if its thread's calls are; false if they are not.
    pub(super) fn lay(&mut self, thread: i32, call: Call) -> bool {
        let calls = self.0.get_mut(&thread);
        calls.map(|calls| calls.push(call)).is_some()
    }

    /// Whether they are too many for a handler that reports.
    pub(super) fn is_full(&self, thread: i32) -> bool {
        self.0
            .get(&thread)
            .is_some_and(|calls| calls.len() > REPORT)
    }

    /// Takes a thread's calls back.
    pub(super) fn take(&mut self, thread: i32) -> Vec<Call> {
        self.0.remove(&thread).unwrap_or_default()
    }

    /// Takes all back.
    pub(super) fn take_all(&mut self) -> Vec<Call> {
        let all = std::mem::take(&mut self.0);
        all.into_values().flatten().collect()
    }
}
