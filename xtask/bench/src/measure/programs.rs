//! The programs themselves: counts, which are the same on every machine.

use crate::candidates::{Candidate, FILTER_STRING, SYSCALLSET};
use crate::counts::{Counts, count};
use crate::lists::{LISTS, List};
use crate::measure::Bench;
use crate::report::{Cell, Row, Section};

/// Counts instructions, in the program and executed.
///
/// # Errors
///
/// A candidate that cannot make its program.
pub fn measure(bench: &Bench) -> Result<Vec<Section>, String> {
    let candidates = Candidate::all(bench.libseccomp.as_ref());
    let mut counts = Vec::new();
    for candidate in &candidates {
        let of_lists: Result<Vec<Counts>, String> = LISTS
            .iter()
            .map(|list| {
                candidate
                    .program(*list, None)
                    .map(|program| count(&program))
            })
            .collect();
        counts.push((candidate.name(), of_lists?));
    }
    let section = |id, title: &str, figure: fn(&Counts) -> Option<f64>| Section {
        id,
        title: title.to_owned(),
        unit: "",
        columns: columns(),
        rows: counts
            .iter()
            .map(|(name, counts)| Row {
                name: (*name).to_owned(),
                cells: counts
                    .iter()
                    .map(|counts| figure(counts).map(Cell::count))
                    .collect(),
            })
            .collect(),
        baseline: Some(SYSCALLSET),
        notes: Vec::new(),
    };
    let mut sections = vec![
        section("instructions", "N: instructions in the program", |counts| {
            Some(counts.instructions as f64)
        }),
        section(
            "allowed-mean",
            "Instructions executed for an allowed call, mean",
            |counts| counts.allowed.map(|allowed| allowed.mean),
        ),
        section(
            "allowed-max",
            "Instructions executed for an allowed call, most",
            |counts| counts.allowed.map(|allowed| allowed.max as f64),
        ),
        section(
            "refused-mean",
            "Instructions executed for a refused call, mean",
            |counts| counts.refused.map(|refused| refused.mean),
        ),
        section(
            "refused-max",
            "Instructions executed for a refused call, most",
            |counts| counts.refused.map(|refused| refused.max as f64),
        ),
        section(
            "emulated",
            "E: instructions that Linux emulates at loading",
            |counts| Some(counts.emulated as f64),
        ),
    ];
    sections[0].notes = notes();
    Ok(sections)
}

/// The columns of tables with a figure for each list.
pub fn columns() -> Vec<String> {
    LISTS.map(|list| list.id.to_owned()).to_vec()
}

fn notes() -> Vec<String> {
    let mut notes = vec!["The lists, of systemd 252 with `@default` less `execve`:".to_owned()];
    for list in LISTS {
        let List { id, filter } = list;
        let (exact, whole) = (list.numbers().len(), list.policy_numbers().len());
        notes.push(format!(
            "  {id}  {exact} calls  {filter}; as a filter string {whole} calls"
        ));
    }
    notes.push(format!(
        "`{FILTER_STRING}`: what is embedded for the filter string, with the sets of systemd {}, with \
         `@rust-runtime`, and with a third action, ENOSYS, for numbers that no call has.",
        syscallset_tables::SYSTEMD_RELEASE
    ));
    notes.push("`seccompiler`: `extrasafe` loads the programs of this crate.".to_owned());
    notes
}
