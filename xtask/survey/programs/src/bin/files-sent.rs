//! Sends a file through a pipe into another file; the kernel does the copying.
//@ stdout: 5 bytes

use std::fs::File;
use std::io;

#[syscallset::restrict("@basic-io @rust-fs pipe2")]
fn main() -> io::Result<()> {
    let directory = std::env::temp_dir().join(format!("survey-sent-{}", std::process::id()));
    std::fs::create_dir(&directory)?;
    let (from, to) = (directory.join("from"), directory.join("to"));
    std::fs::write(&from, "text\n")?;
    let (mut reader, mut writer) = io::pipe()?;
    io::copy(&mut File::open(&from)?, &mut writer)?;
    drop(writer);
    let bytes = io::copy(&mut reader, &mut File::create(&to)?)?;
    std::fs::remove_dir_all(&directory)?;
    println!("{bytes} bytes");
    Ok(())
}
