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

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::thread;

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
    let mut builds = BTreeMap::new();
    let mut prepared = Vec::new();
    for machine in machines {
        prepared.push((machine, prepare(machine, &mut builds)));
    }
    let mut summary = Summary::default();
    // Emulators keep one processor busy each, and are started as many at a time as there are.
    let workers = thread::available_parallelism().map_or(1, usize::from);
    for group in prepared.chunks(workers) {
        thread::scope(|scope| {
            let running: Vec<_> = group
                .iter()
                .map(|(machine, prepared)| {
                    let (builds, expected) = (&builds, &expected);
                    scope.spawn(move || run(machine, prepared, builds, expected))
                })
                .collect();
            for ((machine, _), running) in group.iter().zip(running) {
                let outcome = running
                    .join()
                    .unwrap_or_else(|_| Outcome::Failed("a panic".into()));
                println!("{}: {outcome}", machine.name());
                summary.add(&outcome);
            }
        });
    }
    summary.finish()
}

/// The builds, by platform.
type Builds = BTreeMap<&'static str, std::result::Result<Built, Trouble>>;

/// Why a machine does not run.
#[derive(Clone, Debug)]
enum Trouble {
    /// A package cannot be had.
    Skipped(String),
    /// Something is wrong with what we have made.
    Fault(String),
}

/// Fetches and builds what a machine needs. The result is its kernel.
fn prepare(machine: &Machine, builds: &mut Builds) -> std::result::Result<PathBuf, Trouble> {
    if let Some(package) = packages::missing(machine) {
        let reason = format!("the package `{package}` cannot be had");
        return Err(Trouble::Skipped(reason));
    }
    let skip = |reason: String| Trouble::Skipped(reason.replace('\n', " "));
    let kernel = kernel::fetch(machine).map_err(skip)?;
    let platform = machine.platform;
    let built = builds.entry(platform.name).or_insert_with(|| {
        let compiler = build::compiler(platform).map_err(skip)?;
        build::build(platform, compiler.as_deref()).map_err(Trouble::Fault)
    });
    match built {
        Ok(_) => Ok(kernel),
        Err(trouble) => Err(trouble.clone()),
    }
}

fn run(
    machine: &Machine,
    prepared: &std::result::Result<PathBuf, Trouble>,
    builds: &Builds,
    expected: &list::Names,
) -> Outcome {
    let kernel = match prepared {
        Ok(kernel) => kernel,
        Err(Trouble::Skipped(reason)) => return Outcome::Skipped(reason.clone()),
        Err(Trouble::Fault(fault)) => return Outcome::Failed(fault.clone()),
    };
    let Some(Ok(built)) = builds.get(machine.platform.name) else {
        return Outcome::Failed("nothing was built".into());
    };
    match boot::boot(machine, kernel, built) {
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
