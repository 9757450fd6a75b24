//! Becomes another program.
//@ stdout: from the next

use std::os::unix::process::CommandExt as _;
use std::process::Command;

#[syscallset::restrict("@basic-io @rust-command")]
fn main() -> std::io::Result<()> {
    Err(Command::new("/bin/echo").arg("from the next").exec())
}
