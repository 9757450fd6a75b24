//! Which numbers reach the system call instructions: in the function itself, or from its callers if it passes on a
//! parameter.

mod callers;
mod demand;
mod look;
mod solution;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::rc::Rc;

use crate::code::convention;
use crate::flow::{Atom, Budget, Event, Exhausted, State, Value, follow};
use crate::namespace::{Location, Namespace};
use crate::reach::Reachable;
use crate::scan::RefKind;
pub(crate) use callers::Callers;
use demand::Demand;
pub use solution::Unknown;
pub(crate) use solution::{Path, Site, Solution};

struct Solver<'a> {
    namespace: &'a Namespace,
    callers: &'a Callers,
    budget: &'a mut Budget,
    /// Whether addresses are looked for, not numbers.
    addresses: bool,
    solution: Solution,
    queue: VecDeque<(Demand, Rc<Path>)>,
    seen: HashSet<Demand>,
    /// The functions that write to a variable.
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
        let site = Site::new((function.module, index), function.address);
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
    for function in reachable.functions() {
        if solver.note(function) {
            solver.kernel(function);
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

    /// Takes note of what a function does to variables; whether it has system call instructions.
    fn note(&mut self, (module, function): (usize, usize)) -> bool {
        let contents = &self.namespace.modules[module];
        let mut kernel = false;
        for reference in contents.refs_of(function) {
            let target = Location::new(module, reference.target);
            match reference.kind {
                RefKind::Syscall => kernel = true,
                RefKind::ForeignSyscall => {
                    let site = Site::new((module, function), reference.at);
                    self.solution.give_up(site, Unknown::ForeignAbi, None);
                }
                RefKind::Take => {
                    let segment = contents.image.segment(target.address);
                    if segment.is_some_and(|segment| segment.writable) {
                        self.taken.insert(target);
                    }
                }
                RefKind::Write => {
                    let writers = self.writers.entry(target).or_default();
                    writers.push((module, function));
                }
                _ => {}
            }
        }
        kernel
    }

    /// The system call instructions of a function.
    fn kernel(&mut self, (module, function): (usize, usize)) {
        let contents = &self.namespace.modules[module];
        let number = convention(contents.image.arch, false).number;
        let mut found: BTreeMap<u64, Value> = BTreeMap::new();
        let result = self.follow((module, function), &mut |at, event, state| {
            if let Event::Syscall = event {
                found.insert(at, state.reg(number).truncate(4));
            }
        });
        if result.is_err() {
            let refs = contents.refs_of(function).iter();
            for reference in refs.filter(|reference| reference.kind == RefKind::Syscall) {
                let site = Site::new((module, function), reference.at);
                self.solution.give_up(site, Unknown::TooLarge, None);
            }
            return;
        }
        for (at, value) in found {
            self.solution.sites += 1;
            self.value(Site::new((module, function), at), &value, None);
        }
    }

    /// Tells all events of a function, wherever it is entered.
    fn follow(
        &mut self,
        (module, function): (usize, usize),
        observe: &mut dyn FnMut(u64, Event, &State),
    ) -> Result<(), Exhausted> {
        follow(
            self.namespace,
            module,
            function,
            &self.callers.entries(module, function),
            self.budget,
            observe,
        )
    }

    /// Takes note of a number that is given at a place.
    fn value(&mut self, site: Site, value: &Value, next: Option<Rc<Path>>) {
        let Some(atoms) = value.atoms() else {
            return self.solution.give_up(site, Unknown::Computed, next);
        };
        let path = Rc::new(Path { site, next });
        for atom in atoms {
            match *atom {
                Atom::Const(address) if self.addresses => {
                    self.address(Location::new(site.module, address), &path);
                }
                Atom::Const(number) => {
                    let number = u32::try_from(number & 0xffff_ffff).unwrap_or(u32::MAX);
                    let numbers = &mut self.solution.numbers;
                    numbers.entry(number).or_insert_with(|| Rc::clone(&path));
                }
                Atom::Address(location) if self.addresses => self.address(location, &path),
                Atom::Address(_) | Atom::Stack(_) => {
                    let next = path.next.clone();
                    self.solution.give_up(site, Unknown::Computed, next);
                }
                source => {
                    let demand = Demand {
                        function: site.function(),
                        source,
                    };
                    if self.seen.insert(demand) {
                        self.queue.push_back((demand, Rc::clone(&path)));
                    }
                }
            }
        }
    }

    fn address(&mut self, location: Location, path: &Rc<Path>) {
        let addresses = &mut self.solution.addresses;
        addresses.entry(location).or_insert_with(|| Rc::clone(path));
    }
}
