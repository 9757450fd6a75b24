//! Starts a program under a filter. The program need not know of it.
//!
//! Arguments are the program and its own; without any, `id` is run, which may read but not connect.

use std::process::{Command, ExitCode};

use syscallset::{CommandExt as _, Filter, filter};

/// What ordinary programs need, without network and privileges.
static QUIET: Filter = filter!("@system-service ~@network-io:EACCES ~@privileged:EPERM");

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().unwrap_or("id".to_owned());
    let status = Command::new(&program)
        .args(arguments)
        .restrict(&QUIET)?
        .status()?;
    println!("{program}: {status}");
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
