//! `cargo xtask bench`: compares programs, and what they cost, with those of others.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use syscallset_bench::chart::chart;
use syscallset_bench::measure::{Bench, builds, calls, expansion, hello, install, path, programs};
use syscallset_bench::peers::libseccomp::Libseccomp;
use syscallset_bench::report::{Report, Section};
use syscallset_bench::run::output;
use syscallset_bench::{sample, targets};

const USAGE: &str = "\
usage: cargo xtask bench [--quick] [--only WORD,…] [--json FILE] [--chart FILE.svg]

Compares the programs of syscallset with those of seccompiler, extrasafe and libseccomp.

  --quick         measure everything once or twice: shows that it works, and no figures to trust
  --only WORD,…   some of programs, install, path, calls, hello, builds, expansion
  --json FILE     write the figures as JSON, too
  --chart FILE    write a chart of them as SVG, too; it needs programs, install, path and hello
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((first, rest)) if first == "sample" => sample::main(rest),
        _ => Options::parse(&arguments).and_then(|options| {
            if let Some(options) = options {
                return bench(&options);
            }
            print!("{USAGE}");
            Ok(())
        }),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// A measurement and the word for it.
type Measurement = (&'static str, fn(&Bench) -> Result<Vec<Section>, String>);

const MEASUREMENTS: [Measurement; 7] = [
    ("programs", programs::measure),
    ("install", |bench| {
        install::measure(bench).map(|section| vec![section])
    }),
    ("path", |bench| {
        path::measure(bench).map(|section| vec![section])
    }),
    ("calls", |bench| {
        calls::measure(bench).map(|section| vec![section])
    }),
    ("hello", hello::measure),
    ("builds", |bench| {
        builds::measure(bench).map(|section| vec![section])
    }),
    ("expansion", |bench| {
        expansion::measure(bench).map(|section| vec![section])
    }),
];

#[derive(Debug, Default)]
struct Options {
    quick: bool,
    only: Option<Vec<String>>,
    json: Option<PathBuf>,
    chart: Option<PathBuf>,
}

impl Options {
    /// `None` where help is asked for.
    fn parse(arguments: &[String]) -> Result<Option<Self>, String> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let value = arguments.next();
                value.ok_or_else(|| format!("`{argument}` needs a value\n{USAGE}"))
            };
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--only" => options.only = Some(words(value()?)?),
                "--json" => options.json = Some(PathBuf::from(value()?)),
                "--chart" => options.chart = Some(PathBuf::from(value()?)),
                "--help" | "-h" => return Ok(None),
                other => return Err(format!("no option `{other}`\n{USAGE}")),
            }
        }
        Ok(Some(options))
    }
}

fn words(list: &str) -> Result<Vec<String>, String> {
    let words: Vec<String> = list.split(',').map(str::to_owned).collect();
    match words
        .iter()
        .find(|word| !MEASUREMENTS.iter().any(|(other, _)| other == word))
    {
        Some(word) => Err(format!("no measurement `{word}`\n{USAGE}")),
        None => Ok(words),
    }
}

fn bench(options: &Options) -> Result<(), String> {
    if !cfg!(all(
        target_os = "linux",
        target_arch = "x86_64",
        target_pointer_width = "64"
    )) {
        return Err("the lists are compared on x86-64 Linux".to_owned());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().map_err(|error| error.to_string())?;
    let executable = std::env::current_exe().map_err(|error| error.to_string())?;
    let scratch = executable.parent().unwrap_or(Path::new(".")).join("bench");
    std::fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;

    let mut report = Report {
        machine: machine(),
        ..Report::default()
    };
    let libseccomp = match Libseccomp::build(&scratch) {
        Ok(libseccomp) => {
            report
                .machine
                .push(format!("libseccomp {}", libseccomp.version));
            Some(libseccomp)
        }
        Err(error) => {
            report.skipped.push(format!("libseccomp: {error}"));
            None
        }
    };
    let bench = Bench {
        quick: options.quick,
        libseccomp,
        root,
        scratch,
    };
    if options.quick {
        let note = "repetitions: `--quick`, so no figure in time is to be trusted";
        report.skipped.push(note.to_owned());
    }
    for (word, measure) in MEASUREMENTS {
        let wanted = options
            .only
            .as_ref()
            .is_none_or(|only| only.iter().any(|other| other == word));
        if wanted {
            eprintln!("measuring: {word}");
            report.sections.extend(measure(&bench)?);
        }
    }
    report.targets = targets::compare(&report);
    print!("{report}");
    if let Some(file) = &options.json {
        let json = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        write(file, &(json + "\n"))?;
    }
    if let Some(file) = &options.chart {
        write(file, &chart(&report)?)?;
    }
    Ok(())
}

/// What the figures depend on.
fn machine() -> Vec<String> {
    let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    // What stands behind the number is the builder's.
    let kernel = kernel.trim().split('-').next().unwrap_or_default();
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1))
        .unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    vec![
        format!("Linux {kernel}, {processor}, {cores} cores"),
        output("rustc", &["--version"]).map_or_else(|error| error, first),
    ]
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
