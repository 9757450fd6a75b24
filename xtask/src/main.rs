//! Development tasks of the workspace: `cargo xtask TASK [OPTION…]`.

mod debian;
mod regen;
mod survey;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK [OPTION…]

tasks:
  regen-tables   write the tables of syscallset-tables from their sources (`regen-tables --help`)
  survey         hold the advised filters against what programs do (`survey --help`)
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = match arguments.next().as_deref() {
        Some("regen-tables") => regen::main(arguments),
        Some("survey") => survey::main(arguments),
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
