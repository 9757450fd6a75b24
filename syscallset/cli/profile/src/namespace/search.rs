//! Where libraries are looked for: `ld.so(8)`, without the environment of the moment.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use syscallset_tables::Arch;

/// The directories for one architecture.
#[derive(Debug)]
pub(super) struct Search {
    root: Option<PathBuf>,
    directories: Vec<PathBuf>,
    machine: u16,
    multiarch: &'static str,
    /// Files that are found wherever they are.
    with: Vec<PathBuf>,
}

impl Search {
    /// Reads the configuration of the system, or of the one below `root`.
    pub(super) fn new(arch: Arch, root: Option<&Path>, with: &[PathBuf]) -> Self {
        let (machine, multiarch) = match arch {
            Arch::Aarch64 => (183, "aarch64-linux-gnu"),
            _ => (62, "x86_64-linux-gnu"),
        };
        let mut search = Self {
            root: root.map(Path::to_path_buf),
            directories: Vec::new(),
            machine,
            multiarch,
            with: with.to_vec(),
        };
        let mut directories = Vec::new();
        search.configured(Path::new("/etc/ld.so.conf"), 0, &mut directories);
        let usual = [
            format!("/lib/{multiarch}"),
            format!("/usr/lib/{multiarch}"),
            "/lib64".to_owned(),
            "/usr/lib64".to_owned(),
            "/lib".to_owned(),
            "/usr/lib".to_owned(),
            // Where musl looks, and where Debian keeps its libraries.
            format!("/usr/lib/{}-linux-musl", arch.name()),
            // Where cross compilers have the libraries of what they compile for.
            format!("/usr/{multiarch}/lib"),
            format!("/usr/{multiarch}/lib64"),
        ];
        directories.extend(usual.into_iter().map(PathBuf::from));
        search.directories = directories
            .into_iter()
            .map(|path| search.rooted(&path))
            .collect();
        search
    }

    /// A path of the system that is analysed.
    pub(super) fn rooted(&self, path: &Path) -> PathBuf {
        match &self.root {
            Some(root) => root.join(path.strip_prefix("/").unwrap_or(path)),
            None if path.exists() => path.to_path_buf(),
            None => {
                let cross = Path::new("/usr")
                    .join(self.multiarch)
                    .join(path.strip_prefix("/").unwrap_or(path));
                if cross.exists() {
                    cross
                } else {
                    path.to_path_buf()
                }
            }
        }
    }

    /// Adds the directories of `ld.so.conf` and what it includes.
    fn configured(&self, file: &Path, depth: u32, directories: &mut Vec<PathBuf>) {
        let Ok(text) = std::fs::read_to_string(self.rooted(file)) else {
            return;
        };
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let Some(pattern) = line.strip_prefix("include") else {
                if line.starts_with('/') {
                    directories.push(PathBuf::from(line));
                }
                continue;
            };
            let pattern = file.parent().unwrap_or(Path::new("/")).join(pattern.trim());
            let (Some(directory), Some(name)) = (pattern.parent(), pattern.file_name()) else {
                continue;
            };
            let name = name.to_string_lossy().into_owned();
            let Some((before, after)) = name.split_once('*') else {
                continue;
            };
            let Ok(entries) = std::fs::read_dir(self.rooted(directory)) else {
                continue;
            };
            let mut files: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
            files.sort();
            for file in files {
                let text = file.to_string_lossy();
                if depth < 4 && text.starts_with(before) && text.ends_with(after) {
                    self.configured(&directory.join(&file), depth + 1, directories);
                }
            }
        }
    }

    /// Finds a library that `from` needs, which says to look in the directories `own` first.
    pub(super) fn find(&self, name: &str, from: &Path, own: &[String]) -> Option<PathBuf> {
        if let Some(path) = self.with.iter().find(|path| path.ends_with(name)) {
            return Some(path.clone());
        }
        if name.contains('/') {
            let path = self.rooted(Path::new(name));
            return self.fits(&path).then_some(path);
        }
        let origin = std::fs::canonicalize(from).ok();
        let origin = origin
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new("/"));
        let own = own.iter().map(|directory| {
            let origin = origin.to_string_lossy();
            let directory = directory
                .replace("${ORIGIN}", &origin)
                .replace("$ORIGIN", &origin);
            let path = PathBuf::from(directory.replace("$LIB", "lib"));
            // What is below the program's own directory is found below the root already.
            if path.starts_with(&*origin) {
                path
            } else {
                self.rooted(&path)
            }
        });
        own.chain(self.directories.iter().cloned())
            .map(|directory| directory.join(name))
            .find(|path| self.fits(path))
    }

    /// Whether a file is ELF of the right architecture.
    fn fits(&self, path: &Path) -> bool {
        let mut header = [0; 20];
        let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut header));
        read.is_ok()
            && header.starts_with(b"\x7fELF\x02\x01")
            && u16::from_le_bytes([header[18], header[19]]) == self.machine
    }
}
