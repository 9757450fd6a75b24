//! Figures from many fresh processes, taken in turns.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::encoding::numbers;
use crate::report::Cell;
use crate::run::output_given;

/// A process that measures itself and writes figures.
#[derive(Clone, Debug)]
pub struct Job {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its standard input.
    pub input: Vec<u8>,
}

impl Job {
    /// A sample that this program takes itself; see [`crate::sample`].
    ///
    /// # Errors
    ///
    /// If the path of this program cannot be found out.
    pub fn sample(arguments: &[&str], input: Vec<u8>) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let arguments = ["sample"].iter().chain(arguments);
        Ok(Self {
            program,
            arguments: arguments.map(OsString::from).collect(),
            input,
        })
    }

    fn figures(&self) -> Result<Vec<u64>, String> {
        let bytes = output_given(&self.program, &self.arguments, &self.input)?;
        let figures = numbers(&bytes);
        if figures.is_empty() {
            return Err(format!("{self:?} wrote no figures"));
        }
        Ok(figures)
    }
}

/// Runs all jobs, `count` times each and by turns, so that whatever else the machine does falls on all
/// of them alike. The figures of each run of each job.
///
/// # Errors
///
/// A job that fails.
pub fn rounds(jobs: &[Job], count: usize) -> Result<Vec<Vec<Vec<u64>>>, String> {
    let mut figures = vec![Vec::with_capacity(count); jobs.len()];
    turns(jobs.len(), count, |index| {
        figures[index].push(jobs[index].figures()?);
        Ok(())
    })?;
    Ok(figures)
}

/// Does each of `things` things `count` times, forwards and backwards by turns.
///
/// # Errors
///
/// The first one of `act`.
pub fn turns(
    things: usize,
    count: usize,
    mut act: impl FnMut(usize) -> Result<(), String>,
) -> Result<(), String> {
    for round in 0..count {
        for turn in 0..things {
            act(if round % 2 == 0 {
                turn
            } else {
                things - 1 - turn
            })?;
        }
    }
    Ok(())
}

/// The median and the quartiles of figures, of which there must be one.
pub fn summary(figures: impl IntoIterator<Item = f64>) -> Cell {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    let at = |quarters: usize| figures[(figures.len() - 1) * quarters / 4];
    Cell {
        value: at(2),
        quartiles: Some([at(1), at(3)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_medians_and_quartiles() {
        let cell = summary([5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!(cell.value.to_bits(), 3_f64.to_bits());
        assert_eq!(cell.quartiles, Some([2.0, 4.0]));
    }

    #[test]
    fn everything_has_its_turn() {
        let mut order = Vec::new();
        turns(3, 2, |index| {
            order.push(index);
            Ok(())
        })
        .unwrap();
        assert_eq!(order, [0, 1, 2, 2, 1, 0]);
    }
}
