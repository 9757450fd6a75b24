//! Who refers to a function, backwards through the references between reachable things.

use std::collections::HashMap;

use crate::namespace::Namespace;
use crate::reach::{Node, Reachable, edges, node, targets};
use crate::scan::RefKind;

/// Who refers to each reachable function.
#[derive(Debug)]
pub(crate) struct Callers {
    /// Referred to and referring, in ascending order.
    pairs: Vec<(Node, Node)>,
    /// The addresses inside of functions, not at their start, that something else calls, jumps to or takes.
    inner: HashMap<(usize, usize), Vec<u64>>,
}

impl Callers {
    /// Turns the references of everything reachable around.
    pub(crate) fn new(namespace: &Namespace, reachable: &Reachable) -> Self {
        let mut pairs = Vec::new();
        for from in reachable.nodes() {
            edges(namespace, from, &mut |to, _| {
                if let (Node::Function(..), true) = (to, to != from) {
                    pairs.push((to, from));
                }
            });
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut inner: HashMap<_, Vec<u64>> = HashMap::new();
        for (module, function) in reachable.functions() {
            for reference in namespace.modules[module].refs_of(function) {
                targets(namespace, module, reference, &mut |location| {
                    let contents = &namespace.modules[location.module];
                    let Some(index) = contents.function(location.address) else {
                        return;
                    };
                    if contents.functions[index].range.start != location.address
                        && (location.module, index) != (module, function)
                    {
                        inner
                            .entry((location.module, index))
                            .or_default()
                            .push(location.address);
                    }
                });
            }
        }
        for addresses in inner.values_mut() {
            addresses.sort_unstable();
            addresses.dedup();
        }
        Self { pairs, inner }
    }

    /// Everything that refers to a function, other than itself.
    pub(crate) fn of(&self, (module, function): (usize, usize)) -> Vec<Node> {
        let wanted = Node::Function(module, function);
        let first = self.pairs.partition_point(|(to, _)| *to < wanted);
        let same = self.pairs[first..]
            .iter()
            .take_while(|(to, _)| *to == wanted);
        same.map(|(_, from)| *from).collect()
    }

    /// Where a function is entered other than at its start.
    pub(crate) fn entries(&self, module: usize, function: usize) -> Vec<u64> {
        self.inner
            .get(&(module, function))
            .cloned()
            .unwrap_or_default()
    }

    /// The instructions of one function that take the address of another one.
    pub(crate) fn references(
        namespace: &Namespace,
        (module, function): (usize, usize),
        (in_module, wanted): (usize, usize),
    ) -> Vec<u64> {
        let mut found = Vec::new();
        for reference in namespace.modules[module].refs_of(function) {
            if !matches!(reference.kind, RefKind::Take | RefKind::Read(_)) {
                continue;
            }
            targets(namespace, module, reference, &mut |location| {
                if node(namespace, location) == Some(Node::Function(in_module, wanted)) {
                    found.push(reference.at);
                }
            });
        }
        found.dedup();
        found
    }
}
