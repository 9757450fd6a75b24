//! What can run: everything that is reachable from the roots by calls, jumps and addresses that are taken.
//!
//! An indirect call may reach every function whose address is taken in code or data that is reachable itself. So a
//! function is reachable as soon as its address is taken, and one walk over the references finds all.

mod references;

use std::collections::{HashMap, VecDeque};

use crate::namespace::{Location, Namespace};
pub(crate) use references::{callees, edges, taken, targets, words};

/// Something that is reached: code or data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Node {
    /// A function of a module, by index.
    Function(usize, usize),
    /// The object that starts at the address.
    Object(usize, u64),
}

/// Why something is reachable.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reason {
    /// It is where the analysis starts.
    Root(&'static str),
    /// An instruction or word at this address of this node refers to it.
    From(Node, u64),
}

/// What is reachable, and why.
#[derive(Debug, Default)]
pub(crate) struct Reachable {
    reasons: HashMap<Node, Reason>,
    /// In the order they were found.
    order: Vec<Node>,
    queue: VecDeque<Node>,
}

impl Reachable {
    /// Whether a function can run.
    pub(crate) fn contains(&self, node: Node) -> bool {
        self.reasons.contains_key(&node)
    }

    /// The functions that can run, in the order in which they were found.
    pub(crate) fn functions(&self) -> impl Iterator<Item = (usize, usize)> {
        self.order.iter().filter_map(|node| match node {
            Node::Function(module, function) => Some((*module, *function)),
            Node::Object(..) => None,
        })
    }

    /// Everything that is reachable.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node> {
        self.order.iter().copied()
    }

    /// Why something is reachable.
    pub(crate) fn reason(&self, node: Node) -> Option<Reason> {
        self.reasons.get(&node).copied()
    }

    /// Adds a place to start from; call [`Self::spread`] when all are there.
    pub(crate) fn root(&mut self, namespace: &Namespace, location: Location, why: &'static str) {
        if let Some(node) = node(namespace, location) {
            self.add(node, Reason::Root(why));
        }
    }

    /// Adds what the references from a part of a function lead to.
    pub(crate) fn part(
        &mut self,
        namespace: &Namespace,
        (module, function): (usize, usize),
        range: &std::ops::Range<u64>,
        why: &'static str,
    ) {
        for reference in namespace.modules[module].refs_of(function) {
            if range.contains(&reference.at) {
                targets(namespace, module, reference, &mut |location| {
                    self.root(namespace, location, why);
                });
            }
        }
    }

    /// Adds a thing that is reachable.
    pub(crate) fn add(&mut self, node: Node, reason: Reason) {
        if let std::collections::hash_map::Entry::Vacant(entry) = self.reasons.entry(node) {
            entry.insert(reason);
            self.order.push(node);
            self.queue.push_back(node);
        }
    }

    /// Adds all that follows from what is there, without entering the nodes for which `skip` holds.
    pub(crate) fn spread(&mut self, namespace: &Namespace, skip: &dyn Fn(Node) -> bool) {
        while let Some(from) = self.queue.pop_front() {
            if skip(from) {
                continue;
            }
            edges(namespace, from, &mut |to, at| {
                self.add(to, Reason::From(from, at));
            });
        }
    }
}

/// The function or object at a location.
pub(crate) fn node(namespace: &Namespace, location: Location) -> Option<Node> {
    let module = &namespace.modules[location.module];
    if let Some(function) = module.function(location.address) {
        return Some(Node::Function(location.module, function));
    }
    module.image.segment(location.address)?;
    Some(Node::Object(
        location.module,
        module.objects.extent(location.address).start,
    ))
}
