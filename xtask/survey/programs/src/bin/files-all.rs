//! What std can do with files beyond systemd's `@file-system`: copies by the kernel, waits for the
//! disk, locks, owners.
//@ stdout: text

use std::fs::{self, File};
use std::io;
use std::os::unix::fs as unix;

#[syscallset::restrict("@basic-io @rust-fs")]
fn main() -> io::Result<()> {
    let directory = std::env::temp_dir().join(format!("survey-all-{}", std::process::id()));
    fs::create_dir(&directory)?;
    let (one, two) = (directory.join("one"), directory.join("two"));
    fs::write(&one, "text\n")?;
    assert_eq!(fs::copy(&one, &two)?, 5);
    let file = File::options().read(true).write(true).open(&two)?;
    file.lock()?;
    file.unlock()?;
    file.sync_all()?;
    file.sync_data()?;
    unix::fchown(&file, None, None)?;
    unix::chown(&one, None, None)?;
    unix::lchown(&one, None, None)?;
    io::copy(&mut File::open(&one)?, &mut io::stdout())?;
    io::copy(&mut File::open(&one)?, &mut File::create(&two)?)?;
    // The kernel does not copy this one.
    fs::copy("/proc/self/status", &two)?;
    fs::remove_dir_all(&directory)
}
