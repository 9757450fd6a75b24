//! What can run: everything that is reachable from the roots by calls, jumps and addresses that are taken.
//!
//! An indirect call may reach every function whose address is taken in code or data that is reachable itself. So a
//! function is reachable as soon as its address is taken, and one walk over the references finds all.

use std::collections::{HashMap, VecDeque};

use crate::image::{Slot, SymbolKind};
use crate::namespace::{Location, Namespace};
use crate::scan::{Ref, RefKind};

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

/// Everything that a node refers to, with the address of the reference.
pub(crate) fn edges(namespace: &Namespace, from: Node, found: &mut dyn FnMut(Node, u64)) {
    match from {
        Node::Function(module, function) => {
            for reference in namespace.modules[module].refs_of(function) {
                targets(namespace, module, reference, &mut |location| {
                    if let Some(node) = node(namespace, location) {
                        found(node, reference.at);
                    }
                });
            }
            if let Some(location) = personality(namespace, module, function) {
                if let Some(node) = node(namespace, location) {
                    found(
                        node,
                        namespace.modules[module].functions[function].range.start,
                    );
                }
            }
        }
        Node::Object(module, start) => {
            // Nobody looks for a word in the table of the words that instructions name one by one.
            let sections = &namespace.modules[module].image.sections;
            let section = sections
                .iter()
                .find(|section| section.address.contains(&start));
            if section.is_some_and(|section| section.name.starts_with(".got")) {
                return;
            }
            let range = namespace.modules[module].objects.extent(start);
            words(
                namespace,
                module,
                range.start,
                range.end,
                &mut |location, at| {
                    if let Some(node) = node(namespace, location) {
                        found(node, at);
                    }
                },
            );
        }
    }
}

/// The locations that a reference leads to.
pub(crate) fn targets(
    namespace: &Namespace,
    module: usize,
    reference: &Ref,
    found: &mut dyn FnMut(Location),
) {
    let Ref {
        target: address,
        kind,
        ..
    } = *reference;
    match kind {
        RefKind::Call | RefKind::Jump | RefKind::Take | RefKind::Falls => {
            found(Location { module, address });
        }
        RefKind::CallSlot | RefKind::JumpSlot => {
            words(
                namespace,
                module,
                address,
                address.saturating_add(8),
                &mut |location, _| found(location),
            );
        }
        RefKind::Read(width) => {
            let end = address.saturating_add(u64::from(width));
            words(namespace, module, address, end, &mut |location, _| {
                found(location);
            });
        }
        _ => {}
    }
}

/// The pointers in a range of data, with their addresses.
pub(crate) fn words(
    namespace: &Namespace,
    module: usize,
    start: u64,
    end: u64,
    found: &mut dyn FnMut(Location, u64),
) {
    let contents = &namespace.modules[module];
    for (index, at, slot) in contents.slots(start, end) {
        if let Some(location) = namespace.bound(module, index) {
            found(location, at);
        }
        if slot == Slot::Descriptor {
            descriptor(namespace, &mut |location| found(location, at));
        }
    }
    if !contents.image.fixed {
        return;
    }
    // A program that runs where it was linked needs no relocations for its own addresses.
    let mut at = start.next_multiple_of(8);
    while at.checked_add(8).is_some_and(|next| next <= end) {
        let Some(word) = contents.image.word(at) else {
            return;
        };
        if contents.image.segment(word).is_some() && namespace.slot(module, at).is_none() {
            found(
                Location {
                    module,
                    address: word,
                },
                at,
            );
        }
        at += 8;
    }
}

/// The dynamic linker's functions that find thread-local variables.
fn descriptor(namespace: &Namespace, found: &mut dyn FnMut(Location)) {
    for name in [
        "__tls_get_addr",
        "_dl_tlsdesc_dynamic",
        "_dl_tlsdesc_return",
    ] {
        if let Some(location) = namespace.find(name, None, None) {
            found(location);
        }
    }
}

/// The routine that the unwinder calls for a function.
fn personality(namespace: &Namespace, module: usize, function: usize) -> Option<Location> {
    use crate::image::Personality;
    let contents = &namespace.modules[module];
    let frame = contents
        .image
        .frames
        .get(contents.functions[function].frame?)?;
    match frame.personality? {
        Personality::Direct(address) => Some(Location { module, address }),
        Personality::Indirect(address) => namespace.slot(module, address).or_else(|| {
            let address = contents.image.word(address)?;
            Some(Location { module, address })
        }),
    }
}

/// Whether a symbol is one of code.
pub(crate) fn is_function(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Function | SymbolKind::Resolver)
}
