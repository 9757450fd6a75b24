//! The measurements: each makes one or more tables.

pub mod builds;
pub mod calls;
pub mod expansion;
pub mod hello;
pub mod install;
pub mod path;
pub mod programs;

use std::path::PathBuf;

use crate::peers::libseccomp::Libseccomp;

/// What the measurements need to know.
#[derive(Clone, Debug)]
pub struct Bench {
    /// Only show that everything works.
    pub quick: bool,
    /// libseccomp, if the machine has it.
    pub libseccomp: Option<Libseccomp>,
    /// The workspace.
    pub root: PathBuf,
    /// Where programs are built.
    pub scratch: PathBuf,
}

impl Bench {
    /// How often something is repeated.
    pub fn repetitions(&self, thorough: usize) -> usize {
        if self.quick { 2 } else { thorough }
    }
}
