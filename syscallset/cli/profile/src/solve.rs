//! Which numbers reach the system call instructions: in the function itself, or from its callers if it passes on a
//! parameter.

mod callers;
mod look;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::rc::Rc;

use crate::code::convention;
use crate::flow::{Atom, Budget, Event, State, Value, follow};
use crate::namespace::{Location, Namespace};
use crate::reach::{Node, Reachable};
use crate::scan::RefKind;
pub(crate) use callers::Callers;
use look::{beside, destinations, field, given, holds, stored_to};

/// A place in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Site {
    pub(crate) module: usize,
    pub(crate) function: usize,
    pub(crate) at: u64,
}

/// The way of a number from the place where it is known to the system call instruction, which comes last.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) site: Site,
    pub(crate) next: Option<Rc<Path>>,
}

impl Path {
    /// The places from here on, in the order in which they run.
    pub(crate) fn sites(&self) -> Vec<Site> {
        let mut sites = vec![self.site];
        let mut next = &self.next;
        while let Some(path) = next {
            sites.push(path.site);
            next = &path.next;
        }
        sites
    }
}

/// Why a number is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Unknown {
    /// It is computed in a way that is not followed.
    Computed,
    /// It comes from a parameter, and the address of the function is taken here: anybody may call it.
    AddressTaken,
    /// It comes from a parameter of a function that nothing in the program calls.
    Entered,
    /// The function, or all of them together, is too large to be followed.
    TooLarge,
    /// The instruction enters the kernel through the 32-bit ABI, which has other numbers.
    ForeignAbi,
}

/// What was found out about the reachable system call instructions.
#[derive(Debug, Default)]
pub(crate) struct Solution {
    /// The numbers, each with the first way that was found.
    pub(crate) numbers: BTreeMap<u32, Rc<Path>>,
    /// The addresses, if those were looked for.
    pub(crate) addresses: BTreeMap<Location, Rc<Path>>,
    /// The places where it is not known which number comes.
    pub(crate) unknown: BTreeMap<(Site, Unknown), Rc<Path>>,
    /// How many system call instructions are reachable.
    pub(crate) sites: usize,
}

/// A number that a function gets from its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Demand {
    module: usize,
    function: usize,
    source: Atom,
}

struct Solver<'a> {
    namespace: &'a Namespace,
    callers: &'a Callers,
    budget: &'a mut Budget,
    /// Whether addresses are looked for, not numbers.
    addresses: bool,
    solution: Solution,
    queue: VecDeque<(Demand, Rc<Path>)>,
    seen: HashSet<Demand>,
    writers: HashMap<Location, Vec<(usize, usize)>>,
    /// The variables whose address is taken.
    taken: HashSet<Location>,
}

/// Finds the addresses that reachable code passes to a function as argument number `argument`.
pub(crate) fn arguments(
    namespace: &Namespace,
    callers: &Callers,
    function: Location,
    argument: usize,
    budget: &mut Budget,
) -> Solution {
    let mut solver = Solver::new(namespace, callers, budget, true);
    let contents = &namespace.modules[function.module];
    if let Some(index) = contents.function(function.address) {
        let reg = convention(contents.image.arch, false).arguments[argument];
        let site = Site {
            module: function.module,
            function: index,
            at: function.address,
        };
        solver.value(site, &Value::from(Atom::Entry(reg)), None);
    }
    solver.run()
}

/// Finds the numbers of all reachable system calls.
pub(crate) fn solve(
    namespace: &Namespace,
    reachable: &Reachable,
    callers: &Callers,
    budget: &mut Budget,
) -> Solution {
    let mut solver = Solver::new(namespace, callers, budget, false);
    for (module, function) in reachable.functions() {
        let mut kernel = false;
        for reference in namespace.modules[module].refs_of(function) {
            match reference.kind {
                RefKind::Syscall => kernel = true,
                RefKind::ForeignSyscall => {
                    let site = Site {
                        module,
                        function,
                        at: reference.at,
                    };
                    solver.give_up(site, Unknown::ForeignAbi, None);
                }
                RefKind::Take => {
                    let address = reference.target;
                    let image = &namespace.modules[module].image;
                    if image
                        .segment(address)
                        .is_some_and(|segment| segment.writable)
                    {
                        solver.taken.insert(Location { module, address });
                    }
                }
                RefKind::Write => {
                    let location = Location {
                        module,
                        address: reference.target,
                    };
                    solver
                        .writers
                        .entry(location)
                        .or_default()
                        .push((module, function));
                }
                _ => {}
            }
        }
        if kernel {
            solver.kernel(module, function);
        }
    }
    solver.run()
}

