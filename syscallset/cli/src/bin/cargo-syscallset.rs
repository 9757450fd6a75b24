//! The `syscallset` command as cargo calls it: `cargo syscallset …`.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Cargo passes the subcommand's own name as the first argument.
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|word| word == "syscallset") {
        arguments.remove(1);
        // There `test` and `run` are words of cargo's, not programs.
        if let Some(place) = subcommand(&arguments).filter(|place| arguments[*place] == "trace") {
            arguments.insert(place + 1, "--cargo".into());
        }
    }
    syscallset_cli::main(arguments)
}

/// The place of the first argument that is neither an option nor an option's value.
fn subcommand(arguments: &[OsString]) -> Option<usize> {
    let mut places = 1..arguments.len();
    while let Some(place) = places.next() {
        if arguments[place] == "--color" {
            places.next();
        } else if !arguments[place].as_encoded_bytes().starts_with(b"-") {
            return Some(place);
        }
    }
    None
}
