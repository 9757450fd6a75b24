//! `cargo xtask vm`: runs the tests that ask the kernel on kernels of other architectures and releases.
//!
//! Compilers, kernels and emulators come from Debian's packages. The tests and their programs are built statically and
//! put into an initial file system, with a first process that runs them; QEMU boots the kernel with it. They are the
//! very tests that `cargo test` runs on this machine, which is held against each machine's list.

mod boot;
mod build;
mod initrd;
mod kernel;
mod list;
mod machine;
mod options;
mod packages;
mod summary;
mod toolchain;
mod verdict;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};

use build::{Built, TESTS};
use machine::{MACHINES, Machine};
use options::Options;
use summary::{Outcome, Summary};
use verdict::judge;

/// Why a run stopped, as a sentence for the person who started it.
type Result<T> = std::result::Result<T, String>;

pub(crate) fn main(arguments: impl Iterator<Item = String>) -> Result<()> {
    let Some(options) = Options::parse(arguments)? else {
        print!("{}", options::usage());
        return Ok(());
    };
    let machines: Vec<&Machine> = MACHINES
        .iter()
        .filter(|machine| options.selects(machine))
        .collect();
    packages::install(&machines);
    let expected = list::here()?;
    let mut builds = Builds::new();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let mut summary = Summary::default();
    thread::scope(|scope| {
        let mut running = VecDeque::new();
        for machine in machines {
            let prepared = prepare(machine, &mut builds);
            let expected = &expected;
            // Machines run while the next ones are built. An emulator keeps one processor busy.
            if running.len() == workers {
                summary.add(&join(running.pop_front()));
            }
            running.push_back(scope.spawn(move || {
                let outcome = run(machine, prepared, expected);
                println!("{}: {outcome}", machine.name());
                outcome
            }));
        }
        for machine in running {
            summary.add(&join(Some(machine)));
        }
    });
    summary.finish()
}

/// Waits for a machine.
fn join(machine: Option<ScopedJoinHandle<'_, Outcome>>) -> Outcome {
    let outcome = machine.and_then(|machine| machine.join().ok());
    outcome.unwrap_or_else(|| Outcome::Failed("a panic".into()))
}

/// The builds, by platform.
type Builds = BTreeMap<&'static str, std::result::Result<Arc<Built>, Trouble>>;

/// The kernel of a machine, and what runs on it.
type Prepared = std::result::Result<(PathBuf, Arc<Built>), Trouble>;

/// Why a machine does not run.
#[derive(Clone, Debug)]
enum Trouble {
    /// A package cannot be had.
    Skipped(String),
    /// Something is wrong with what we have made.
    Fault(String),
}

/// Fetches and builds what a machine needs.
fn prepare(machine: &Machine, builds: &mut Builds) -> Prepared {
    if let Some(package) = packages::missing(machine) {
        let reason = format!("the package `{package}` cannot be had");
        return Err(Trouble::Skipped(reason));
    }
    let skip = |reason: String| Trouble::Skipped(reason.replace('\n', " "));
    let kernel = kernel::fetch(machine).map_err(skip)?;
    let platform = machine.platform;
    let built = builds.entry(platform.name).or_insert_with(|| {
        let compiler = build::compiler(platform).map_err(skip)?;
        let built = build::build(platform, compiler.as_deref());
        built.map(Arc::new).map_err(Trouble::Fault)
    });
    match built {
        Ok(built) => Ok((kernel, Arc::clone(built))),
        Err(trouble) => Err(trouble.clone()),
    }
}

fn run(machine: &Machine, prepared: Prepared, expected: &list::Names) -> Outcome {
    let (kernel, built) = match prepared {
        Ok(prepared) => prepared,
        Err(Trouble::Skipped(reason)) => return Outcome::Skipped(reason),
        Err(Trouble::Fault(fault)) => return Outcome::Failed(fault),
    };
    match boot::boot(machine, &kernel, &built) {
        Ok(console) => {
            let mut verdict = judge(&console, &TESTS);
            verdict
                .faults
                .extend(list::compare(expected, &verdict.names));
            Outcome::of(verdict, &console)
        }
        Err(error) => Outcome::Failed(error),
    }
}
