//! Where a program can begin to run.

use std::collections::HashSet;

use crate::flow::{Atom, Budget, Event, follow};
use crate::namespace::{Location, Namespace};
use crate::reach::{Node, Reachable, node, targets, words};
use crate::scan::RefKind;
use crate::start::{Start, callees, taken};

/// Everything, from the first instruction in the new process on.
pub(crate) fn entry(namespace: &Namespace) -> Reachable {
    let mut reachable = Reachable::default();
    entries(namespace, &mut reachable);
    for module in 0..namespace.modules.len() {
        constructors(namespace, module, &mut reachable);
        destructors(namespace, module, &mut reachable);
        everything(namespace, module, &mut reachable);
    }
    lookups(namespace, true, &mut reachable);
    reachable
}

/// What runs from `main` on: the function itself, what the runtime does after it, and everything that was handed
/// over before: handlers of signals and of the exit, and pointers in variables.
pub(crate) fn main(namespace: &Namespace, start: &Start, budget: &mut Budget) -> Reachable {
    let mut reachable = Reachable::default();
    for (module, function) in start.mains() {
        let address = namespace.modules[module].functions[function].range.start;
        reachable.root(namespace, Location { module, address }, "main");
    }
    for module in 0..namespace.modules.len() {
        destructors(namespace, module, &mut reachable);
        everything(namespace, module, &mut reachable);
        if module >= namespace.late {
            constructors(namespace, module, &mut reachable);
        }
    }
    start.after(namespace, budget, &mut reachable);
    handed_over(namespace, start, budget, &mut reachable);
    lookups(namespace, false, &mut reachable);
    reachable
}

/// The entry points.
fn entries(namespace: &Namespace, reachable: &mut Reachable) {
    if let Some(module) = namespace.interpreter {
        let address = namespace.modules[module].image.entry;
        reachable.root(
            namespace,
            Location { module, address },
            "the dynamic linker's entry point",
        );
    }
    let address = namespace.modules[0].image.entry;
    if address != 0 {
        reachable.root(
            namespace,
            Location { module: 0, address },
            "the entry point",
        );
    }
}

/// What runs in a module when it is loaded.
pub(crate) fn constructors(namespace: &Namespace, module: usize, reachable: &mut Reachable) {
    let image = &namespace.modules[module].image;
    if let Some(address) = image.dynamic.init {
        reachable.root(namespace, Location { module, address }, "DT_INIT");
    }
    let static_ones = [".preinit_array", ".init_array", ".init"];
    let ranges = image.dynamic.constructors.clone();
    for range in ranges
        .into_iter()
        .chain(sections(namespace, module, &static_ones))
    {
        if image.is_code(range.start) {
            reachable.root(
                namespace,
                Location {
                    module,
                    address: range.start,
                },
                "the constructors",
            );
        }
        words(
            namespace,
            module,
            range.start,
            range.end,
            &mut |location, _| {
                reachable.root(namespace, location, "the constructors");
            },
        );
    }
}

/// What runs in a module when the program exits.
pub(crate) fn destructors(namespace: &Namespace, module: usize, reachable: &mut Reachable) {
    let image = &namespace.modules[module].image;
    if let Some(address) = image.dynamic.fini {
        reachable.root(namespace, Location { module, address }, "DT_FINI");
    }
    let static_ones = [".fini_array", ".fini"];
    let ranges = image.dynamic.destructors.clone();
    for range in ranges
        .into_iter()
        .chain(sections(namespace, module, &static_ones))
    {
        if image.is_code(range.start) {
            reachable.root(
                namespace,
                Location {
                    module,
                    address: range.start,
                },
                "the destructors",
            );
        }
        words(
            namespace,
            module,
            range.start,
            range.end,
            &mut |location, _| {
                reachable.root(namespace, location, "the destructors");
            },
        );
    }
}

/// Sections of a static program, which has no dynamic section that names them.
fn sections(namespace: &Namespace, module: usize, names: &[&str]) -> Vec<std::ops::Range<u64>> {
    let image = &namespace.modules[module].image;
    if image.dynamic.present {
        return Vec::new();
    }
    let found = names.iter().filter_map(|name| image.section(name));
    found.map(|section| section.address.clone()).collect()
}

/// Every function of every module.
pub(crate) fn all(namespace: &Namespace, reachable: &mut Reachable) {
    for (module, contents) in namespace.modules.iter().enumerate() {
        for function in &contents.functions {
            let address = function.range.start;
            reachable.root(namespace, Location { module, address }, "everything");
        }
    }
}

/// All functions of a Go module: Go's tables of types and methods name functions in a way that is not followed, and
/// its linker has left out what cannot be reached already.
fn everything(namespace: &Namespace, module: usize, reachable: &mut Reachable) {
    let contents = &namespace.modules[module];
    if contents.image.is_go {
        for function in &contents.functions {
            let address = function.range.start;
            reachable.root(
                namespace,
                Location { module, address },
                "Go's tables of functions",
            );
        }
    }
}

