//! A program with all the libraries that the dynamic linker loads for it, bound to each other.

mod search;

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::image::{Image, Slot, Symbol, SymbolKind, Versioned};
use crate::module::Module;
use search::Search;

/// An address in one of the modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Location {
    pub(crate) module: usize,
    pub(crate) address: u64,
}

/// A program and its libraries. Module 0 is the program.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) modules: Vec<Module>,
    /// The dynamic linker.
    pub(crate) interpreter: Option<usize>,
    /// What each relocation of each module is bound to.
    bound: Vec<Vec<Option<Location>>>,
    /// Who defines a name, in the order of the search.
    definitions: HashMap<String, Vec<(usize, usize)>>,
}

/// More than any program has; a chain of links that never ends is none.
const MODULES: usize = 512;
/// The bytes of all files together.
const BYTES: u64 = 4 << 30;

impl Namespace {
    /// Reads a program and the libraries it needs, and those of `with` as if it loaded them itself.
    pub(crate) fn load(
        program: &Path,
        with: &[PathBuf],
        root: Option<&Path>,
    ) -> Result<Self, Error> {
        let mut budget = BYTES;
        let mut read = |path: &Path| {
            let length = std::fs::metadata(path)
                .map_err(|error| Error::new(path, ErrorKind::Read(error)))?
                .len();
            budget = budget
                .checked_sub(length)
                .ok_or_else(|| Error::new(path, ErrorKind::Budget("its files have over 4 GiB")))?;
            let data =
                std::fs::read(path).map_err(|error| Error::new(path, ErrorKind::Read(error)))?;
            Image::parse(data).map_err(|kind| Error::new(path, kind))
        };
        let image = read(program)?;
        let search = Search::new(image.arch, root);
        let mut files: Vec<(PathBuf, Image)> = Vec::new();
        let mut names: HashMap<String, usize> = HashMap::new();
        let mut seen: HashSet<PathBuf> = HashSet::new();
        let mut waiting: VecDeque<PathBuf> = VecDeque::new();
        let interpreter_path = image
            .interpreter
            .clone()
            .map(|path| search.rooted(Path::new(&path)));
        // The files asked for: the program, then what it needs, breadth first, as the dynamic linker does it.
        let mut next = Some((program.to_path_buf(), image));
        let mut extra = with.iter();
        let mut needed: VecDeque<(usize, String)> = VecDeque::new();
        loop {
            if let Some((path, image)) = next.take() {
                if files.len() == MODULES {
                    return Err(Error::new(
                        program,
                        ErrorKind::Budget("it needs over 512 libraries"),
                    ));
                }
                let index = files.len();
                if let Some(name) = &image.dynamic.soname {
                    names.entry(name.clone()).or_insert(index);
                }
                needed.extend(
                    image
                        .dynamic
                        .needed
                        .iter()
                        .map(|name| (index, name.clone())),
                );
                files.push((path, image));
                continue;
            }
            if let Some((from, name)) = needed.pop_front() {
                if names.contains_key(&name) {
                    continue;
                }
                let is_interpreter = interpreter_path
                    .as_ref()
                    .is_some_and(|path| path.ends_with(&name));
                let path = match &interpreter_path {
                    Some(path) if is_interpreter => Some(path.clone()),
                    _ => search.find(&name, &files[from].0, &files[from].1, &files[0].1),
                };
                let Some(path) = path else {
                    // A library named with `with` may have been found elsewhere.
                    if let Some(path) = with.iter().find(|path| path.ends_with(&name)) {
                        names.insert(name, files.len());
                        next = Some((path.clone(), read(path)?));
                        continue;
                    }
                    return Err(Error::new(files[from].0.clone(), ErrorKind::Library(name)));
                };
                let real = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
                names.insert(name, files.len());
                if seen.insert(real) {
                    next = Some((path.clone(), read(&path)?));
                } else if let Some(index) = files.iter().position(|(other, _)| *other == path) {
                    let name = files[index].1.dynamic.soname.clone();
                    names.extend(name.map(|name| (name, index)));
                }
                continue;
            }
            if let Some(path) = interpreter_path
                .as_ref()
                .filter(|path| !files.iter().any(|(other, _)| other == *path))
            {
                next = Some((path.clone(), read(path)?));
                continue;
            }
            waiting.extend(extra.next().cloned());
            let Some(path) = waiting.pop_front() else {
                break;
            };
            if !files.iter().any(|(other, _)| *other == path) {
                next = Some((path.clone(), read(&path)?));
            }
        }
        let interpreter =
            interpreter_path.and_then(|path| files.iter().position(|(other, _)| *other == path));
        let arch = files[0].1.arch;
        if let Some((path, image)) = files.iter().find(|(_, image)| image.arch != arch) {
            let machine = if image.arch == syscallset_tables::Arch::Aarch64 {
                183
            } else {
                62
            };
            return Err(Error::new(path.clone(), ErrorKind::Architecture(machine)));
        }
        let modules = analyse(files);
        let mut namespace = Self {
            interpreter,
            bound: Vec::new(),
            definitions: HashMap::new(),
            modules,
        };
        namespace.bind();
        Ok(namespace)
    }

    fn bind(&mut self) {
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
                        Some(Location { module, address })
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
            return Some(Location {
                module,
                address: symbol.address,
            });
        }
        self.find(&symbol.name, Some(&symbol.version), None)
            .or_else(|| {
                symbol.defined.then_some(Location {
                    module,
                    address: symbol.address,
                })
            })
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
        let candidates = self.definitions.get(name)?;
        let candidates = candidates
            .iter()
            .filter(|(module, _)| Some(*module) != except);
        let symbol = |(module, index): &(usize, usize)| {
            (*module, &self.modules[*module].image.exports[*index])
        };
        let mut hidden = None;
        for (module, symbol) in candidates.map(symbol) {
            let location = Location {
                module,
                address: symbol.address,
            };
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
