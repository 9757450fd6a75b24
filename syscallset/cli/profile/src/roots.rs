//! Where a program can begin to run.

use std::ops::Range;

use crate::flow::Budget;
use crate::namespace::{Location, Namespace};
use crate::reach::{Reachable, words};
use crate::start::Start;

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
pub(crate) fn main(namespace: &Namespace, start: &Start, budget: &Budget) -> Reachable {
    let mut reachable = Reachable::default();
    for main in start.mains() {
        reachable.root(namespace, namespace.start(main), "main");
    }
    for module in 0..namespace.modules.len() {
        destructors(namespace, module, &mut reachable);
        everything(namespace, module, &mut reachable);
        if module >= namespace.late {
            constructors(namespace, module, &mut reachable);
        }
    }
    start.after(namespace, budget, &mut reachable);
    lookups(namespace, false, &mut reachable);
    reachable
}

/// The entry points.
pub(crate) fn entries(namespace: &Namespace, reachable: &mut Reachable) {
    if let Some(module) = namespace.interpreter {
        let linker = namespace.entry(module);
        reachable.root(namespace, linker, "the dynamic linker's entry point");
    }
    let program = namespace.entry(0);
    if program.address != 0 {
        reachable.root(namespace, program, "the entry point");
    }
}

/// What runs in a module when it is loaded.
pub(crate) fn constructors(namespace: &Namespace, module: usize, reachable: &mut Reachable) {
    let image = &namespace.modules[module].image;
    if let Some(address) = image.dynamic.init {
        reachable.root(namespace, Location::new(module, address), "DT_INIT");
    }
    let static_ones = [".preinit_array", ".init_array", ".init"];
    let mut ranges = image.dynamic.constructors.clone();
    ranges.extend(sections(namespace, module, &static_ones));
    listed(namespace, module, &ranges, "the constructors", reachable);
}

/// What runs in a module when the program exits.
pub(crate) fn destructors(namespace: &Namespace, module: usize, reachable: &mut Reachable) {
    let image = &namespace.modules[module].image;
    if let Some(address) = image.dynamic.fini {
        reachable.root(namespace, Location::new(module, address), "DT_FINI");
    }
    let static_ones = [".fini_array", ".fini"];
    let mut ranges = image.dynamic.destructors.clone();
    ranges.extend(sections(namespace, module, &static_ones));
    listed(namespace, module, &ranges, "the destructors", reachable);
}

/// The functions in lists of pointers, or, as of old, at the start of a section of code.
fn listed(
    namespace: &Namespace,
    module: usize,
    ranges: &[Range<u64>],
    why: &'static str,
    reachable: &mut Reachable,
) {
    for range in ranges {
        if namespace.modules[module].image.is_code(range.start) {
            reachable.root(namespace, Location::new(module, range.start), why);
        }
        words(namespace, module, range, &mut |location, _| {
            reachable.root(namespace, location, why);
        });
    }
}

/// Sections of a static program, which has no dynamic section that names them.
fn sections(namespace: &Namespace, module: usize, names: &[&str]) -> Vec<Range<u64>> {
    let image = &namespace.modules[module].image;
    if image.dynamic.present {
        return Vec::new();
    }
    let found = names.iter().filter_map(|name| image.section(name));
    found.map(|section| section.address.clone()).collect()
}

/// Every function of every module.
pub(crate) fn all(namespace: &Namespace, reachable: &mut Reachable) {
    for module in 0..namespace.modules.len() {
        functions(namespace, module, "everything", reachable);
    }
}

/// All functions of a Go module: Go's tables of types and methods name functions in a way that is not followed, and
/// its linker has left out what cannot be reached already.
fn everything(namespace: &Namespace, module: usize, reachable: &mut Reachable) {
    if namespace.modules[module].image.is_go {
        functions(namespace, module, "Go's tables of functions", reachable);
    }
}

fn functions(namespace: &Namespace, module: usize, why: &'static str, reachable: &mut Reachable) {
    for function in 0..namespace.modules[module].functions.len() {
        reachable.root(namespace, namespace.start((module, function)), why);
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
    if !at_start {
        return;
    }
    // The last three are the stages in which musl's dynamic linker starts (`dynlink.c`).
    for name in ["__libc_early_init", "__dls2", "__dls2b", "__dls3"] {
        if let Some(location) = namespace.find(name, None, None) {
            reachable.root(namespace, location, "the dynamic linker looks it up");
        }
    }
}