/// What the dynamic linker looks up by name: the C library's allocator and initialisation (`rtld.c` and
/// `dl-minimal.c` of glibc).
fn lookups(namespace: &Namespace, at_start: bool, reachable: &mut Reachable) {
    if namespace.interpreter.is_none() {
        return;
    }
    for name in ["malloc", "calloc", "realloc", "free"] {
        if let Some(location) = namespace.find(name, None, None) {
            reachable.root(namespace, location, "the dynamic linker looks it up");
        }
    }
    let early = namespace.find("__libc_early_init", None, None);
    if let (Some(location), true) = (early, at_start) {
        reachable.root(namespace, location, "the dynamic linker looks it up");
    }
}

/// Adds what code that runs before `main` hands over to what runs later.
///
/// Constructors may keep the address of anything they mention. Of the dynamic linker and the C library's start, which
/// mention much that is for the start alone, only what they store counts.
fn handed_over(
    namespace: &Namespace,
    start: &Start,
    budget: &mut Budget,
    reachable: &mut Reachable,
) {
    let mains: HashSet<Node> = start
        .mains()
        .into_iter()
        .map(|(module, index)| Node::Function(module, index))
        .collect();
    let skip = |node: Node| mains.contains(&node);
    let mut constructed = Reachable::default();
    for module in 0..namespace.late {
        constructors(namespace, module, &mut constructed);
    }
    constructed.spread(namespace, &skip);
    let mut started = Reachable::default();
    entries(namespace, &mut started);
    started.spread(namespace, &skip);
    let registers: HashSet<Node> = REGISTRATIONS
        .iter()
        .filter_map(|name| node(namespace, namespace.find(name, None, None)?))
        .collect();
    for (module, function) in constructed.functions() {
        if mains.contains(&Node::Function(module, function)) {
            continue;
        }
        for reference in namespace.modules[module].refs_of(function) {
            if matches!(reference.kind, RefKind::Take | RefKind::Read(_)) {
                targets(namespace, module, reference, &mut |location| {
                    reachable.root(namespace, location, "handed over before main");
                });
            }
        }
    }
    let entry = namespace.interpreter.map(|module| {
        let address = namespace.modules[module].image.entry;
        node(namespace, Location { module, address })
    });
    for (module, function) in started.functions() {
        let this = Node::Function(module, function);
        if constructed.contains(this) || mains.contains(&this) {
            continue;
        }
        if entry == Some(Some(this)) {
            // It passes on what to call at the exit.
            for reference in namespace.modules[module].refs_of(function) {
                if reference.kind == RefKind::Take {
                    reachable.root(
                        namespace,
                        Location {
                            module,
                            address: reference.target,
                        },
                        "for the exit",
                    );
                }
            }
        }
        let registering = |callee: &(usize, usize)| {
            let stub = callees(namespace, *callee);
            let through = stub.first().filter(|_| stub.len() == 1);
            let nodes = [Some(callee), through];
            nodes
                .into_iter()
                .flatten()
                .any(|callee| registers.contains(&Node::Function(callee.0, callee.1)))
        };
        if callees(namespace, (module, function))
            .iter()
            .any(registering)
        {
            for (module, index) in taken(namespace, (module, function)) {
                let address = namespace.modules[module].functions[index].range.start;
                reachable.root(
                    namespace,
                    Location { module, address },
                    "registered before main",
                );
            }
        }
        stored(namespace, (module, function), budget, reachable);
    }
}

/// The functions of C libraries that keep the address of another function, to call it later.
const REGISTRATIONS: [&str; 17] = [
    "__cxa_at_quick_exit",
    "__cxa_atexit",
    "__cxa_thread_atexit_impl",
    "__libc_sigaction",
    "__register_atfork",
    "__sigaction",
    "at_quick_exit",
    "atexit",
    "bsd_signal",
    "on_exit",
    "pthread_atfork",
    "pthread_create",
    "pthread_key_create",
    "sigaction",
    "signal",
    "sigset",
    "timer_create",
];

/// Adds the addresses that a function stores.
fn stored(
    namespace: &Namespace,
    (module, function): (usize, usize),
    budget: &mut Budget,
    reachable: &mut Reachable,
) {
    let takes =
        |reference: &crate::scan::Ref| matches!(reference.kind, RefKind::Take | RefKind::Read(8));
    let contents = &namespace.modules[module];
    if !contents.refs_of(function).iter().any(takes) {
        return;
    }
    let fixed = contents.image.fixed;
    let mut found = Vec::new();
    let result = follow(
        namespace,
        module,
        function,
        &[],
        budget,
        &mut |_, event, state| {
            let Event::Store(place, value) = event else {
                return;
            };
            let on_stack = place
                .base
                .is_some_and(|base| matches!(state.reg(base).one(), Some(Atom::Stack(_))));
            if on_stack {
                return;
            }
            for atom in state.source(value).atoms().unwrap_or_default() {
                match *atom {
                    Atom::Address(location) => found.push(location),
                    Atom::Const(address) if fixed => found.push(Location { module, address }),
                    _ => {}
                }
            }
        },
    );
    if result.is_err() {
        // Too large to be followed: all it mentions may be stored.
        for reference in contents
            .refs_of(function)
            .iter()
            .filter(|reference| takes(reference))
        {
            targets(namespace, module, reference, &mut |location| {
                found.push(location)
            });
        }
    }
    for location in found {
        reachable.root(namespace, location, "stored before main");
    }
}
