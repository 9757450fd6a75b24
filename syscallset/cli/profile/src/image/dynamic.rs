//! The dynamic section: what the dynamic linker is told.

use std::ops::Range;

use object::elf;

use super::Image;
use crate::error::ErrorKind;

/// What the dynamic section says, as far as it matters here. Addresses are those of the file.
#[derive(Debug, Default)]
pub(crate) struct Dynamic {
    /// Whether there is one.
    pub(crate) present: bool,
    /// `DT_NEEDED`, in order.
    pub(crate) needed: Vec<String>,
    pub(crate) soname: Option<String>,
    /// Directories of `DT_RUNPATH`, or else of `DT_RPATH`, `$ORIGIN` not yet replaced.
    pub(crate) search: Vec<String>,
    /// `DT_INIT` and `DT_FINI`.
    pub(crate) functions: Vec<u64>,
    /// `DT_INIT`'s function and the arrays of constructors.
    pub(crate) constructors: Vec<Range<u64>>,
    /// The arrays of destructors.
    pub(crate) destructors: Vec<Range<u64>>,
    pub(crate) init: Option<u64>,
    pub(crate) fini: Option<u64>,
    /// Tables of relocations with addends: `DT_RELA` and `DT_JMPREL`.
    pub(crate) rela: Vec<Range<u64>>,
    /// The packed table of relative relocations.
    pub(crate) relr: Option<Range<u64>>,
    pub(crate) symbols: Option<u64>,
    pub(crate) strings: Range<u64>,
    pub(crate) gnu_hash: Option<u64>,
    pub(crate) hash: Option<u64>,
    pub(crate) versions: Option<u64>,
    pub(crate) definitions: Option<(u64, u64)>,
    pub(crate) requirements: Option<(u64, u64)>,
}

/// Reads the dynamic section at an address.
pub(super) fn read(image: &Image, address: u64) -> Result<Dynamic, ErrorKind> {
    let mut tags = Vec::new();
    let bytes = image
        .bytes(address)
        .ok_or(ErrorKind::Malformed("its dynamic section is not mapped"))?;
    for entry in bytes.chunks_exact(16).take(4096) {
        let word = |at: usize| {
            entry[at..]
                .first_chunk()
                .map_or(0, |bytes| u64::from_le_bytes(*bytes))
        };
        if word(0) == 0 {
            break;
        }
        tags.push((elf::DynamicTag(word(0).cast_signed()), word(8)));
    }
    let find = |tag: elf::DynamicTag| {
        let entry = tags.iter().find(|(other, _)| *other == tag);
        entry.map(|(_, value)| *value)
    };
    let range = |start, size| {
        let start = find(start)?;
        Some(start..start.saturating_add(find(size)?))
    };
    let strings = range(elf::DT_STRTAB, elf::DT_STRSZ).unwrap_or(0..0);
    let text = |offset: u64| {
        let address = strings.start.checked_add(offset)?;
        strings.contains(&address).then(|| image.text(address))?
    };
    let directories = find(elf::DT_RUNPATH)
        .or_else(|| find(elf::DT_RPATH))
        .and_then(text)
        .unwrap_or_default();
    let needed = tags.iter().filter(|(tag, _)| *tag == elf::DT_NEEDED);
    let needed: Option<Vec<_>> = needed
        .map(|(_, value)| text(*value).map(str::to_owned))
        .collect();
    Ok(Dynamic {
        present: true,
        needed: needed.ok_or(ErrorKind::Malformed(
            "a name in its dynamic section is damaged",
        ))?,
        soname: find(elf::DT_SONAME).and_then(text).map(str::to_owned),
        search: directories
            .split(':')
            .filter(|directory| !directory.is_empty())
            .map(str::to_owned)
            .collect(),
        functions: [elf::DT_INIT, elf::DT_FINI]
            .into_iter()
            .filter_map(find)
            .collect(),
        constructors: [
            range(elf::DT_PREINIT_ARRAY, elf::DT_PREINIT_ARRAYSZ),
            range(elf::DT_INIT_ARRAY, elf::DT_INIT_ARRAYSZ),
        ]
        .into_iter()
        .flatten()
        .collect(),
        destructors: range(elf::DT_FINI_ARRAY, elf::DT_FINI_ARRAYSZ)
            .into_iter()
            .collect(),
        init: find(elf::DT_INIT),
        fini: find(elf::DT_FINI),
        rela: [
            range(elf::DT_RELA, elf::DT_RELASZ),
            range(elf::DT_JMPREL, elf::DT_PLTRELSZ),
        ]
        .into_iter()
        .flatten()
        .collect(),
        relr: range(elf::DT_RELR, elf::DT_RELRSZ),
        symbols: find(elf::DT_SYMTAB),
        gnu_hash: find(elf::DT_GNU_HASH),
        hash: find(elf::DT_HASH),
        versions: find(elf::DT_VERSYM),
        definitions: find(elf::DT_VERDEF).zip(find(elf::DT_VERDEFNUM)),
        requirements: find(elf::DT_VERNEED).zip(find(elf::DT_VERNEEDNUM)),
        strings,
    })
}