impl<'a> Solver<'a> {
    fn new(
        namespace: &'a Namespace,
        callers: &'a Callers,
        budget: &'a mut Budget,
        addresses: bool,
    ) -> Self {
        Self {
            namespace,
            callers,
            budget,
            addresses,
            solution: Solution::default(),
            queue: VecDeque::new(),
            seen: HashSet::new(),
            writers: HashMap::new(),
            taken: HashSet::new(),
        }
    }

    fn run(mut self) -> Solution {
        while let Some((demand, path)) = self.queue.pop_front() {
            self.demand(demand, &path);
        }
        self.solution
    }

    fn give_up(&mut self, site: Site, why: Unknown, next: Option<Rc<Path>>) {
        let path = Rc::new(Path { site, next });
        self.solution.unknown.entry((site, why)).or_insert(path);
    }

    /// The system call instructions of a function.
    fn kernel(&mut self, module: usize, function: usize) {
        let number = convention(self.namespace.modules[module].image.arch, false).number;
        let mut found: BTreeMap<u64, Value> = BTreeMap::new();
        let entries = self.callers.entries(module, function);
        let result = follow(
            self.namespace,
            module,
            function,
            &entries,
            self.budget,
            &mut |at, event, state| {
                if let Event::Syscall = event {
                    found.insert(at, state.reg(number).truncate(4));
                }
            },
        );
        if result.is_err() {
            let refs = self.namespace.modules[module].refs_of(function).to_vec();
            for reference in refs
                .iter()
                .filter(|reference| reference.kind == RefKind::Syscall)
            {
                let site = Site {
                    module,
                    function,
                    at: reference.at,
                };
                self.give_up(site, Unknown::TooLarge, None);
            }
            return;
        }
        for (at, value) in found {
            self.solution.sites += 1;
            self.value(
                Site {
                    module,
                    function,
                    at,
                },
                &value,
                None,
            );
        }
    }

    /// Takes note of a number that is given at a place.
    fn value(&mut self, site: Site, value: &Value, next: Option<Rc<Path>>) {
        let Some(atoms) = value.atoms() else {
            return self.give_up(site, Unknown::Computed, next);
        };
        let path = Rc::new(Path { site, next });
        for atom in atoms {
            match *atom {
                Atom::Const(address) if self.addresses => {
                    let location = Location {
                        module: site.module,
                        address,
                    };
                    self.solution
                        .addresses
                        .entry(location)
                        .or_insert_with(|| Rc::clone(&path));
                }
                Atom::Const(number) => {
                    let number = u32::try_from(number & 0xffff_ffff).unwrap_or(u32::MAX);
                    self.solution
                        .numbers
                        .entry(number)
                        .or_insert_with(|| Rc::clone(&path));
                }
                Atom::Address(location) if self.addresses => {
                    self.solution
                        .addresses
                        .entry(location)
                        .or_insert_with(|| Rc::clone(&path));
                }
                Atom::Address(_) | Atom::Stack(_) => {
                    self.give_up(site, Unknown::Computed, path.next.clone());
                }
                source => {
                    let Site {
                        module, function, ..
                    } = site;
                    let demand = Demand {
                        module,
                        function,
                        source,
                    };
                    if self.seen.insert(demand) {
                        self.queue.push_back((demand, Rc::clone(&path)));
                    }
                }
            }
        }
    }

    /// Looks for what the callers of a function, or the writers of a variable, give.
    fn demand(&mut self, demand: Demand, path: &Rc<Path>) {
        match demand.source {
            Atom::Global(location) | Atom::GlobalField(location, _) => {
                self.written(demand, location, path);
            }
            source => self.called(demand, source, path),
        }
    }

    fn called(&mut self, demand: Demand, source: Atom, path: &Rc<Path>) {
        let Demand {
            module, function, ..
        } = demand;
        let callers = self.callers.of(module, function);
        if callers.is_empty() {
            let at = self.namespace.modules[module].functions[function]
                .range
                .start;
            return self.give_up(
                Site {
                    module,
                    function,
                    at,
                },
                Unknown::Entered,
                Some(Rc::clone(path)),
            );
        }
        for caller in callers {
            let (in_module, in_function) = match caller {
                Node::Function(module, function) => (module, function),
                Node::Object(..) => {
                    // A pointer to it is in reachable data.
                    let at = self.namespace.modules[module].functions[function]
                        .range
                        .start;
                    let site = Site {
                        module,
                        function,
                        at,
                    };
                    self.give_up(site, Unknown::AddressTaken, Some(Rc::clone(path)));
                    continue;
                }
            };
            self.caller(demand, source, (in_module, in_function), path);
        }
    }

