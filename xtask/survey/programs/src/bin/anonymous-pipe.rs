//! A pipe to itself.
//@ stdout: ping

use std::io::{self, Read as _, Write as _};

#[syscallset::restrict("@basic-io pipe2 fcntl")]
fn main() -> io::Result<()> {
    let (mut reader, mut writer) = io::pipe()?;
    writer.write_all(b"ping")?;
    drop(writer);
    let mut text = String::new();
    reader.read_to_string(&mut text)?;
    println!("{text}");
    Ok(())
}
