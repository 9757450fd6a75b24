//! Where a program can begin to run.

use crate::namespace::{Location, Namespace};
use crate::reach::Reachable;

/// Everything, from the first instruction in the new process on.
pub(crate) fn entry(namespace: &Namespace) -> Reachable {
    let mut reachable = Reachable::default();
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
    for module in 0..namespace.modules.len() {
        constructors(namespace, module, &mut reachable);
        destructors(namespace, module, &mut reachable);
        if namespace.modules[module].image.is_go {
            everything(namespace, module, &mut reachable);
        }
    }
    lookups(namespace, &mut reachable);
    reachable.spread(namespace, &|_| false);
    reachable
}

/// What runs in a module before `main`.
pub(crate) fn constructors(namespace: &Namespace, module: usize, reachable: &mut Reachable) {
    let dynamic = &namespace.modules[module].image.dynamic;
    for address in dynamic.init {
        reachable.root(namespace, Location { module, address }, "DT_INIT");
    }
    for range in &dynamic.constructors {
        crate::reach::words(
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
    let dynamic = &namespace.modules[module].image.dynamic;
    for address in dynamic.fini {
        reachable.root(namespace, Location { module, address }, "DT_FINI");
    }
    for range in &dynamic.destructors {
        crate::reach::words(
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

/// All functions of a module: Go's tables of types and methods name functions in a way that is not followed, and its
/// linker has left out what cannot be reached already.
pub(crate) fn everything(namespace: &Namespace, module: usize, reachable: &mut Reachable) {
    for function in &namespace.modules[module].functions {
        let address = function.range.start;
        reachable.root(
            namespace,
            Location { module, address },
            "Go's tables of functions",
        );
    }
}

/// What the dynamic linker looks up by name: the C library's allocator and initialisation (`rtld.c` and
/// `dl-minimal.c` of glibc).
pub(crate) fn lookups(namespace: &Namespace, reachable: &mut Reachable) {
    if namespace.interpreter.is_none() {
        return;
    }
    for name in ["malloc", "calloc", "realloc", "free", "__libc_early_init"] {
        if let Some(location) = namespace.find(name, None, None) {
            reachable.root(namespace, location, "the dynamic linker looks it up");
        }
    }
}
