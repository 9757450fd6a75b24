//! How long seccomp(2) takes.

use crate::candidates::{Candidate, SYSCALLSET};
use crate::encoding::bytes;
use crate::lists::LISTS;
use crate::measure::Bench;
use crate::measure::programs::columns;
use crate::report::{Row, Section};
use crate::rounds::{Job, rounds, summary};

/// Loads every program in processes of its own.
///
/// # Errors
///
/// A candidate that cannot make its program, and a program that cannot be loaded.
pub fn measure(bench: &Bench) -> Result<Section, String> {
    let candidates = Candidate::all(bench.libseccomp.as_ref());
    let mut jobs = Vec::new();
    for candidate in &candidates {
        for list in LISTS {
            let program = candidate.program(list, None)?;
            jobs.push(Job::sample(&["install"], bytes(&program))?);
        }
    }
    let figures = rounds(&jobs, bench.repetitions(151))?;
    let mut cells = figures
        .iter()
        .map(|runs| Some(summary(runs.iter().map(|run| run[0] as f64 / 1e3))));
    let rows = candidates.iter().map(|candidate| Row {
        name: candidate.name().to_owned(),
        cells: cells.by_ref().take(LISTS.len()).collect(),
    });
    Ok(Section {
        id: "install",
        title: "Loading a program: seccomp(2)".to_owned(),
        unit: "µs",
        columns: columns(),
        rows: rows.collect(),
        baseline: Some(SYSCALLSET),
        notes: vec!["medians of fresh processes, by turns".to_owned()],
    })
}
