//! What runs after `main` has returned.

use std::collections::BTreeSet;

use super::Start;
use crate::flow::{Blocks, Budget};
use crate::namespace::{Location, Namespace};
use crate::reach::{Node, Reachable, callees, node};
use crate::scan::RefKind;

/// How many functions may lie between the entry point, or C's `main`, and the call of the next `main`.
const DEPTH: usize = 3;

impl Start {
    /// Adds what runs after `main` has returned: in the runtime's functions, what follows the call of it.
    pub(crate) fn after(&self, namespace: &Namespace, budget: &Budget, reachable: &mut Reachable) {
        self.after_main(namespace, budget, reachable);
        if !self.rust.is_empty() {
            self.after_rust(namespace, budget, reachable);
        }
    }

    /// What runs after C's `main`: `exit`, and the rest of the functions that lead to `main`.
    fn after_main(&self, namespace: &Namespace, budget: &Budget, reachable: &mut Reachable) {
        let exit = namespace.find("exit", None, None).or_else(|| {
            let symbol = namespace.modules[0].symbol("exit")?;
            Some(Location::new(0, symbol.address))
        });
        if let Some(exit) = exit {
            reachable.root(namespace, exit, "exit, after main");
        }
        let exit = exit.map(|exit| node(namespace, exit));
        for function in self.before(namespace) {
            // The one that calls `main` calls `exit` with what it returned.
            let exits = exit.is_none_or(|exit| {
                callees(namespace, function)
                    .iter()
                    .any(|callee| Some(Node::Function(callee.0, callee.1)) == exit)
            });
            if exits {
                behind(namespace, function, budget, reachable);
            }
        }
    }

    /// The functions between the entry point and `main`.
    fn before(&self, namespace: &Namespace) -> BTreeSet<(usize, usize)> {
        let mut outer: Vec<(usize, usize)> = Vec::new();
        if let Some(Node::Function(module, function)) = node(namespace, namespace.entry(0)) {
            outer.push((module, function));
        }
        let mut before = BTreeSet::new();
        for _ in 0..DEPTH {
            let next = called_by(namespace, &outer);
            before.extend(outer);
            outer = next;
        }
        before.extend(outer);
        before.remove(&self.main);
        before
    }

    /// What runs in C's `main` after the user's: it, or a function that it calls, calls that one through a pointer.
    fn after_rust(&self, namespace: &Namespace, budget: &Budget, reachable: &mut Reachable) {
        let mut outer = vec![self.main];
        for _ in 0..DEPTH {
            let mut found = false;
            for from in &outer {
                found |= behind(namespace, *from, budget, reachable);
            }
            if found {
                return;
            }
            outer = called_by(namespace, &outer);
            outer.retain(|callee| !self.rust.contains(callee));
        }
        reachable.root(namespace, namespace.start(self.main), "main");
    }
}

fn called_by(namespace: &Namespace, functions: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let callees = functions.iter().flat_map(|from| callees(namespace, *from));
    callees.collect()
}

/// Adds what follows the calls through pointers in a function; whether there are any.
fn behind(
    namespace: &Namespace,
    (module, function): (usize, usize),
    budget: &Budget,
    reachable: &mut Reachable,
) -> bool {
    let refs = namespace.modules[module].refs_of(function);
    if !refs
        .iter()
        .any(|reference| matches!(reference.kind, RefKind::IndirectCall))
    {
        return false;
    }
    let Some(blocks) = Blocks::new(namespace, (module, function), &[], &budget.effects) else {
        return false;
    };
    for range in blocks.after_indirect_calls() {
        reachable.part(namespace, (module, function), &range, "after main");
    }
    // System calls in that part count, too; they are those of the whole function.
    let kernel = refs
        .iter()
        .any(|reference| reference.kind == RefKind::Syscall);
    if kernel {
        let whole = namespace.start((module, function));
        reachable.root(namespace, whole, "around main");
    }
    true
}