    /// Looks at one function that refers to the one that wants to know.
    fn caller(&mut self, demand: Demand, source: Atom, caller: (usize, usize), path: &Rc<Path>) {
        let namespace = self.namespace;
        let wanted = namespace.modules[demand.module].functions[demand.function]
            .range
            .clone();
        let is_wanted = |location: Location| {
            location.module == demand.module && wanted.contains(&location.address)
        };
        let (module, function) = caller;
        let convention = convention(
            namespace.modules[module].image.arch,
            namespace.modules[module].image.is_go,
        );
        let mut found: BTreeMap<u64, Value> = BTreeMap::new();
        let mut add = |at: u64, value: Value| {
            let known = found.get(&at).map(|known| known.union(&value));
            found.insert(at, known.unwrap_or(value));
        };
        let mut handled = false;
        let mut escaped = None;
        let entries = self.callers.entries(module, function);
        let result = follow(
            namespace,
            module,
            function,
            &entries,
            self.budget,
            &mut |at, event, state| {
                let (target, pushed) = match event {
                    Event::Call(target) => (target, convention.call_pushes),
                    Event::Jump(target) => (target, 0),
                    Event::Store(place, value) => {
                        let outside = place.base.is_none_or(|base| {
                            !matches!(state.reg(base).one(), Some(Atom::Stack(_)))
                        });
                        if outside && holds(namespace, module, &state.source(value), &is_wanted) {
                            escaped = Some(at);
                        }
                        return;
                    }
                    Event::Syscall => return,
                };
                let goes = destinations(namespace, module, target, state);
                if goes.iter().any(|location| is_wanted(*location)) {
                    handled = true;
                    add(at, given(source, state, pushed, &convention));
                    return;
                }
                // The function may be handed over to be called with what is handed over beside it.
                let holders = convention
                    .arguments
                    .iter()
                    .filter(|reg| holds(namespace, module, state.reg(**reg), &is_wanted));
                if holders.count() > 0 {
                    handled = true;
                    add(at, beside(source, state, &convention));
                }
            },
        );
        let site = |at| Site {
            module,
            function,
            at,
        };
        if result.is_err() {
            let at = namespace.modules[module].functions[function].range.start;
            return self.give_up(site(at), Unknown::TooLarge, Some(Rc::clone(path)));
        }
        for (at, value) in found {
            self.value(site(at), &value, Some(Rc::clone(path)));
        }
        if let Some(at) = escaped {
            self.give_up(site(at), Unknown::AddressTaken, Some(Rc::clone(path)));
        } else if !handled {
            let refs = Callers::references(namespace, caller, (demand.module, demand.function));
            for at in refs {
                self.give_up(site(at), Unknown::AddressTaken, Some(Rc::clone(path)));
            }
        }
    }

    /// Looks at what is written to a variable.
    fn written(&mut self, demand: Demand, location: Location, path: &Rc<Path>) {
        let namespace = self.namespace;
        let image = &namespace.modules[location.module].image;
        // Through a pointer to the variable, anybody may write to it.
        let mut unknown = self.taken.contains(&location);
        if let (Atom::Global(_), Some(initial)) = (demand.source, image.half(location.address)) {
            let value = Value::from(Atom::Const(u64::from(initial)));
            self.value(path.site, &value, path.next.clone());
        }
        // Where nothing writes, a pointer is null for ever.
        for (module, function) in self.writers.get(&location).cloned().unwrap_or_default() {
            let mut found: BTreeMap<u64, Option<Value>> = BTreeMap::new();
            let convention = convention(image.arch, false);
            let entries = self.callers.entries(module, function);
            let mut observe = |at, event, state: &State| {
                let Event::Store(place, value) = event else {
                    return;
                };
                if place.indexed || stored_to(place, module, state) != Some(location) {
                    return;
                }
                let value = state.source(value);
                let value = match demand.source {
                    Atom::GlobalField(_, offset) => field(&value, offset, state, &convention),
                    _ => Some(value),
                };
                found.insert(at, value);
            };
            let result = follow(
                namespace,
                module,
                function,
                &entries,
                self.budget,
                &mut observe,
            );
            unknown |= result.is_err() || found.is_empty();
            for (at, value) in found {
                if let Some(value) = value {
                    self.value(
                        Site {
                            module,
                            function,
                            at,
                        },
                        &value,
                        Some(Rc::clone(path)),
                    );
                }
            }
        }
        if unknown {
            self.give_up(path.site, Unknown::Computed, path.next.clone());
        }
    }
}
