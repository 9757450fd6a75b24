//! Comparing and writing files: all or nothing.

use super::{Generated, Result};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Keeps the files whose text on disk is another one, or that are not there at all.
pub(super) fn changed(package: &Path, files: Vec<Generated>) -> Result<Vec<Generated>> {
    let mut changed = Vec::new();
    for file in files {
        let path = package.join(&file.path);
        match fs::read_to_string(&path) {
            Ok(text) if text == file.text => {}
            Ok(_) => changed.push(file),
            Err(error) if error.kind() == ErrorKind::NotFound => changed.push(file),
            Err(error) => return Err(format!("cannot read `{}`: {error}", path.display())),
        }
    }
    Ok(changed)
}

/// Fails, naming the files and the command, unless nothing changed.
pub(super) fn refuse(changed: &[Generated], remedy: &str) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let paths: Vec<_> = changed
        .iter()
        .map(|file| format!("\n  syscallset-tables/{}", file.path))
        .collect();
    Err(format!(
        "these files are not what the snapshots in `syscallset-tables/data/` give:{}\nhelp: run `{remedy}` and commit the result",
        paths.concat()
    ))
}

/// Writes every file next to its place first and moves them there when all could be written, so that a full
/// disk leaves the old tables complete.
pub(super) fn write(package: &Path, files: &[Generated]) -> Result<()> {
    let mut moves = Vec::new();
    for file in files {
        let path = package.join(&file.path);
        let aside = path.with_extension("new");
        let written = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&aside, &file.text));
        moves.push((aside, path));
        if let Err(error) = written {
            for (aside, _) in &moves {
                // Best effort: the error that counts is the one being reported.
                let _ = fs::remove_file(aside);
            }
            return Err(format!(
                "cannot write `{}`: {error}; no table was changed",
                file.path
            ));
        }
    }
    for (aside, path) in moves {
        fs::rename(&aside, &path)
            .map_err(|error| format!("cannot move `{}` into place: {error}", path.display()))?;
    }
    Ok(())
}
