//! System call sets.

use crate::SETS;

/// A named set of system calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Set {
    /// The name with its `@`.
    pub name: &'static str,
    /// What the set is for, in one line.
    pub description: &'static str,
    /// Who wrote the set.
    pub origin: Origin,
    /// The names of the sets nested in this one, sorted. Each of them exists, and none leads back here.
    pub sets: &'static [&'static str],
    /// The system calls that the set itself lists, sorted; those of nested sets are not repeated on purpose, but
    /// may be.
    pub calls: &'static [&'static str],
}

/// Who wrote a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// systemd, except that `execve` is in `@process` instead of `@default`.
    Systemd,
    /// This project, by hand: the `@rust-*` sets.
    Syscallset,
}

/// Looks a set up by its name, which starts with `@`.
pub fn set(name: &str) -> Option<&'static Set> {
    SETS.binary_search_by(|set| set.name.cmp(name))
        .ok()
        .map(|index| &SETS[index])
}

impl Set {
    /// The sets nested directly in this one.
    fn nested(&self) -> impl Iterator<Item = &'static Set> {
        // The generator refuses references that lead nowhere.
        self.sets.iter().filter_map(|name| set(name))
    }

    /// Whether the call is in this set or in one nested in it.
    pub fn contains(&self, call: &str) -> bool {
        self.calls.binary_search(&call).is_ok() || self.nested().any(|nested| nested.contains(call))
    }

    /// Calls `visit` with every system call of this set and of those nested in it. A call that several of them
    /// list is visited several times.
    pub fn for_each_call(&self, visit: &mut dyn FnMut(&'static str)) {
        for call in self.calls {
            visit(call);
        }
        for nested in self.nested() {
            nested.for_each_call(visit);
        }
    }
}
