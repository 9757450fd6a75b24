//! A whole program: how long it runs, how large it is, what it allocates.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::crates::{Crate, PLAIN, Profile, hellos};
use crate::encoding::numbers;
use crate::measure::Bench;
use crate::report::{Cell, Row, Section};
use crate::rounds::{summary, turns};
use crate::run::compile_c;

const ALLOCATIONS: &str = include_str!("../../c/allocations.c");

/// Builds, runs and weighs the hello world of each library.
///
/// # Errors
///
/// Programs that cannot be built or fail.
pub fn measure(bench: &Bench) -> Result<Vec<Section>, String> {
    let hellos = hellos(bench)?;
    for hello in &hellos {
        hello.build(Profile::Release)?;
    }
    Ok(vec![
        section(
            "hello-wall",
            "Hello world: from start to end",
            "µs",
            walls(bench, &hellos)?,
        ),
        section(
            "hello-size",
            "Hello world: stripped size",
            "bytes",
            sizes(&hellos)?,
        ),
        Section {
            columns: vec!["requests".to_owned(), "bytes".to_owned()],
            ..section(
                "hello-allocations",
                "Hello world: heap allocations",
                "",
                allocations(bench, &hellos)?,
            )
        },
    ])
}

fn section(id: &'static str, title: &str, unit: &'static str, rows: Vec<Row>) -> Section {
    let notes = match id {
        "hello-wall" => vec![
            "`@system-service`, release build; medians of processes by turns".to_owned(),
            "`more`: the median of the differences to the program without a filter in the same turn"
                .to_owned(),
        ],
        "hello-size" => vec!["libseccomp is a shared library beside the program".to_owned()],
        _ => Vec::new(),
    };
    Section {
        id,
        title: title.to_owned(),
        unit,
        columns: vec!["all".to_owned(), "more".to_owned()],
        rows,
        baseline: Some(PLAIN),
        notes,
    }
}

fn walls(bench: &Bench, hellos: &[Crate]) -> Result<Vec<Row>, String> {
    let mut times = vec![Vec::new(); hellos.len()];
    turns(hellos.len(), bench.repetitions(601), |index| {
        let mut command = Command::new(hellos[index].executable(Profile::Release));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let start = Instant::now();
        let status = command.status().map_err(|error| error.to_string())?;
        times[index].push(start.elapsed().as_secs_f64() * 1e6);
        let name = hellos[index].name;
        if status.success() {
            Ok(())
        } else {
            Err(format!("{name}: {status}"))
        }
    })?;
    let rows = hellos.iter().enumerate().map(|(index, hello)| {
        let more = times[index].iter().zip(&times[0]);
        Row {
            name: hello.name.to_owned(),
            cells: vec![
                Some(summary(times[index].iter().copied())),
                (index > 0).then(|| summary(more.map(|(time, plain)| time - plain))),
            ],
        }
    });
    Ok(rows.collect())
}

/// The sizes of release builds, and how much more each has than the first.
///
/// # Errors
///
/// Programs that are not there.
pub fn sizes(hellos: &[Crate]) -> Result<Vec<Row>, String> {
    let mut rows: Vec<Row> = Vec::new();
    let mut plain = None;
    for hello in hellos {
        let size = std::fs::metadata(hello.executable(Profile::Release))
            .map_err(|error| error.to_string())?
            .len() as f64;
        let more = plain.map(|plain| Cell::count(size - plain));
        plain.get_or_insert(size);
        rows.push(Row {
            name: hello.name.to_owned(),
            cells: vec![Some(Cell::count(size)), more],
        });
    }
    Ok(rows)
}

/// The requests to the heap in release builds, and bytes.
///
/// # Errors
///
/// A machine without a C compiler, and programs that are not there or fail.
pub fn allocations(bench: &Bench, hellos: &[Crate]) -> Result<Vec<Row>, String> {
    let counter = bench.scratch.join("allocations.so");
    compile_c(ALLOCATIONS, &counter, &["-O2", "-shared", "-fPIC"])?;
    let mut rows = Vec::new();
    for hello in hellos {
        let output = Command::new(hello.executable(Profile::Release))
            .env("LD_PRELOAD", &counter)
            .output()
            .map_err(|error| error.to_string())?;
        let figures = numbers(&output.stderr);
        if !output.status.success() || figures.len() != 2 {
            return Err(format!("{}: {output:?}", hello.name));
        }
        rows.push(Row {
            name: hello.name.to_owned(),
            cells: figures
                .into_iter()
                .map(|number| Some(Cell::count(number as f64)))
                .collect(),
        });
    }
    Ok(rows)
}
