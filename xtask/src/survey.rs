//! `cargo xtask survey`: holds the filters that we advise against what programs do.
//!
//! The programs in `survey/programs/` restrict themselves to a filter string in their first statement, the same one
//! that the README advises for their kind. Each is built in several ways, run under strace with every C library that
//! can be had here, and has to end as its head says. A call that its filter refuses ends it otherwise. And a call in
//! one of our own sets that no program makes has to say in its reason why it is there all the same.

mod check;
mod options;
mod program;
mod run;
mod sets;
mod setting;
mod table;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use options::Options;
use program::Program;
use setting::Setting;

/// Why a run stopped, as a sentence for the person who started it.
type Result<T> = std::result::Result<T, String>;

/// What was seen of one program in one setting.
struct Sighting {
    program: usize,
    /// The calls after the filter was loaded, or why the program did not do what it should.
    calls: Result<BTreeSet<String>>,
}

/// The calls of each program, by its index, in all settings.
type Calls = BTreeMap<usize, BTreeSet<String>>;

pub(crate) fn main(arguments: impl Iterator<Item = String>) -> Result<()> {
    let Some(options) = Options::parse(arguments)? else {
        print!("{}", options::USAGE);
        return Ok(());
    };
    let root = root();
    let mut programs = program::read_all(&root.join("xtask/survey/programs/src/bin"))?;
    if let Some(runs) = options.runs {
        for program in &mut programs {
            program.runs = runs;
        }
    }
    let mut faults = table::check(&root, &programs)?;
    let selected: Vec<usize> = (0..programs.len())
        .filter(|&index| options.selects(&programs[index].name))
        .collect();
    if selected.is_empty() {
        return Err("no program has that name".into());
    }
    let mut calls = Calls::new();
    let mut whole = options.is_whole();
    for setting in setting::all(&options)? {
        let seen = survey(&setting, &programs, &selected, &mut faults);
        println!("{}: {seen}", setting.name);
        whole &= setting.optional || seen.skipped.is_none();
        for (program, more) in seen.calls {
            calls.entry(program).or_default().extend(more);
        }
    }
    if options.calls {
        for (&program, calls) in &calls {
            let calls: Vec<_> = calls.iter().map(String::as_str).collect();
            println!("{}: {}", programs[program].name, calls.join(" "));
        }
    }
    if whole {
        faults.extend(check::unseen(
            &sets::read(&root)?,
            &sets::read_systemd(&root)?,
            &programs,
            &calls,
        ));
    } else {
        println!(
            "not looked for: calls of our sets that no program makes; another setting may show them"
        );
    }
    if faults.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        eprintln!("\n{fault}");
    }
    Err(format!(
        "{} of the survey's expectations failed",
        faults.len()
    ))
}

/// What was seen in one setting.
#[derive(Default)]
struct Seen {
    calls: Calls,
    runs: usize,
    faults: usize,
    skipped: Option<String>,
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(reason) = &self.skipped {
            return write!(f, "skipped: {reason}");
        }
        let different: BTreeSet<_> = self.calls.values().flatten().collect();
        write!(
            f,
            "{} programs, {} runs, {} different calls, {} faults",
            self.calls.len() + self.faults,
            self.runs,
            different.len(),
            self.faults
        )
    }
}

/// Runs the programs in one setting, as many at a time as there are processors.
fn survey(
    setting: &Setting,
    programs: &[Program],
    selected: &[usize],
    faults: &mut Vec<String>,
) -> Seen {
    let mut seen = Seen::default();
    let launcher = match &setting.launcher {
        Ok(launcher) => launcher,
        Err(reason) => {
            seen.skipped = Some(reason.clone());
            return seen;
        }
    };
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(&program) = selected.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let calls = run::run(&programs[program], launcher);
                    if sender.send(Sighting { program, calls }).is_err() {
                        break;
                    }
                }
            });
        }
    });
    drop(sender);
    for Sighting { program, calls } in receiver {
        let Program { name, runs, .. } = &programs[program];
        seen.runs += if launcher.repeats { *runs } else { 1 };
        match calls {
            Ok(calls) => drop(seen.calls.insert(program, calls)),
            Err(fault) => {
                seen.faults += 1;
                faults.push(format!("{name}, {}: {fault}", setting.name));
            }
        }
    }
    seen
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(PathBuf::new, Path::to_owned)
}
