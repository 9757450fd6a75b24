//! What a function or object refers to, forwards through its instructions, words and the unwinder's tables.

use std::ops::Range;

use super::{Node, node};
use crate::image::{Personality, Slot};
use crate::namespace::{Location, Namespace};
use crate::scan::{Ref, RefKind};

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
                    found(node, namespace.start((module, function)).address);
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
            words(namespace, module, &range, &mut |location, at| {
                if let Some(node) = node(namespace, location) {
                    found(node, at);
                }
            });
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
            found(Location::new(module, address));
        }
        RefKind::CallSlot | RefKind::JumpSlot => {
            let slot = address..address.saturating_add(8);
            words(namespace, module, &slot, &mut |location, _| found(location));
        }
        RefKind::Read(width) => {
            let range = address..address.saturating_add(u64::from(width));
            words(namespace, module, &range, &mut |location, _| {
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
    range: &Range<u64>,
    found: &mut dyn FnMut(Location, u64),
) {
    let contents = &namespace.modules[module];
    for (index, at, slot) in contents.slots(range.start, range.end) {
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
    let mut at = range.start.next_multiple_of(8);
    while at.checked_add(8).is_some_and(|next| next <= range.end) {
        let Some(word) = contents.image.word(at) else {
            return;
        };
        if contents.image.segment(word).is_some() && namespace.slot(module, at).is_none() {
            found(Location::new(module, word), at);
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
    let contents = &namespace.modules[module];
    let frame = contents
        .image
        .frames
        .get(contents.functions[function].frame?)?;
    match frame.personality? {
        Personality::Direct(address) => Some(Location::new(module, address)),
        Personality::Indirect(address) => namespace.slot(module, address).or_else(|| {
            let address = contents.image.word(address)?;
            Some(Location::new(module, address))
        }),
    }
}

/// The functions of the program whose addresses a function takes.
pub(crate) fn taken(
    namespace: &Namespace,
    (module, function): (usize, usize),
) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for reference in namespace.modules[module].refs_of(function) {
        if !matches!(reference.kind, RefKind::Take | RefKind::Read(8)) {
            continue;
        }
        targets(namespace, module, reference, &mut |location| {
            if let Some(Node::Function(in_module, index)) = node(namespace, location) {
                if in_module == module && namespace.start((in_module, index)) == location {
                    found.push((in_module, index));
                }
            }
        });
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The functions that a function calls or jumps to directly.
pub(crate) fn callees(
    namespace: &Namespace,
    (module, function): (usize, usize),
) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for reference in namespace.modules[module].refs_of(function) {
        let direct = matches!(
            reference.kind,
            RefKind::Call | RefKind::Jump | RefKind::CallSlot | RefKind::JumpSlot | RefKind::Falls
        );
        if direct {
            targets(namespace, module, reference, &mut |location| {
                if let Some(Node::Function(module, index)) = node(namespace, location) {
                    found.push((module, index));
                }
            });
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
