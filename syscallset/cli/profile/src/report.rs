//! What there is to say about an analysed program.

use std::path::Path;

use syscallset_tables::Arch;

use crate::module::Module;
use crate::profile::{From, Profile};
use crate::reach::{Node, Reason};
use crate::scan::RefKind;
use crate::solve::{Site, Unknown};

/// A place in a program or library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The name of the file.
    pub module: String,
    /// The address, as the file has it.
    pub address: u64,
    /// The function and how far behind its start the place is. A stripped function's name is its address.
    pub symbol: String,
    /// Whether it is data that points to the next place of a chain.
    pub is_data: bool,
}

/// A way from where the analysis begins to a system call instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Why the first place runs.
    pub root: &'static str,
    /// The places, each referring to the next.
    pub places: Vec<Place>,
}

/// A system call instruction whose number is not known, or not for every caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// Where the number is lost.
    pub place: Place,
    /// Why.
    pub why: Unknown,
    /// The instruction; the same as `place`, unless functions lie between that pass the number on.
    pub instruction: Place,
}

/// A call of `dlopen` or `dlsym` with a name that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// The function.
    pub function: &'static str,
    /// Where it is called.
    pub place: Place,
}

impl Profile {
    /// The architecture of the program.
    pub fn arch(&self) -> Arch {
        self.namespace.modules[0].image.arch
    }

    /// Where the analysis began; never [`From::Auto`].
    pub fn from(&self) -> From {
        self.from
    }

    /// The calls that the program can make, sorted by name.
    ///
    /// Calls that the kernel makes on its behalf are left out: [`Self::by_kernel`].
    pub fn calls(&self) -> Vec<&'static str> {
        let arch = self.arch();
        let numbers = self.solution.numbers.keys();
        let mut calls: Vec<_> = numbers.filter_map(|number| arch.name_of(*number)).collect();
        calls.sort_unstable();
        calls
    }

    /// The calls whose instructions are the kernel's: `restart_syscall(2)` in the place of others that a signal
    /// interrupted, and the return from a signal's handler where the code for it is in the vDSO, as on aarch64.
    /// Every filter allows them.
    pub fn by_kernel(&self) -> Vec<&'static str> {
        let restarted = ["clock_nanosleep", "futex", "nanosleep", "poll"];
        let calls = self.calls();
        let any = |some: &[&str]| some.iter().any(|call| calls.contains(call));
        let mut by_kernel = Vec::new();
        if any(&restarted) {
            by_kernel.push("restart_syscall");
        }
        if any(&["rt_sigaction"]) && !calls.contains(&"rt_sigreturn") {
            by_kernel.push("rt_sigreturn");
        }
        by_kernel
    }

    /// The numbers that reach system call instructions and that no call of the architecture has.
    pub fn nameless(&self) -> Vec<u32> {
        let arch = self.arch();
        let numbers = self.solution.numbers.keys().copied();
        numbers
            .filter(|number| arch.name_of(*number).is_none())
            .collect()
    }

    /// One way to a call; `None` if the program cannot make it.
    pub fn explain(&self, call: &str) -> Option<Chain> {
        let path = self.solution.numbers.get(&self.arch().number(call)?)?;
        let (module, function) = path.site.function();
        let mut node = Node::Function(module, function);
        let mut places = Vec::new();
        let root = loop {
            match self.reachable.reason(node)? {
                Reason::Root(why) => break why,
                Reason::From(from, at) => {
                    places.push(self.reference(from, at));
                    node = from;
                }
            }
        };
        places.reverse();
        places.extend(path.sites().into_iter().map(|site| self.place(site)));
        Some(Chain { root, places })
    }

    /// The system calls whose number is not known. An empty list means that [`Self::calls`] is complete as far as
    /// the loaded modules go.
    pub fn unresolved(&self) -> Vec<Unresolved> {
        let unknown = self.solution.unknown.iter();
        let unresolved = unknown.map(|((site, why), path)| {
            let instruction = path.sites().last().map_or(*site, |site| *site);
            Unresolved {
                place: self.place(*site),
                why: *why,
                instruction: self.place(instruction),
            }
        });
        unresolved.collect()
    }

    /// The calls of functions that load libraries or look symbols up, with names that are not known.
    pub fn loads(&self) -> Vec<Load> {
        let places = self.loads.unknown.keys();
        places
            .map(|(function, site)| Load {
                function,
                place: self.place(*site),
            })
            .collect()
    }

    /// The names of libraries in the program that may be loaded while it runs and were not found.
    pub fn absent(&self) -> &[String] {
        &self.absent
    }

    /// Patterns for names of modules that the C library loads as the system is configured: name services and
    /// character sets.
    pub fn patterns(&self) -> Vec<String> {
        self.loads.patterns.iter().cloned().collect()
    }

    /// The reachable calls through pointers. Each counts as a call of every function whose address is taken.
    pub fn indirect_calls(&self) -> impl Iterator<Item = Place> {
        self.reachable
            .functions()
            .flat_map(move |(module, function)| {
                let refs = self.namespace.modules[module].refs_of(function).iter();
                let indirect = refs.filter(|reference| reference.kind == RefKind::IndirectCall);
                indirect
                    .map(move |reference| self.place(Site::new((module, function), reference.at)))
            })
    }

    /// The files, the program first, and whether each is loaded only while the program runs.
    pub fn modules(&self) -> impl Iterator<Item = (&Path, bool)> {
        let modules = self.namespace.modules.iter().enumerate();
        modules.map(|(index, module)| (module.path.as_path(), index >= self.namespace.late))
    }

    /// How many system call instructions are reachable.
    pub fn instructions(&self) -> usize {
        self.solution.sites
    }

    /// How many functions are reachable.
    pub fn functions(&self) -> usize {
        self.reachable.functions().count()
    }

    /// The contents of the program's section `.note.syscallset`.
    pub fn note(&self) -> Option<&[u8]> {
        self.namespace.modules[0].image.note.as_deref()
    }

    fn module(&self, module: usize) -> &Module {
        &self.namespace.modules[module]
    }

    fn place(&self, site: Site) -> Place {
        let module = self.module(site.module);
        let symbol = module.describe(site.at);
        Place {
            module: module.name(),
            address: site.at,
            symbol,
            is_data: false,
        }
    }

    /// Where a node refers to something.
    fn reference(&self, from: Node, at: u64) -> Place {
        match from {
            Node::Function(module, function) => self.place(Site::new((module, function), at)),
            Node::Object(module, _) => {
                let module = self.module(module);
                let symbol = module.describe_data(at);
                Place {
                    module: module.name(),
                    address: at,
                    symbol,
                    is_data: true,
                }
            }
        }
    }
}
