//! The result.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use syscallset_tables::Arch;

use crate::error::Error;
use crate::namespace::Namespace;
use crate::reach::{Node, Reachable, Reason};
use crate::roots;
use crate::solve::{Site, Solution, Unknown, solve};

/// What to analyse.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Libraries that the program loads itself.
    pub with: Vec<PathBuf>,
    /// The directory that holds the system which the program is for.
    pub root: Option<PathBuf>,
}

/// Which system calls a program can make.
#[derive(Debug)]
pub struct Profile {
    namespace: Namespace,
    reachable: Reachable,
    solution: Solution,
}

/// The operations that are followed at most, over all functions.
const FUEL: u64 = 100_000_000;

impl Profile {
    /// Analyses a program.
    ///
    /// # Errors
    ///
    /// If the program or one of its libraries cannot be read or is damaged.
    pub fn new(program: &Path, options: &Options) -> Result<Self, Error> {
        let namespace = Namespace::load(program, &options.with, options.root.as_deref())?;
        let reachable = roots::entry(&namespace);
        let solution = solve(&namespace, &reachable, FUEL);
        Ok(Self {
            namespace,
            reachable,
            solution,
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
