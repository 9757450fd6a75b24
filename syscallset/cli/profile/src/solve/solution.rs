//! The numbers that were found, and the ways on which they come.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::namespace::Location;

/// A place in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Site {
    pub(crate) module: usize,
    function: usize,
    pub(crate) at: u64,
}

impl Site {
    /// The instruction at an address of a function, which goes by module and index.
    pub(crate) fn new((module, function): (usize, usize), at: u64) -> Self {
        Self {
            module,
            function,
            at,
        }
    }

    /// The function, by module and index.
    pub(crate) fn function(self) -> (usize, usize) {
        (self.module, self.function)
    }
}

/// The way of a number from the place where it is known to the system call instruction, which comes last.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) site: Site,
    pub(crate) next: Option<Rc<Path>>,
}

impl Path {
    /// The places from here on, in the order in which they run.
    pub(crate) fn sites(&self) -> Vec<Site> {
        let mut sites = vec![self.site];
        let mut next = &self.next;
        while let Some(path) = next {
            sites.push(path.site);
            next = &path.next;
        }
        sites
    }
}

/// Why a number is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Unknown {
    /// It is computed in a way that is not followed.
    Computed,
    /// It comes from a parameter, and the address of the function is taken here: anybody may call it.
    AddressTaken,
    /// It comes from a parameter of a function that nothing in the program calls.
    Entered,
    /// The function, or all of them together, is too large to be followed.
    TooLarge,
    /// The instruction enters the kernel through the 32-bit ABI, which has other numbers.
    ForeignAbi,
}

/// What was found out about the reachable system call instructions.
#[derive(Debug, Default)]
pub(crate) struct Solution {
    /// The numbers, each with the first way that was found.
    pub(crate) numbers: BTreeMap<u32, Rc<Path>>,
    /// The addresses, if those were looked for.
    pub(crate) addresses: BTreeMap<Location, Rc<Path>>,
    /// The places where it is not known which number comes.
    pub(crate) unknown: BTreeMap<(Site, Unknown), Rc<Path>>,
    /// How many system call instructions are reachable.
    pub(crate) sites: usize,
}

impl Solution {
    /// Takes note that it is not known what comes from a place.
    pub(super) fn give_up(&mut self, site: Site, why: Unknown, next: Option<Rc<Path>>) {
        let path = Rc::new(Path { site, next });
        self.unknown.entry((site, why)).or_insert(path);
    }
}
