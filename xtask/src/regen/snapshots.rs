//! The text files in `syscallset-tables/data/`, in memory.

use super::{Generated, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// All snapshots, as read or as replaced by newer ones.
#[derive(Clone, Default)]
pub(super) struct Snapshots {
    texts: BTreeMap<String, String>,
    replaced: BTreeSet<String>,
}

impl Snapshots {
    /// Reads every file of the directory.
    pub(super) fn read(directory: &Path) -> Result<Self> {
        let mut texts = BTreeMap::new();
        let fault = |error| format!("cannot read `{}`: {error}", directory.display());
        for entry in fs::read_dir(directory).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
            let name = path.file_name().unwrap_or_default();
            texts.insert(name.to_string_lossy().into_owned(), text);
        }
        Ok(Self {
            texts,
            replaced: BTreeSet::new(),
        })
    }

    /// The text of one snapshot.
    pub(super) fn get(&self, name: &str) -> Result<&str> {
        self.texts.get(name).map(String::as_str).ok_or_else(|| {
            format!(
                "no snapshot `syscallset-tables/data/{name}`; name a source for it, see `--help`"
            )
        })
    }

    /// Puts a newer text in the place of a snapshot.
    pub(super) fn replace(&mut self, name: &str, text: String) {
        self.texts.insert(name.to_owned(), text);
        self.replaced.insert(name.to_owned());
    }

    /// The replaced snapshots, as files to write.
    pub(super) fn changed(&self) -> impl Iterator<Item = Generated> + '_ {
        self.replaced.iter().map(|name| Generated {
            path: format!("data/{name}"),
            text: self.texts[name].clone(),
        })
    }
}
