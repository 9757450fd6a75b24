//! How long the macros take, unoptimised as cargo builds them.

use std::fmt::Write as _;
use std::time::Instant;

use crate::crates::{Crate, Profile, path_dependency};
use crate::lists::LISTS;
use crate::measure::Bench;
use crate::measure::programs::columns;
use crate::report::{Cell, Row, Section};
use crate::rounds::{summary, turns};
use crate::run::output;

/// The rows of the compiler alone.
pub const COMPILER: [&str; 2] = ["the compiler", "the compiler, with a report"];

/// How many filters more the larger of two programs has.
const MORE: usize = 100;

/// Times the compiler alone, and filters in a build.
///
/// # Errors
///
/// Programs that cannot be built.
pub fn measure(bench: &Bench) -> Result<Section, String> {
    let mut whole = Vec::new();
    for list in LISTS {
        whole.push(Some(in_a_build(bench, list.filter)?));
    }
    Ok(Section {
        id: "expansion",
        title: "Expanding one filter, unoptimised".to_owned(),
        unit: "ms",
        columns: columns(),
        rows: COMPILER
            .into_iter()
            .map(str::to_owned)
            .zip(compiler(bench)?)
            .chain([("the same, in a build".to_owned(), whole)])
            .map(|(name, cells)| Row { name, cells })
            .collect(),
        baseline: None,
        notes: vec![
            "the compiler: programs for builds without and with debug assertions, each proven"
                .to_owned(),
            format!(
                "in a build: a {MORE}th of what {MORE} filters more take in a debug build after an edit, \
                 with everything that rustc does with them"
            ),
        ],
    })
}

fn compiler(bench: &Bench) -> Result<Vec<Vec<Option<Cell>>>, String> {
    let program = Crate::lay_out(
        bench,
        "expansion",
        "expansion",
        include_str!("../../hello/expansion.rs"),
        &path_dependency(bench, "syscallset-compiler", "syscallset-macros/compiler"),
    )?;
    program.build(Profile::Debug)?;
    let mut arguments = vec![bench.repetitions(31).to_string()];
    arguments.extend(LISTS.map(|list| list.filter.to_owned()));
    let text = output(program.executable(Profile::Debug), &arguments)?;
    let time = |figure: &str| figure.parse().ok().map(|ns: f64| Cell::count(ns / 1e6));
    let times = |line: &str| line.split(' ').map(time).collect();
    Ok(text.lines().map(times).collect())
}

fn in_a_build(bench: &Bench, filter: &str) -> Result<Cell, String> {
    let dependency = path_dependency(bench, "syscallset", "syscallset");
    let program = |package, filters| {
        let mut text = "fn main() {}\n".to_owned();
        for index in 0..filters {
            let _ = writeln!(
                text,
                "#[used] pub static FILTER_{index}: syscallset::Filter = syscallset::filter!({filter:?});"
            );
        }
        Crate::lay_out(bench, "filters", package, &text, &dependency)
    };
    let programs = [program("filter", 1)?, program("filters", 1 + MORE)?];
    for program in &programs {
        program.build(Profile::Debug)?;
    }
    let mut times = [Vec::new(), Vec::new()];
    let mut edits = 0;
    turns(2, bench.repetitions(7), |index| {
        edits += 1;
        programs[index].edit(edits)?;
        let start = Instant::now();
        programs[index].build(Profile::Debug)?;
        times[index].push(start.elapsed().as_secs_f64() * 1e3);
        Ok(())
    })?;
    let differences = times[1].iter().zip(&times[0]);
    Ok(summary(
        differences.map(|(more, one)| (more - one) / MORE as f64),
    ))
}
