//! The analysis as a whole: what is loaded, what is reachable, which numbers arrive.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::flow::{Budget, Effects};
use crate::handed;
use crate::loads::{self, Loads};
use crate::namespace::{Location, Namespace};
use crate::reach::{Reachable, node};
use crate::roots;
use crate::solve::{Callers, Solution, solve};
use crate::start::Start;

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum From {
    /// From `main`, if the program is Rust's or carries the note of a filter of this project; else from the entry.
    #[default]
    Auto,
    /// From the first instruction of the process on.
    Entry,
    /// From `main` on, with all that runs after it and all that was set up before to be called later.
    Main,
}

/// What to analyse.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where to begin.
    pub from: From,
    /// Libraries that the program loads while it runs under names that are not found. All of their functions count
    /// as reachable.
    pub with: Vec<PathBuf>,
    /// The root directory of the system that the program is for; this one's if `None`.
    pub root: Option<PathBuf>,
    /// Whether to count every function of every file as reachable: what a scan of whole files finds.
    pub everything: bool,
}

/// Which system calls a program can make.
#[derive(Debug)]
pub struct Profile {
    pub(crate) namespace: Namespace,
    pub(crate) reachable: Reachable,
    pub(crate) solution: Solution,
    pub(crate) loads: Loads,
    pub(crate) from: From,
    /// Names of libraries that the program holds and that were not found.
    pub(crate) absent: Vec<String>,
}

/// The operations that are followed at most, over all functions.
const FUEL: u64 = 50_000_000;
/// How often what is loaded may lead to more that is loaded. No program is known for which it does so four times.
const ROUNDS: usize = 16;

impl Profile {
    /// Analyses a program.
    ///
    /// # Errors
    ///
    /// If the program or one of its libraries cannot be read, is damaged, or is of an architecture other than
    /// x86-64 and aarch64; if a library is not found; if `main` is asked for and not found.
    pub fn new(program: &Path, options: &Options) -> Result<Self, Error> {
        let mut namespace = Namespace::load(program, &options.with, options.root.as_deref())?;
        let mut budget = Budget {
            fuel: FUEL,
            effects: Effects::default(),
        };
        let start = match options.from {
            From::Entry => None,
            From::Main => {
                let start = Start::find(&namespace, &mut budget);
                Some(start.ok_or_else(|| Error::new(program, ErrorKind::Main))?)
            }
            From::Auto => {
                let noted = namespace.modules[0].image.note.is_some();
                let start = Start::find(&namespace, &mut budget);
                start.filter(|start| noted || !start.rust.is_empty())
            }
        };
        let mut late = Late::new(&namespace, options);
        // What comes before `main` does not depend on what is loaded after it.
        let handed = start
            .as_ref()
            .map(|start| handed::over(&namespace, start, &mut budget));
        let mut rounds = 0;
        let (reachable, callers, loads) = loop {
            let mut reachable = match &start {
                Some(start) => roots::main(&namespace, start, &budget),
                None => roots::entry(&namespace),
            };
            for (location, why) in handed.iter().flatten() {
                reachable.root(&namespace, *location, why);
            }
            late.add_to(&namespace, &mut reachable);
            if options.everything {
                roots::all(&namespace, &mut reachable);
            }
            reachable.spread(&namespace, &|_| false);
            let callers = Callers::new(&namespace, &reachable);
            let loads = loads::find(&namespace, &reachable, &callers, &mut budget);
            rounds += 1;
            if !late.take(&mut namespace, &reachable, &loads) {
                break (reachable, callers, loads);
            }
            if rounds == ROUNDS {
                let what = "what it loads leads to more that it loads, again and again";
                return Err(Error::new(program, ErrorKind::Budget(what)));
            }
        };
        let solution = solve(&namespace, &reachable, &callers, &mut budget);
        let from = if start.is_some() {
            From::Main
        } else {
            From::Entry
        };
        Ok(Self {
            namespace,
            reachable,
            solution,
            loads,
            from,
            absent: late.absent,
        })
    }
}

/// What comes in while the program runs.
#[derive(Debug)]
struct Late {
    /// Libraries, and whether all of their functions can be called.
    modules: Vec<(usize, bool)>,
    symbols: Vec<Location>,
    tried: HashSet<String>,
    absent: Vec<String>,
}

impl Late {
    fn new(namespace: &Namespace, options: &Options) -> Self {
        let modules = namespace.late_roots(&options.with);
        Self {
            modules: modules.into_iter().map(|module| (module, true)).collect(),
            symbols: Vec::new(),
            tried: HashSet::new(),
            absent: Vec::new(),
        }
    }

    fn add_to(&self, namespace: &Namespace, reachable: &mut Reachable) {
        for (module, all) in &self.modules {
            for location in loads::exports(namespace, *module, *all) {
                reachable.root(namespace, location, "looked up by name");
            }
        }
        for location in &self.symbols {
            reachable.root(namespace, *location, "looked up by name");
        }
    }

    /// Takes up what was found; whether anything follows from it.
    fn take(&mut self, namespace: &mut Namespace, reachable: &Reachable, loads: &Loads) -> bool {
        let mut new = false;
        for name in &loads.libraries {
            if namespace.has(name) || !self.tried.insert(name.clone()) {
                continue;
            }
            let Some(path) = namespace.locate(name) else {
                self.absent.push(name.clone());
                continue;
            };
            let module = namespace.modules.len();
            // A file of that name that is no library cannot be loaded.
            if namespace.add(&path).unwrap_or(false) {
                self.modules.push((module, false));
                new = true;
            }
        }
        for location in &loads.symbols {
            if !self.symbols.contains(location) {
                self.symbols.push(*location);
                new |= node(namespace, *location).is_some_and(|node| !reachable.contains(node));
            }
        }
        new
    }
}
