//! What is loaded and looked up by name while the program runs: `dlopen` and `dlsym`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use crate::flow::Budget;
use crate::namespace::{Location, Namespace};
use crate::reach::{Node, Reachable, node, words};
use crate::scan::RefKind;
use crate::solve::{Callers, Path, Site, arguments};

/// What the reachable code loads and looks up.
#[derive(Debug, Default)]
pub(crate) struct Loads {
    /// Names of libraries that reachable code or data holds.
    pub(crate) libraries: BTreeSet<String>,
    /// Patterns that the C library makes such names from.
    pub(crate) patterns: BTreeSet<String>,
    /// What `dlsym` is asked for.
    pub(crate) symbols: Vec<Location>,
    /// The calls of `dlopen` and its kind with a name that is not known, and of `dlsym`.
    pub(crate) unknown: BTreeMap<(&'static str, Site), Rc<Path>>,
}

/// The functions that load libraries, with the number of the argument that is the name.
const OPEN: [(&str, usize); 2] = [("dlopen", 0), ("dlmopen", 1)];
/// The functions that look symbols up.
const LOOK_UP: [(&str, usize); 2] = [("dlsym", 1), ("dlvsym", 1)];

/// Finds out what is loaded and looked up.
pub(crate) fn find(
    namespace: &Namespace,
    reachable: &Reachable,
    callers: &Callers,
    budget: &mut Budget,
) -> Loads {
    let mut loads = Loads::default();
    libraries(namespace, reachable, &mut loads);
    for (name, argument) in OPEN.into_iter().chain(LOOK_UP) {
        let Some(function) = namespace.find(name, None, None) else {
            continue;
        };
        if !node(namespace, function).is_some_and(|node| reachable.contains(node)) {
            continue;
        }
        let solution = arguments(namespace, callers, function, argument, budget);
        for ((site, _), path) in solution.unknown {
            loads.unknown.insert((name, site), path);
        }
        if OPEN.iter().any(|(open, _)| *open == name) {
            // The names are found with those that the C library loads on its own, below.
            continue;
        }
        for location in solution.addresses.keys() {
            let text = namespace.modules[location.module]
                .image
                .text(location.address);
            if let Some(found) = text.and_then(|text| namespace.find(text, None, None)) {
                loads.symbols.push(found);
            }
        }
    }
    loads
}

/// The names of libraries that reachable code takes the address of, or that reachable data points to. The C library
/// loads some itself without calling a function that has a name.
fn libraries(namespace: &Namespace, reachable: &Reachable, loads: &mut Loads) {
    let mut look = |location: Location| {
        let image = &namespace.modules[location.module].image;
        let Some(bytes) = image.bytes(location.address) else {
            return;
        };
        if !bytes.starts_with(b"lib") {
            return;
        }
        let Some(text) = image.text(location.address) else {
            return;
        };
        if text.len() >= 64 || text.contains(' ') || !is_library(text) {
            return;
        }
        let names = if text.contains('%') {
            &mut loads.patterns
        } else {
            &mut loads.libraries
        };
        names.insert(text.to_owned());
    };
    for from in reachable.nodes() {
        match from {
            Node::Function(module, function) => {
                for reference in namespace.modules[module].refs_of(function) {
                    if reference.kind == RefKind::Take {
                        look(Location::new(module, reference.target));
                    }
                }
            }
            Node::Object(module, start) => {
                let range = namespace.modules[module].objects.extent(start);
                words(namespace, module, &range, &mut |location, _| look(location));
            }
        }
    }
}

/// Whether a text can be the name of a library: `.so` at its end, or before a version or a pattern for one.
fn is_library(text: &str) -> bool {
    let Some((_, version)) = text.split_once(".so") else {
        return false;
    };
    let numbered =
        |version: &str| version.starts_with(|first: char| first.is_ascii_digit() || first == '%');
    version.is_empty()
        || version.starts_with('%')
        || version.strip_prefix('.').is_some_and(numbered)
}

/// The functions of a library that was loaded while the program runs which the modules before it name: their names
/// are somewhere in the data. With `all`, every function that it shows.
pub(crate) fn exports(namespace: &Namespace, module: usize, all: bool) -> Vec<Location> {
    let symbols = namespace.modules[module].image.exports.iter();
    let functions = symbols.filter(|symbol| symbol.defined && symbol.kind.is_code());
    let location = |address| Location::new(module, address);
    if all {
        return functions.map(|symbol| location(symbol.address)).collect();
    }
    let functions: Vec<_> = functions.collect();
    let wanted: HashSet<&[u8]> = functions
        .iter()
        .map(|symbol| symbol.name.as_bytes())
        .collect();
    let mut named: HashSet<&[u8]> = HashSet::new();
    for other in &namespace.modules[..module] {
        let image = &other.image;
        for segment in image.segments.iter().filter(|segment| !segment.executable) {
            let length = segment.address.end - segment.address.start;
            let bytes = image
                .slice(segment.address.start, length)
                .unwrap_or_default();
            named.extend(
                bytes
                    .split(|byte| *byte == 0)
                    .filter_map(|text| wanted.get(text)),
            );
        }
    }
    let named = functions
        .iter()
        .filter(|symbol| named.contains(symbol.name.as_bytes()));
    named.map(|symbol| location(symbol.address)).collect()
}
