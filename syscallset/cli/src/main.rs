//! The `syscallset` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    syscallset_cli::main(std::env::args_os())
}
