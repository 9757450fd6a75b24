//! Filters that programs believe to have loaded: what they refuse is let through, and counted.

use std::collections::HashMap;
use std::sync::Arc;

use syscallset_compiler::action::Action;

use super::filters::Filter;
use super::procfs::Status;
use super::tally::Seen;

/// The filters, by process.
#[derive(Debug, Default)]
pub(super) struct Pretended(HashMap<i32, Vec<Arc<Filter>>>);

impl Pretended {
    /// Whether no process believes in any.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The filters that a process believes to be under: its own, or, the first time, those of its parent.
    pub(super) fn of(&mut self, status: &Status) -> Vec<Arc<Filter>> {
        if !self.0.contains_key(&status.process) {
            let parents = self.0.get(&status.parent).cloned().unwrap_or_default();
            self.0.insert(status.process, parents);
        }
        self.0[&status.process].clone()
    }

    /// One more for this process.
    pub(super) fn add(&mut self, status: &Status, filter: Filter) {
        let mut filters = self.of(status);
        filters.push(Arc::new(filter));
        self.0.insert(status.process, filters);
    }
}

/// What filters say about a call together: the kernel takes the strictest verdict.
pub(super) fn strictest(filters: &[Arc<Filter>], seen: &Seen) -> Option<Action> {
    filters.iter().map(|filter| filter.evaluate(seen)).min()
}
