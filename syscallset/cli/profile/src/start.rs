//! Where `main` is.

mod after;

use crate::code::{Decoder, Op, Target, convention};
use crate::flow::{Atom, Budget, Event, State, follow};
use crate::namespace::{Location, Namespace};
use crate::reach::{Node, callees, node, taken};

/// The functions that make up the start of a program.
#[derive(Debug)]
pub(crate) struct Start {
    /// `main` as C sees it.
    pub(crate) main: (usize, usize),
    /// The user's `main` of a Rust program; C's only starts the runtime.
    pub(crate) rust: Vec<(usize, usize)>,
}

impl Start {
    /// Finds `main`; `None` if there is none to be found.
    pub(crate) fn find(namespace: &Namespace, budget: &mut Budget) -> Option<Self> {
        let program = &namespace.modules[0];
        if program.image.is_go {
            let main = program
                .image
                .go
                .iter()
                .find(|function| function.name == "main.main")?;
            return Some(Self {
                main: (0, program.function(main.start)?),
                rust: Vec::new(),
            });
        }
        let named = program
            .symbol("main")
            .map(|symbol| Location::new(0, symbol.address));
        let main = named.or_else(|| passed(namespace, budget))?;
        let Some(Node::Function(module, function)) = node(namespace, main) else {
            return None;
        };
        let mut start = Self {
            main: (module, function),
            rust: Vec::new(),
        };
        if is_rust(namespace) {
            start.rust = taken(namespace, start.main);
            if start.rust.is_empty() {
                // Without optimisation, another function passes the address on.
                for callee in callees(namespace, start.main) {
                    start.rust.extend(
                        taken(namespace, callee)
                            .into_iter()
                            .filter(|found| found.0 == module),
                    );
                }
            }
        }
        Some(start)
    }

    /// The functions whose code is the program's own, not the runtime's.
    pub(crate) fn mains(&self) -> Vec<(usize, usize)> {
        if self.rust.is_empty() {
            vec![self.main]
        } else {
            self.rust.clone()
        }
    }
}

/// The address that the entry point, or a function that it calls, passes to the C library as `main`.
fn passed(namespace: &Namespace, budget: &mut Budget) -> Option<Location> {
    let Node::Function(module, function) = node(namespace, namespace.entry(0))? else {
        return None;
    };
    let mut places = vec![(module, function)];
    // In musl, the entry point calls a function in C, which passes `main` on.
    places.extend(
        callees(namespace, (module, function))
            .into_iter()
            .filter(|callee| callee.0 == 0),
    );
    places
        .into_iter()
        .find_map(|place| passed_by(namespace, place, budget))
}

fn passed_by(
    namespace: &Namespace,
    (module, function): (usize, usize),
    budget: &mut Budget,
) -> Option<Location> {
    let contents = &namespace.modules[module];
    let first = convention(contents.image.arch, false).arguments[0];
    let mut found = None;
    let mut observe = |_, event, state: &State| {
        if !matches!(event, Event::Call(_) | Event::Jump(_)) || found.is_some() {
            return;
        }
        let location = match state.reg(first).one() {
            Some(Atom::Address(location)) => location,
            Some(Atom::Const(address)) if contents.image.fixed => Location::new(module, address),
            _ => return,
        };
        found = landing(namespace, location);
    };
    follow(namespace, module, function, &[], budget, &mut observe).ok()?;
    found
}

/// The function that a pointer to code leads to: what begins there, or what a few instructions there jump to,
/// which have no frame of their own and may pass for the end of another function.
fn landing(namespace: &Namespace, location: Location) -> Option<Location> {
    const FEW: usize = 4;
    let module = &namespace.modules[location.module];
    let index = module.function(location.address)?;
    let range = &module.functions[index].range;
    if range.start == location.address {
        return Some(location);
    }
    let bytes = module
        .image
        .slice(location.address, range.end.saturating_sub(location.address))?;
    let mut decoder = Decoder::new(module.image.arch, bytes, location.address, false);
    let mut ops = Vec::new();
    for _ in 0..FEW {
        decoder.next(&mut ops)?;
        match ops.as_slice() {
            [] => {}
            [Op::Jump(Target::Direct(address))] => {
                let address = *address;
                let index = module.function(address)?;
                let begins = module.functions[index].range.start == address;
                return begins.then_some(Location::new(location.module, address));
            }
            _ => break,
        }
    }
    None
}

/// Whether Rust's standard library is in the program: it names its source files in messages.
fn is_rust(namespace: &Namespace) -> bool {
    let image = &namespace.modules[0].image;
    let symbols = image.locals.iter().chain(&image.exports);
    if symbols
        .into_iter()
        .any(|symbol| symbol.name.contains("lang_start") || symbol.name.contains("rust_panic"))
    {
        return true;
    }
    let marks: [&[u8]; 2] = [b"library/std/src/", b"/rustc/"];
    image.segments.iter().any(|segment| {
        let length = segment.address.end - segment.address.start;
        let bytes = image
            .slice(segment.address.start, length)
            .unwrap_or_default();
        marks
            .iter()
            .any(|mark| bytes.windows(mark.len()).any(|window| window == *mark))
    })
}
