//! Starts other programs, which live under the same filter.
//@ stdout: from the child

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

#[syscallset::restrict("@basic-io @rust-command")]
fn main() -> io::Result<()> {
    assert!(Command::new("/bin/true").status()?.success());
    let output = Command::new("echo").arg("from the child").output()?;
    io::stdout().write_all(&output.stdout)?;
    let mut child = Command::new("head")
        .args(["-c", "4"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .current_dir("/")
        .env("SURVEY", "yes")
        .spawn()?;
    child.stdin.take().unwrap().write_all(b"text")?;
    assert_eq!(child.wait_with_output()?.stdout, b"text");
    let mut sleeper = Command::new("sleep").arg("60").spawn()?;
    assert!(sleeper.try_wait()?.is_none());
    sleeper.kill()?;
    assert!(!sleeper.wait()?.success());
    Ok(())
}
