//! Reads files and directories.
//@ stdout: root:

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

#[syscallset::restrict("@basic-io @file-system")]
fn main() -> io::Result<()> {
    let text = fs::read_to_string("/etc/passwd")?;
    print!("{text}");
    assert!(fs::metadata("/etc/passwd")?.is_file());
    assert!(fs::symlink_metadata("/etc/passwd")?.is_file());
    assert!(Path::new("/etc").exists() && !Path::new("/no/such/file").exists());
    assert!(fs::canonicalize("/etc/../etc/passwd")?.ends_with("passwd"));
    assert!(fs::read_link("/proc/self/exe").is_ok());
    for entry in fs::read_dir("/etc")? {
        entry?.metadata()?;
    }
    let mut file = File::open("/etc/passwd")?;
    let mut word = [0; 4];
    file.read_exact(&mut word)?;
    assert_eq!(file.metadata()?.len(), text.len() as u64);
    Ok(())
}
