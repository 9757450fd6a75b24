//! Numbers that a function does not know itself: its callers give them, or those who write to a variable.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::look::{beside, destinations, field, given, holds, stored_to};
use super::{Callers, Path, Site, Solver, Unknown};
use crate::code::{Convention, convention};
use crate::flow::{Atom, Event, State, Value};
use crate::namespace::{Location, Namespace};
use crate::reach::Node;

/// A number that a function gets from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Demand {
    /// The function, by module and index.
    pub(super) function: (usize, usize),
    pub(super) source: Atom,
}

impl Solver<'_> {
    /// Looks for what the callers of a function, or the writers of a variable, give.
    pub(super) fn demand(&mut self, demand: Demand, path: &Rc<Path>) {
        match demand.source {
            Atom::Global(location) | Atom::GlobalField(location, _) => {
                self.written(demand.source, location, path);
            }
            _ => self.called(demand, path),
        }
    }

    fn called(&mut self, demand: Demand, path: &Rc<Path>) {
        let start = self.namespace.start(demand.function).address;
        let start = Site::new(demand.function, start);
        let callers = self.callers.of(demand.function);
        if callers.is_empty() {
            let next = Some(Rc::clone(path));
            return self.solution.give_up(start, Unknown::Entered, next);
        }
        for caller in callers {
            match caller {
                Node::Function(module, function) => self.caller(demand, (module, function), path),
                Node::Object(..) => {
                    // A pointer to it is in reachable data.
                    let next = Some(Rc::clone(path));
                    self.solution.give_up(start, Unknown::AddressTaken, next);
                }
            }
        }
    }

    /// Looks at one function that refers to the one that wants to know.
    fn caller(&mut self, demand: Demand, caller: (usize, usize), path: &Rc<Path>) {
        let namespace = self.namespace;
        let mut uses = Uses::new(namespace, demand, caller.0);
        let result = self.follow(caller, &mut |at, event, state| uses.note(at, event, state));
        let Uses { given, escaped, .. } = uses;
        let next = || Some(Rc::clone(path));
        let site = |at| Site::new(caller, at);
        if result.is_err() {
            let start = site(namespace.start(caller).address);
            return self.solution.give_up(start, Unknown::TooLarge, next());
        }
        let unused = given.is_empty();
        for (at, value) in given {
            self.value(site(at), &value, next());
        }
        let mut taken = Vec::from_iter(escaped);
        if taken.is_empty() && unused {
            taken = Callers::references(namespace, caller, demand.function);
        }
        for at in taken {
            self.solution
                .give_up(site(at), Unknown::AddressTaken, next());
        }
    }

    /// Looks at what is written to a variable.
    fn written(&mut self, source: Atom, location: Location, path: &Rc<Path>) {
        let image = &self.namespace.modules[location.module].image;
        // Through a pointer to the variable, anybody may write to it.
        let mut unknown = self.taken.contains(&location);
        if let (Atom::Global(_), Some(initial)) = (source, image.half(location.address)) {
            let value = Value::from(Atom::Const(u64::from(initial)));
            self.value(path.site, &value, path.next.clone());
        }
        let convention = convention(image.arch, false);
        // Where nothing writes, a pointer is null for ever.
        for writer in self.writers.get(&location).cloned().unwrap_or_default() {
            let mut found: BTreeMap<u64, Option<Value>> = BTreeMap::new();
            let result = self.follow(writer, &mut |at, event, state| {
                let Event::Store(place, value) = event else {
                    return;
                };
                if place.indexed || stored_to(place, writer.0, state) != Some(location) {
                    return;
                }
                let value = state.source(value);
                let value = match source {
                    Atom::GlobalField(_, offset) => field(&value, offset, state, &convention),
                    _ => Some(value),
                };
                found.insert(at, value);
            });
            unknown |= result.is_err() || found.is_empty();
            for (at, value) in found {
                if let Some(value) = value {
                    self.value(Site::new(writer, at), &value, Some(Rc::clone(path)));
                }
            }
        }
        if unknown {
            let next = path.next.clone();
            self.solution.give_up(path.site, Unknown::Computed, next);
        }
    }
}

/// What one function does with another one that wants to know a number.
struct Uses<'a> {
    namespace: &'a Namespace,
    demand: Demand,
    /// The module of the one that is looked at, and its convention.
    module: usize,
    convention: Convention,
    /// What it gives, by the instruction that calls the other one or hands it over.
    given: BTreeMap<u64, Value>,
    /// An instruction that stores the other one's address where anybody may find it.
    escaped: Option<u64>,
}

impl<'a> Uses<'a> {
    fn new(namespace: &'a Namespace, demand: Demand, module: usize) -> Self {
        let image = &namespace.modules[module].image;
        Self {
            namespace,
            demand,
            module,
            convention: convention(image.arch, image.is_go),
            given: BTreeMap::new(),
            escaped: None,
        }
    }

    fn note(&mut self, at: u64, event: Event, state: &State) {
        let (target, pushed) = match event {
            Event::Call(target) => (target, self.convention.call_pushes),
            Event::Jump(target) => (target, 0),
            Event::Store(place, value) => {
                let outside = place
                    .base
                    .is_none_or(|base| !matches!(state.reg(base).one(), Some(Atom::Stack(_))));
                if outside && self.holds(&state.source(value)) {
                    self.escaped = Some(at);
                }
                return;
            }
            Event::Syscall => return,
        };
        let Self {
            demand, convention, ..
        } = *self;
        let goes = destinations(self.namespace, self.module, target, state);
        if goes.iter().any(|location| self.is_wanted(*location)) {
            self.give(at, given(demand.source, state, pushed, &convention));
            return;
        }
        // The function may be handed over to be called with what is handed over beside it.
        let mut arguments = convention.arguments.iter();
        if arguments.any(|reg| self.holds(state.reg(*reg))) {
            self.give(at, beside(demand.source, state, &convention));
        }
    }

    fn give(&mut self, at: u64, value: Value) {
        let known = self.given.get(&at).map(|known| known.union(&value));
        self.given.insert(at, known.unwrap_or(value));
    }

    fn is_wanted(&self, location: Location) -> bool {
        let (module, function) = self.demand.function;
        let wanted = &self.namespace.modules[module].functions[function].range;
        location.module == module && wanted.contains(&location.address)
    }

    /// Whether a value can be an address of the function that wants to know.
    fn holds(&self, value: &Value) -> bool {
        let is_wanted = |location| self.is_wanted(location);
        holds(self.namespace, self.module, value, &is_wanted)
    }
}
