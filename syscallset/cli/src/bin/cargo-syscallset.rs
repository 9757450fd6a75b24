//! The `syscallset` command as cargo calls it: `cargo syscallset …`.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Cargo passes the subcommand's own name as the first argument.
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|word| word == "syscallset") {
        arguments.remove(1);
    }
    syscallset_cli::main(arguments)
}
