//! What the build of a program pays.

use std::time::Instant;

use crate::crates::{Crate, PLAIN, Profile, attribute, hellos};
use crate::measure::Bench;
use crate::report::{Row, Section};
use crate::rounds::{summary, turns};
use crate::sys;

/// Builds the hello world of each library from nothing, and after an edit of the program.
///
/// # Errors
///
/// Programs that cannot be built.
pub fn measure(bench: &Bench) -> Result<Section, String> {
    let mut hellos = hellos(bench)?;
    hellos.push(attribute(bench)?);
    let mut edits = 0;
    let mut columns = Vec::new();
    let mut rows: Vec<Row> = hellos
        .iter()
        .map(|hello| Row {
            name: hello.name.to_owned(),
            cells: Vec::new(),
        })
        .collect();
    for profile in Profile::ALL {
        let mut add = |kind: &str, times: Vec<Vec<f64>>| {
            columns.push(format!("{kind}, {}", profile.name()));
            for (row, times) in rows.iter_mut().zip(times) {
                row.cells.push(Some(summary(times)));
            }
        };
        let count = if bench.quick { 1 } else { 3 };
        let [cold, processors] = seconds(&hellos, profile, count, Crate::clean)?;
        add("cold", cold);
        add("cold, all cores", processors);
        let [incremental, _] = seconds(&hellos, profile, bench.repetitions(9), |hello| {
            edits += 1;
            hello.edit(edits)
        })?;
        add("after an edit", incremental);
    }
    Ok(Section {
        id: "builds",
        title: "Building hello world".to_owned(),
        unit: "s",
        columns,
        rows,
        baseline: Some(PLAIN),
        notes: vec![
            "wall clock of `cargo build`, medians; crates are downloaded already; `all cores`: time of \
             processors"
                .to_owned(),
            "`limit`: an attribute that parses its argument with `syn` without `full`, and does nothing"
                .to_owned(),
        ],
    })
}

/// Per program, seconds of the clock and of the processors.
fn seconds(
    hellos: &[Crate],
    profile: Profile,
    count: usize,
    mut prepare: impl FnMut(&Crate) -> Result<(), String>,
) -> Result<[Vec<Vec<f64>>; 2], String> {
    let mut clock = vec![Vec::new(); hellos.len()];
    let mut processors = clock.clone();
    turns(hellos.len(), count, |index| {
        prepare(&hellos[index])?;
        let (start, before) = (Instant::now(), processor_seconds()?);
        hellos[index].build(profile)?;
        clock[index].push(start.elapsed().as_secs_f64());
        processors[index].push(processor_seconds()? - before);
        Ok(())
    })?;
    Ok([clock, processors])
}

fn processor_seconds() -> Result<f64, String> {
    sys::children_seconds().map_err(|error| error.to_string())
}
