//! A program with all the libraries that the dynamic linker loads for it, bound to each other.

mod library;
mod search;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::image::{Image, Slot, Symbol, SymbolKind, Versioned};
use crate::module::Module;
use library::Library;

/// An address in one of the modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Location {
    pub(crate) module: usize,
    pub(crate) address: u64,
}

impl Location {
    pub(crate) fn new(module: usize, address: u64) -> Self {
        Self { module, address }
    }
}

/// A program and its libraries. Module 0 is the program.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) modules: Vec<Module>,
    /// The dynamic linker.
    pub(crate) interpreter: Option<usize>,
    /// The modules from this one on are not loaded by the dynamic linker at the start.
    pub(crate) late: usize,
    /// What each relocation of each module is bound to.
    bound: Vec<Vec<Option<Location>>>,
    /// Who defines a name, in the order of the search.
    definitions: HashMap<String, Vec<(usize, usize)>>,
    library: Library,
}

impl Namespace {
    /// Reads a program and the libraries it needs, and those of `with` as if it loaded them itself.
    pub(crate) fn load(
        program: &Path,
        with: &[PathBuf],
        root: Option<&Path>,
    ) -> Result<Self, Error> {
        let (library, files, interpreter) = Library::open(program, with, root)?;
        let late = files.len();
        let mut namespace = Self {
            modules: analyse(files),
            interpreter,
            late,
            bound: Vec::new(),
            definitions: HashMap::new(),
            library,
        };
        namespace.bind();
        for path in with {
            namespace.add(path)?;
        }
        Ok(namespace)
    }

    /// Adds a library with all it needs, as `dlopen` does; whether it is new.
    pub(crate) fn add(&mut self, path: &Path) -> Result<bool, Error> {
        let files = self.library.add(path)?;
        let new = !files.is_empty();
        self.modules.extend(analyse(files));
        if new {
            self.bind();
        }
        Ok(new)
    }

    /// Whether a library of this name is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.modules.iter().any(|module| {
            module.path.ends_with(name) || module.image.dynamic.soname.as_deref() == Some(name)
        })
    }

    /// The modules with these paths.
    pub(crate) fn late_roots(&self, paths: &[PathBuf]) -> Vec<usize> {
        (self.late..self.modules.len())
            .filter(|module| paths.contains(&self.modules[*module].path))
            .collect()
    }

    /// Where `dlopen` finds a library of this name.
    pub(crate) fn locate(&self, name: &str) -> Option<PathBuf> {
        self.library.locate(name, &self.modules[0])
    }

    fn bind(&mut self) {
        self.definitions.clear();
        for (module, contents) in self.modules.iter().enumerate() {
            for (index, symbol) in contents.image.exports.iter().enumerate() {
                if symbol.defined && symbol.version != Versioned::Local && !symbol.name.is_empty() {
                    let entry = self.definitions.entry(symbol.name.clone()).or_default();
                    entry.push((module, index));
                }
            }
        }
        let bind = |(module, contents): (usize, &Module)| {
            let relocations = contents.image.relocations.iter();
            relocations
                .map(|relocation| match relocation.slot {
                    Slot::Address(address) | Slot::Resolver(address) => {
                        Some(Location::new(module, address))
                    }
                    Slot::Symbol(index, addend) => {
                        let symbol = contents.image.exports.get(index as usize)?;
                        let found = self.resolve(module, symbol)?;
                        let address = found.address.wrapping_add_signed(addend);
                        Some(Location { address, ..found })
                    }
                    Slot::Copy(index) => {
                        let symbol = contents.image.exports.get(index as usize)?;
                        self.find(&symbol.name, Some(&symbol.version), Some(module))
                    }
                    Slot::Descriptor => None,
                })
                .collect()
        };
        self.bound = self.modules.iter().enumerate().map(bind).collect();
    }

    fn resolve(&self, module: usize, symbol: &Symbol) -> Option<Location> {
        if symbol.kind == SymbolKind::ThreadLocal {
            return None;
        }
        if symbol.defined && symbol.version == Versioned::Local {
            return Some(Location::new(module, symbol.address));
        }
        self.find(&symbol.name, Some(&symbol.version), None)
            .or_else(|| {
                symbol
                    .defined
                    .then_some(Location::new(module, symbol.address))
            })
    }

    /// Where a module begins to run.
    pub(crate) fn entry(&self, module: usize) -> Location {
        Location::new(module, self.modules[module].image.entry)
    }

    /// Where a function, by module and index, begins.
    pub(crate) fn start(&self, (module, function): (usize, usize)) -> Location {
        Location::new(module, self.modules[module].functions[function].range.start)
    }

    /// What relocation number `index` of a module is bound to.
    pub(crate) fn bound(&self, module: usize, index: usize) -> Option<Location> {
        self.bound[module][index]
    }

    /// What the word at an address points to, if it is relocated.
    pub(crate) fn slot(&self, module: usize, address: u64) -> Option<Location> {
        let relocations = &self.modules[module].image.relocations;
        let index = relocations
            .binary_search_by_key(&address, |relocation| relocation.address)
            .ok()?;
        self.bound[module][index]
    }

    /// The definition of a name that the dynamic linker takes, `except` leaving out one module.
    pub(crate) fn find(
        &self,
        name: &str,
        version: Option<&Versioned>,
        except: Option<usize>,
    ) -> Option<Location> {
        let wanted = match version {
            Some(Versioned::Named(name) | Versioned::Hidden(name)) => Some(name),
            _ => None,
        };
        let Some(candidates) = self.definitions.get(name) else {
            // A static program shows nothing to others, but its own symbols may have been left in.
            let program = &self.modules[0];
            if program.image.dynamic.present || version.is_some() {
                return None;
            }
            return Some(Location::new(0, program.symbol(name)?.address));
        };
        let candidates = candidates
            .iter()
            .filter(|(module, _)| Some(*module) != except);
        let symbol = |(module, index): &(usize, usize)| {
            (*module, &self.modules[*module].image.exports[*index])
        };
        let mut hidden = None;
        for (module, symbol) in candidates.map(symbol) {
            let location = Location::new(module, symbol.address);
            match (&symbol.version, wanted) {
                (Versioned::Named(version) | Versioned::Hidden(version), Some(wanted))
                    if version != wanted =>
                {
                    hidden.get_or_insert(location);
                }
                (Versioned::Hidden(_), None) => {
                    hidden.get_or_insert(location);
                }
                _ => return Some(location),
            }
        }
        // Better a wrong version than none: the dynamic linker would end the program.
        hidden
    }
}

/// Analyses files side by side.
fn analyse(files: Vec<(PathBuf, Image)>) -> Vec<Module> {
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(files.len());
    let count = files.len();
    let queue = std::sync::Mutex::new(files.into_iter().enumerate().collect::<Vec<_>>());
    // The largest first, so that no worker is left alone with it at the end.
    if let Ok(mut queue) = queue.lock() {
        queue.sort_by_key(|(_, (_, image))| image.data.len());
    }
    let mut modules: Vec<(usize, Module)> = Vec::with_capacity(count);
    std::thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let next = queue.lock().ok().and_then(|mut queue| queue.pop());
                let Some((index, (path, image))) = next else {
                    return done;
                };
                done.push((index, Module::new(path, image)));
            }
        };
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            match worker.join() {
                Ok(done) => modules.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    modules.sort_by_key(|(index, _)| *index);
    modules.into_iter().map(|(_, module)| module).collect()
}
