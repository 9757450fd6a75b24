//! Runs code of its own between fork and exec, and becomes the leader of a group.
//@ stdout: from the child

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

#[syscallset::restrict("@basic-io @rust-command")]
fn main() -> io::Result<()> {
    let mut command = Command::new("/bin/echo");
    command.arg("from the child").process_group(0);
    // SAFETY: the closure does nothing.
    unsafe { command.pre_exec(|| Ok(())) };
    assert!(command.status()?.success());

    let mut missing = Command::new("/no/such/program");
    // SAFETY: the closure does nothing.
    unsafe { missing.pre_exec(|| Ok(())) };
    let error = missing.status().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    Ok(())
}
