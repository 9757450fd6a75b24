//! What a system call costs under filters.

use crate::candidates::{Candidate, FILTER_STRING};
use crate::encoding::bytes;
use crate::lists::List;
use crate::measure::Bench;
use crate::report::{Row, Section};
use crate::rounds::{Job, rounds, summary};
use crate::sample::Call;

/// List d, and seccomp(2) itself, without which no second filter can be loaded.
const STACKED: List = List {
    id: "d",
    filter: "@system-service seccomp",
};

/// How many equal filters are in force.
const DEPTHS: [usize; 3] = [1, 2, 5];

/// Repeats calls under one and more filters.
///
/// # Errors
///
/// A candidate that cannot make its program, and a program that cannot be loaded.
pub fn measure(bench: &Bench) -> Result<Section, String> {
    let candidates = Candidate::all(bench.libseccomp.as_ref());
    let calls = if bench.quick { "2000" } else { "45000" };
    let mut jobs = Vec::new();
    let mut places = Vec::new();
    for (row, candidate) in candidates.iter().enumerate() {
        for (kind, call) in Call::ALL.into_iter().enumerate() {
            // The limits refuse nothing.
            let limit = matches!(candidate, Candidate::ArchCheck | Candidate::Allow);
            if limit && call == Call::Refused {
                continue;
            }
            let program = bytes(&candidate.program(STACKED, Some(1))?);
            for (index, depth) in DEPTHS.into_iter().enumerate() {
                let arguments = ["calls", call.name(), &depth.to_string(), calls];
                jobs.push(Job::sample(&arguments, program.clone())?);
                places.push((row, kind * DEPTHS.len() + index));
            }
        }
    }
    let figures = rounds(&jobs, bench.repetitions(31))?;
    let columns = Call::ALL.into_iter().flat_map(|call| {
        let name = call.name();
        DEPTHS.map(|depth| format!("{name} {depth}"))
    });
    let columns: Vec<String> = columns.collect();
    let mut rows: Vec<Row> = candidates
        .iter()
        .map(|candidate| Row {
            name: candidate.name().to_owned(),
            cells: vec![None; columns.len()],
        })
        .collect();
    for ((row, column), runs) in places.into_iter().zip(figures) {
        // Of one process, as machines change their speed from one moment to the other.
        let ratios = runs.iter().map(|run| run[1] as f64 / run[0] as f64);
        rows[row].cells[column] = Some(summary(ratios));
    }
    Ok(Section {
        id: "calls",
        title: format!(
            "A call under 1, 2 and 5 filters of list `{}`, times an unfiltered getppid(2)",
            STACKED.filter
        ),
        unit: "",
        columns,
        rows,
        baseline: None,
        notes: vec![
            "`allowed`: since Linux 5.11 allowed calls cost the same under any filter whose verdict \
             depends on the number alone; the kernel remembers it"
                .to_owned(),
            "`always run`: the same with a look at an argument in front, so that the kernel cannot \
             remember, as no older one can"
                .to_owned(),
            format!("`refused`: with an error; adjtimex(2). `{FILTER_STRING}` as above"),
        ],
    })
}
