//! Reading files: a program, and the libraries that it and they need.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};

use super::search::Search;
use crate::error::{Error, ErrorKind};
use crate::image::Image;
use crate::module::Module;

/// More than any program has; a chain of links that never ends is none.
const MODULES: usize = 512;
/// The bytes of all files together.
const BYTES: u64 = 4 << 30;

/// Files with their paths, in the order in which names are looked up in them.
pub(super) type Files = Vec<(PathBuf, Image)>;

/// What has been read.
#[derive(Debug)]
pub(super) struct Library {
    search: Search,
    interpreter: Option<PathBuf>,
    /// The names under which files are known already.
    names: HashSet<String>,
    /// The files, links followed.
    seen: HashSet<PathBuf>,
    budget: u64,
}

impl Library {
    /// Reads a program and what it needs; the number of the dynamic linker is told, too.
    pub(super) fn open(
        program: &Path,
        with: &[PathBuf],
        root: Option<&Path>,
    ) -> Result<(Self, Files, Option<usize>), Error> {
        let mut budget = BYTES;
        let image = read(program, &mut budget)?;
        let search = Search::new(image.arch, root, with);
        let interpreter = image.interpreter.as_ref();
        let interpreter = interpreter.map(|path| search.rooted(Path::new(path)));
        let mut library = Self {
            search,
            interpreter: interpreter.clone(),
            names: HashSet::new(),
            seen: HashSet::new(),
            budget,
        };
        library.seen.insert(real(program));
        let mut files = vec![(program.to_path_buf(), image)];
        library.close(&mut files, 0)?;
        // A program may need the dynamic linker without naming it as a library.
        let find = |files: &Files| {
            let path = interpreter.as_ref()?;
            files.iter().position(|(other, _)| other == path)
        };
        let mut index = find(&files);
        if let (None, Some(path)) = (index, &interpreter) {
            let start = files.len();
            library.push(path, &mut files)?;
            library.close(&mut files, start)?;
            index = find(&files);
        }
        Ok((library, files, index))
    }

    /// Reads a library and what it needs; nothing if it is there already.
    pub(super) fn add(&mut self, path: &Path) -> Result<Files, Error> {
        let mut files = Vec::new();
        if !self.seen.contains(&real(path)) {
            self.push(path, &mut files)?;
            self.close(&mut files, 0)?;
        }
        Ok(files)
    }

    /// Where `dlopen` finds a library.
    pub(super) fn locate(&self, name: &str, program: &Module) -> Option<PathBuf> {
        self.search
            .find(name, &program.path, &program.image.dynamic.search)
    }

    fn push(&mut self, path: &Path, files: &mut Files) -> Result<(), Error> {
        if self.seen.len() >= MODULES {
            return Err(Error::new(
                path,
                ErrorKind::Budget("it needs over 512 libraries"),
            ));
        }
        let image = read(path, &mut self.budget)?;
        self.seen.insert(real(path));
        self.names.extend(image.dynamic.soname.clone());
        files.push((path.to_path_buf(), image));
        Ok(())
    }

    /// Reads what the files from `start` on need, breadth first, as the dynamic linker does it.
    fn close(&mut self, files: &mut Files, start: usize) -> Result<(), Error> {
        let mut waiting: VecDeque<usize> = (start..files.len()).collect();
        while let Some(from) = waiting.pop_front() {
            let program = files[0].1.dynamic.search.clone();
            for name in files[from].1.dynamic.needed.clone() {
                if !self.names.insert(name.clone()) {
                    continue;
                }
                let (path, image) = &files[from];
                let own: Vec<String> = image
                    .dynamic
                    .search
                    .iter()
                    .chain(&program)
                    .cloned()
                    .collect();
                let found = match &self.interpreter {
                    Some(path) if path.ends_with(&name) || is_musl(path, &name) => {
                        Some(path.clone())
                    }
                    _ => self.search.find(&name, path, &own),
                };
                let Some(found) = found else {
                    return Err(Error::new(path.clone(), ErrorKind::Library(name)));
                };
                if !self.seen.contains(&real(&found)) {
                    waiting.push_back(files.len());
                    self.push(&found, files)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether a library is the dynamic linker itself: musl's is the whole C library.
fn is_musl(interpreter: &Path, name: &str) -> bool {
    let file = interpreter.file_name().map(|name| name.to_string_lossy());
    file.is_some_and(|file| file.starts_with("ld-musl-"))
        && (name == "libc.so" || name.starts_with("libc.musl-"))
}

fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Reads a file, if the budget of bytes lasts.
fn read(path: &Path, budget: &mut u64) -> Result<Image, Error> {
    let failed = |error| Error::new(path, ErrorKind::Read(error));
    let metadata = std::fs::metadata(path).map_err(failed)?;
    // A device or a pipe may never end.
    if !metadata.is_file() {
        return Err(Error::new(
            path,
            ErrorKind::Malformed("it is not a regular file"),
        ));
    }
    *budget = budget
        .checked_sub(metadata.len())
        .ok_or_else(|| Error::new(path, ErrorKind::Budget("its files have over 4 GiB")))?;
    let data = std::fs::read(path).map_err(failed)?;
    Image::parse(data).map_err(|kind| Error::new(path, kind))
}
