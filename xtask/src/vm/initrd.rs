//! An initial file system in memory: an archive in cpio's `newc` format, which the kernel unpacks
//! (`Documentation/driver-api/early-userspace/buffer-format.rst`).
//!
//! It is not compressed: an emulated processor takes longer to expand it than to copy it.

use std::fs;
use std::path::Path;

/// An archive that grows by one file after the other.
#[derive(Debug, Default)]
pub(super) struct Initrd {
    bytes: Vec<u8>,
    files: u32,
    directories: Vec<String>,
}

const DIRECTORY: u32 = 0o040_755;
const EXECUTABLE: u32 = 0o100_755;
const READABLE: u32 = 0o100_644;

impl Initrd {
    /// Adds a directory, and those above it.
    pub(super) fn directory(&mut self, path: &str) {
        if path.is_empty() || self.directories.iter().any(|known| known == path) {
            return;
        }
        if let Some((parent, _)) = path.rsplit_once('/') {
            self.directory(parent);
        }
        self.entry(path, DIRECTORY, &[]);
        self.directories.push(path.to_owned());
    }

    /// Adds a program of this machine's file system.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn program(&mut self, path: &str, from: &Path) -> Result<(), String> {
        let bytes =
            fs::read(from).map_err(|error| format!("cannot read `{}`: {error}", from.display()))?;
        self.file(path, EXECUTABLE, &bytes);
        Ok(())
    }

    /// Adds a text that can be read but not executed.
    pub(super) fn text(&mut self, path: &str, text: &str) {
        self.file(path, READABLE, text.as_bytes());
    }

    /// The finished archive.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, &[]);
        self.bytes
    }

    fn file(&mut self, path: &str, mode: u32, bytes: &[u8]) {
        if let Some((parent, _)) = path.rsplit_once('/') {
            self.directory(parent);
        }
        self.entry(path, mode, bytes);
    }

    fn entry(&mut self, path: &str, mode: u32, bytes: &[u8]) {
        self.files += 1;
        let size = u32::try_from(bytes.len()).expect("programs are smaller than 4 GiB");
        let name_size = u32::try_from(path.len() + 1).expect("names are short");
        let links = if mode == DIRECTORY { 2 } else { 1 };
        // inode, mode, owner, group, links, time, size, device and its own twice, length of the name, checksum
        let fields = [
            self.files, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name_size, 0,
        ];
        self.bytes.extend(b"070701");
        for field in fields {
            self.bytes.extend(format!("{field:08x}").bytes());
        }
        self.bytes.extend(path.bytes());
        self.bytes.push(0);
        self.align();
        self.bytes.extend(bytes);
        self.align();
    }

    fn align(&mut self) {
        let length = self.bytes.len().next_multiple_of(4);
        self.bytes.resize(length, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::Initrd;

    #[test]
    fn entries_are_aligned_and_directories_come_first() {
        let mut initrd = Initrd::default();
        initrd.text("etc/a/passwd", "root\n");
        initrd.text("etc/a/group", "");
        let bytes = initrd.finish();
        assert_eq!(bytes.len() % 4, 0);
        let mut names = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            assert_eq!(&bytes[at..at + 6], b"070701");
            let field = |index: usize| {
                let start = at + 6 + 8 * index;
                let digits = std::str::from_utf8(&bytes[start..start + 8]).unwrap();
                usize::from_str_radix(digits, 16).unwrap()
            };
            let (size, name_size) = (field(6), field(11));
            let name = &bytes[at + 110..at + 110 + name_size - 1];
            names.push(String::from_utf8(name.to_vec()).unwrap());
            let data = (at + 110 + name_size).next_multiple_of(4);
            if size > 0 {
                assert_eq!(&bytes[data..data + size], b"root\n");
            }
            at = (data + size).next_multiple_of(4);
        }
        assert_eq!(
            names,
            ["etc", "etc/a", "etc/a/passwd", "etc/a/group", "TRAILER!!!"]
        );
    }
}
