//! Development tasks of the workspace: `cargo xtask TASK [OPTION…]`.

mod debian;
mod dist;
mod fuzz;
mod minimal;
mod msrv;
mod package;
mod pictures;
mod regen;
mod survey;
mod vm;

use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: cargo xtask TASK [OPTION…]

tasks:
  regen-tables   write the tables of syscallset-tables from their sources (`regen-tables --help`)
  survey         hold the advised filters against what programs do (`survey --help`)
  bench          compare programs, and what they cost, with those of others (`bench --help`)
  dist           build the command with its manual pages and completions (`dist --help`)
  fuzz           feed the compiler with random input for a while (`fuzz --help`)
  pictures       draw what a terminal shows for the README (`pictures --help`)
  api            record the public interface, or compare it with the record (`api --help`)
  licences       check the licences of all dependencies
  msrv           check the libraries with the oldest Rust that they promise (`msrv --help`)
  minimal-versions
                 check the packages with the oldest dependencies that they allow
  package        pack and compile what would be published (`package --help`)
  vm             run the tests on kernels of other architectures and releases (`vm --help`)
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = match arguments.next().as_deref() {
        Some("regen-tables") => regen::main(arguments),
        Some("survey") => survey::main(arguments),
        Some("bench") => bench(arguments),
        Some(task @ ("api" | "licences")) => release(task, arguments),
        Some("dist") => dist::main(arguments),
        Some("fuzz") => fuzz::main(arguments),
        Some("package") => package::main(arguments),
        Some("pictures") => pictures::main(arguments),
        Some("msrv") => msrv::main(arguments),
        Some("minimal-versions") => minimal::main(arguments),
        Some("vm") => vm::main(arguments),
        None | Some("help" | "-h" | "--help") => {
            print!("{USAGE}");
            Ok(())
        }
        Some(task) => Err(format!("no task `{task}`\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a package of its own, so that the other tasks do not wait for the peers to be compiled.
fn bench(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut cargo = cargo();
    cargo.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "syscallset-bench",
        "--",
    ]);
    run(cargo.args(arguments))
}

/// Runs the package that reads JSON.
fn release(task: &str, arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut cargo = cargo();
    cargo.args([
        "run",
        "--quiet",
        "--package",
        "syscallset-release",
        "--",
        task,
    ]);
    run(cargo.args(arguments))
}

/// The cargo that runs this task.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn run(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
