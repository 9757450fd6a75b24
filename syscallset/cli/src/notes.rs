//! Reads the ELF notes by which programs say what their filters are.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use object::Endianness;
use object::elf::{FileHeader32, FileHeader64, NoteType, SHT_NOTE};
use object::read::elf::{FileHeader, NoteIterator, ProgramHeader as _, SectionHeader as _};
use object::read::{ReadCache, ReadRef};
use syscallset_compiler::note::{KIND, Note, OWNER, SECTION};

use crate::failure::Failure;

/// More notes than this are not read: no program has as many filters.
const MOST: usize = 10_000;

/// The notes of an ELF file, in their order. Where the section headers were cut off, the program headers
/// lead to them.
///
/// # Errors
///
/// A file that cannot be read or is no ELF file, and notes of another form.
pub(crate) fn read(path: &Path) -> Result<Vec<Note>, Failure> {
    let unread =
        |error: io::Error| Failure::failed(format!("cannot read `{}`: {error}", path.display()));
    let at = |fault: String| Failure::failed(format!("`{}`: {fault}", path.display()));
    // Before it is opened, since that waits for a writer where it is a pipe.
    let metadata = fs::metadata(path).map_err(unread)?;
    if !metadata.is_file() {
        return Err(at("it is no regular file".to_owned()));
    }
    let file = File::open(path).map_err(unread)?;
    notes(&ReadCache::new(file)).map_err(at)
}

fn notes<'d, R: ReadRef<'d>>(data: R) -> Result<Vec<Note>, String> {
    if let Ok(header) = FileHeader64::<Endianness>::parse(data) {
        collect(header, data)
    } else if let Ok(header) = FileHeader32::<Endianness>::parse(data) {
        collect(header, data)
    } else {
        Err("it is no ELF file".to_owned())
    }
}

fn collect<'d, Elf, R>(header: &Elf, data: R) -> Result<Vec<Note>, String>
where
    Elf: FileHeader<Endian = Endianness>,
    R: ReadRef<'d>,
{
    let damaged = |error: object::Error| format!("it is damaged: {error}");
    let endian = header.endian().map_err(damaged)?;
    let mut notes = Vec::new();
    let sections = header.sections(endian, data).map_err(damaged)?;
    for section in sections.iter() {
        let name = sections.section_name(endian, section).unwrap_or_default();
        if name != SECTION.as_bytes() || section.sh_type(endian) != SHT_NOTE {
            continue;
        }
        if let Some(records) = section.notes(endian, data).map_err(damaged)? {
            take(records, endian, &mut notes)?;
        }
    }
    if notes.is_empty() {
        for segment in header.program_headers(endian, data).map_err(damaged)? {
            if let Some(records) = segment.notes(endian, data).map_err(damaged)? {
                take(records, endian, &mut notes)?;
            }
        }
    }
    Ok(notes)
}

fn take<Elf: FileHeader>(
    mut records: NoteIterator<'_, Elf>,
    endian: Elf::Endian,
    notes: &mut Vec<Note>,
) -> Result<(), String> {
    while let Some(record) = records
        .next()
        .map_err(|error| format!("its notes are damaged: {error}"))?
    {
        if record.name() != OWNER.as_bytes() {
            continue;
        }
        if record.n_type(endian) != NoteType(KIND) {
            return Err("a note is of a newer version than this command".to_owned());
        }
        let note = Note::parse(record.desc()).map_err(|error| error.to_string())?;
        if notes.len() >= MOST {
            return Err("it has too many notes".to_owned());
        }
        notes.push(note);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::notes;

    proptest! {
        #[test]
        fn damaged_files_end_in_an_error_or_nothing(
            mut bytes in prop::collection::vec(any::<u8>(), 0..600),
            wide in any::<bool>(),
            counts in prop::collection::vec(any::<u8>(), 20),
        ) {
            // Random bytes are hardly ever an ELF file: help them along.
            let ident = [0x7f, b'E', b'L', b'F', if wide { 2 } else { 1 }, 1, 1, 0];
            for (at, byte) in ident.into_iter().enumerate() {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            // Offsets and counts that lie inside now and then.
            for (at, byte) in (0x18..).step_by(2).zip(counts) {
                if let Some(place) = bytes.get_mut(at..at + 2) {
                    place.copy_from_slice(&[byte, 0]);
                }
            }
            let _ = notes(&bytes[..]);
        }
    }
}
