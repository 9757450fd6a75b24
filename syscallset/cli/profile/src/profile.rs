//! The result.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use syscallset_tables::Arch;

use crate::error::{Error, ErrorKind};
use crate::flow::{Budget, Effects};
use crate::loads::{self, Loads};
use crate::namespace::Namespace;
use crate::reach::{Node, Reachable, Reason};
use crate::roots;
use crate::solve::{Callers, Site, Solution, Unknown, solve};
use crate::start::Start;

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum From {
    /// From `main`, if the program is Rust's or restricts itself by a filter of this project; else from the entry.
    #[default]
    Auto,
    /// From the first instruction of the process.
    Entry,
    /// From `main`, with what runs at the exit.
    Main,
}

/// What to analyse.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Libraries that the program loads itself.
    pub with: Vec<PathBuf>,
    /// The directory that holds the system which the program is for.
    pub root: Option<PathBuf>,
    /// Where to begin.
    pub from: From,
    /// Take every function of every module as reachable.
    pub everything: bool,
}

/// Which system calls a program can make.
#[derive(Debug)]
pub struct Profile {
    namespace: Namespace,
    reachable: Reachable,
    solution: Solution,
    loads: Loads,
    from: From,
    /// Libraries that are loaded by name and were not found.
    absent: Vec<String>,
}

/// The operations that are followed at most, over all functions.
const FUEL: u64 = 50_000_000;
/// How often what is loaded may lead to more that is loaded.
const ROUNDS: usize = 8;

impl Profile {
    /// Analyses a program.
    ///
    /// # Errors
    ///
    /// If the program or one of its libraries cannot be read or is damaged; if `main` is asked for and not found.
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
                Start::find(&namespace, &mut budget).filter(|start| noted || !start.rust.is_empty())
            }
        };
        let mut absent = Vec::new();
        let mut tried: HashSet<String> = HashSet::new();
        let mut all: Vec<(usize, bool)> = namespace
            .late_roots(&options.with)
            .into_iter()
            .map(|module| (module, true))
            .collect();
        let mut symbols = Vec::new();
        let mut round = 0;
        let (reachable, callers, loads) = loop {
            let mut reachable = match &start {
                Some(start) => roots::main(&namespace, start, &mut budget),
                None => roots::entry(&namespace),
            };
            for (module, all) in &all {
                for location in loads::exports(&namespace, *module, *all) {
                    reachable.root(&namespace, location, "looked up by name");
                }
            }
            for location in &symbols {
                reachable.root(&namespace, *location, "looked up by name");
            }
            if options.everything {
                roots::all(&namespace, &mut reachable);
            }
            reachable.spread(&namespace, &|_| false);
            let callers = Callers::new(&namespace, &reachable);
            let loads = loads::find(&namespace, &reachable, &callers, &mut budget);
            let mut new = false;
            for name in &loads.libraries {
                if namespace.has(name) || !tried.insert(name.clone()) {
                    continue;
                }
                match namespace.locate(name) {
                    Some(path) => {
                        let module = namespace.modules.len();
                        // A file of that name that is no library of this kind is not loaded either.
                        if namespace.add(&path).unwrap_or(false) {
                            all.push((module, false));
                            new = true;
                        }
                    }
                    None => absent.push(name.clone()),
                }
            }
            for location in &loads.symbols {
                if !symbols.contains(location) {
                    symbols.push(*location);
                    new |= crate::reach::node(&namespace, *location)
                        .is_some_and(|node| !reachable.contains(node));
                }
            }
            round += 1;
            if !new || round == ROUNDS {
                break (reachable, callers, loads);
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
            absent,
        })
    }

    /// The architecture of the program.
    pub fn arch(&self) -> Arch {
        self.namespace.modules[0].image.arch
    }

    /// The calls, sorted by name. Numbers that no call has are left out.
    pub fn calls(&self) -> Vec<&'static str> {
        let arch = self.arch();
        let mut calls: Vec<_> = self
            .solution
            .numbers
            .keys()
            .filter_map(|number| arch.name_of(*number))
            .collect();
        calls.sort_unstable();
        calls
    }

    /// debug
    pub fn dump(&self) {
        for ((site, why), path) in &self.solution.unknown {
            eprintln!("unknown {why:?} {}", self.describe(*site));
            for site in path.sites() {
                eprintln!("      {}", self.describe(site));
            }
        }
        eprintln!(
            "sites {} functions {}",
            self.solution.sites,
            self.reachable.functions().count()
        );
    }

    fn describe(&self, site: Site) -> String {
        let module = &self.namespace.modules[site.module];
        format!(
            "{}!{} ({:#x})",
            module.name(),
            module.describe(site.at),
            site.at
        )
    }

    /// debug
    pub fn explain(&self, call: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let Some(number) = self.arch().number(call) else {
            return lines;
        };
        let Some(path) = self.solution.numbers.get(&number) else {
            return lines;
        };
        let mut node = Node::Function(path.site.module, path.site.function);
        while let Some(reason) = self.reachable.reason(node) {
            match reason {
                Reason::Root(why) => {
                    lines.push(format!("{} ({why})", self.name(node)));
                    break;
                }
                Reason::From(from, at) => {
                    lines.push(format!("{} <- {at:#x}", self.name(node)));
                    node = from;
                }
            }
        }
        lines.reverse();
        lines.extend(path.sites().iter().map(|site| self.describe(*site)));
        lines
    }

    fn name(&self, node: Node) -> String {
        match node {
            Node::Function(module, function) => {
                let module = &self.namespace.modules[module];
                format!(
                    "{}!{}",
                    module.name(),
                    module.describe(module.functions[function].range.start)
                )
            }
            Node::Object(module, at) => {
                format!("{}!data {at:#x}", self.namespace.modules[module].name())
            }
        }
    }
}

#[allow(dead_code)]
fn unused(_: BTreeMap<Unknown, ()>) {}
