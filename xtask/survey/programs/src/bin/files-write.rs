//! Writes, renames and removes files and directories.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};

#[syscallset::restrict("@basic-io @file-system")]
fn main() -> io::Result<()> {
    let directory = std::env::temp_dir().join(format!("survey-write-{}", std::process::id()));
    fs::create_dir_all(directory.join("a/b/c"))?;
    let (old, new) = (directory.join("old"), directory.join("new"));
    fs::write(&old, "text")?;
    fs::rename(&old, &new)?;
    let mut file = File::options().append(true).open(&new)?;
    file.write_all(b" and more")?;
    file.seek(SeekFrom::Start(0))?;
    file.set_len(4)?;
    file.set_modified(std::time::SystemTime::UNIX_EPOCH)?;
    drop(file);
    let mut permissions = fs::metadata(&new)?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&new, permissions)?;
    fs::hard_link(&new, &old)?;
    std::os::unix::fs::symlink(&new, directory.join("link"))?;
    assert_eq!(fs::read_to_string(&old)?, "text");
    fs::remove_file(&old)?;
    fs::remove_dir(directory.join("a/b/c"))?;
    fs::remove_dir_all(&directory)
}
