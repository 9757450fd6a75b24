//! How long it takes to bring a process under a filter string, user space included.

use std::ffi::OsString;

use crate::candidates::{EXTRASAFE, LIBSECCOMP_LIST, LIBSECCOMP_TREE, SECCOMPILER, SYSCALLSET};
use crate::lists::LISTS;
use crate::measure::Bench;
use crate::measure::programs::columns;
use crate::peers::libseccomp::Optimize;
use crate::report::{Row, Section};
use crate::rounds::{Job, rounds, summary};

/// Restricts fresh processes with each library.
///
/// # Errors
///
/// A library that cannot load its filter.
pub fn measure(bench: &Bench) -> Result<Section, String> {
    let mut names = vec![SYSCALLSET, SECCOMPILER, EXTRASAFE];
    let mut jobs = Vec::new();
    for name in &names {
        for list in LISTS {
            jobs.push(Job::sample(&["path", name, list.id], Vec::new())?);
        }
    }
    if let Some(libseccomp) = &bench.libseccomp {
        for (name, optimize) in [
            (LIBSECCOMP_TREE, Optimize::Tree),
            (LIBSECCOMP_LIST, Optimize::List),
        ] {
            names.push(name);
            for list in LISTS {
                let (program, arguments, input) =
                    libseccomp.loading(&list.policy_numbers(), optimize);
                jobs.push(Job {
                    program,
                    arguments: arguments.into_iter().map(OsString::from).collect(),
                    input,
                });
            }
        }
    }
    let figures = rounds(&jobs, bench.repetitions(101))?;
    let mut cells = figures
        .iter()
        .map(|runs| Some(summary(runs.iter().map(|run| run[0] as f64 / 1e3))));
    let rows = names.into_iter().map(|name| Row {
        name: name.to_owned(),
        cells: cells.by_ref().take(LISTS.len()).collect(),
    });
    Ok(Section {
        id: "path",
        title: "Restricting a process: everything up to the filter in force".to_owned(),
        unit: "µs",
        columns: columns(),
        rows: rows.collect(),
        baseline: Some(SYSCALLSET),
        notes: vec![
            "medians of fresh processes, by turns; the peers are given the numbers of the calls that the filter \
             string allows, so they look up no names"
                .to_owned(),
        ],
    })
}
