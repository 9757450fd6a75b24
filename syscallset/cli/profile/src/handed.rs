//! What runs before `main` hands over to what runs later: handlers of signals and of the exit, and pointers in
//! variables.
//!
//! Constructors may keep the address of anything they mention. Of the start of the dynamic linker, the C library and
//! Rust's runtime, which mention much that is for the start alone, what they store in variables counts, and all
//! functions that they mention where they register handlers.

use std::collections::HashSet;

use crate::code::convention;
use crate::flow::{Atom, Budget, Event, follow};
use crate::namespace::{Location, Namespace};
use crate::reach::{Node, Reachable, callees, node, taken, targets, words};
use crate::roots::{constructors, entries};
use crate::scan::{Ref, RefKind};
use crate::start::Start;

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

/// Locations, each with the reason why it can be reached after `main` has begun.
pub(crate) type HandedOver = Vec<(Location, &'static str)>;

/// Finds what is handed over.
pub(crate) fn over(namespace: &Namespace, start: &Start, budget: &mut Budget) -> HandedOver {
    let function = |(module, index): (usize, usize)| Node::Function(module, index);
    let mains: HashSet<Node> = start.mains().into_iter().map(function).collect();
    let skip = |node: Node| mains.contains(&node);
    let mut constructed = Reachable::default();
    for module in 0..namespace.late {
        constructors(namespace, module, &mut constructed);
    }
    constructed.spread(namespace, &skip);
    let mut started = Reachable::default();
    entries(namespace, &mut started);
    started.spread(namespace, &skip);

    let mut found = Vec::new();
    for place in constructed
        .functions()
        .filter(|place| !skip(function(*place)))
    {
        mentioned(namespace, place, &mut |location| {
            found.push((location, "handed over before main"));
        });
    }
    let linker = namespace
        .interpreter
        .and_then(|module| node(namespace, namespace.entry(module)));
    let registrations: HashSet<Node> = REGISTRATIONS
        .iter()
        .filter_map(|name| node(namespace, namespace.find(name, None, None)?))
        .collect();
    let registers = |place: (usize, usize)| {
        callees(namespace, place).into_iter().any(|callee| {
            // A linkage stub leads to the function itself.
            let behind = callees(namespace, callee);
            let stub = behind.first().filter(|_| behind.len() == 1);
            registrations.contains(&function(callee))
                || stub.is_some_and(|stub| registrations.contains(&function(*stub)))
        })
    };
    for place in started.functions() {
        let this = function(place);
        if constructed.contains(this) || skip(this) {
            continue;
        }
        // The dynamic linker passes on what to call at the exit.
        if linker == Some(this) {
            mentioned(namespace, place, &mut |location| {
                found.push((location, "for the exit"));
            });
        }
        if registers(place) {
            for handler in taken(namespace, place) {
                found.push((namespace.start(handler), "registered before main"));
            }
        }
        stored(namespace, place, budget, &mut found);
    }
    found.sort_unstable();
    found.dedup_by_key(|(location, _)| *location);
    found
}

/// The locations whose address a function takes.
fn mentioned(
    namespace: &Namespace,
    (module, function): (usize, usize),
    found: &mut dyn FnMut(Location),
) {
    for reference in namespace.modules[module].refs_of(function) {
        if matches!(reference.kind, RefKind::Take | RefKind::Read(_)) {
            targets(namespace, module, reference, found);
        }
    }
}

/// Whether a reference takes the address of code, or of data with pointers.
fn takes(namespace: &Namespace, module: usize, reference: &Ref) -> bool {
    let mut any = false;
    if matches!(reference.kind, RefKind::Take | RefKind::Read(8)) {
        targets(
            namespace,
            module,
            reference,
            &mut |location| match node(namespace, location) {
                Some(Node::Function(..)) => any = true,
                Some(Node::Object(module, start)) => {
                    let range = namespace.modules[module].objects.extent(start);
                    words(namespace, module, &range, &mut |_, _| {
                        any = true;
                    });
                }
                None => {}
            },
        );
    }
    any
}

/// The addresses that a function stores in variables.
fn stored(
    namespace: &Namespace,
    (module, function): (usize, usize),
    budget: &mut Budget,
    found: &mut HandedOver,
) {
    const WHY: &str = "stored before main";
    let contents = &namespace.modules[module];
    let refs = contents.refs_of(function);
    if !refs
        .iter()
        .any(|reference| takes(namespace, module, reference))
    {
        return;
    }
    let fixed = contents.image.fixed;
    let convention = convention(contents.image.arch, false);
    let mut locations = Vec::new();
    let mut observe = |_, event, state: &crate::flow::State| {
        let Event::Store(place, value) = event else {
            return;
        };
        // The frame of a function that allocates on the stack is not tracked, but known by its registers.
        let on_stack = place.base.is_some_and(|base| {
            convention.frame.contains(&base)
                || matches!(state.reg(base).one(), Some(Atom::Stack(_)))
        });
        if on_stack {
            return;
        }
        for atom in state.source(value).atoms().unwrap_or_default() {
            match *atom {
                Atom::Address(location) => locations.push(location),
                Atom::Const(address) if fixed => locations.push(Location::new(module, address)),
                _ => {}
            }
        }
    };
    if follow(namespace, module, function, &[], budget, &mut observe).is_err() {
        // Too large to be followed: all it mentions may be stored.
        return mentioned(namespace, (module, function), &mut |location| {
            found.push((location, WHY));
        });
    }
    // A pointer to code points to the start of a function; others are parts of addresses that are not complete.
    locations.retain(|location| {
        let contents = &namespace.modules[location.module];
        let function = contents.function(location.address);
        function.is_none_or(|index| contents.functions[index].range.start == location.address)
    });
    found.extend(locations.into_iter().map(|location| (location, WHY)));
}
