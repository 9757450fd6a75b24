//! Symbols: those that other modules see, with their versions, and those that were not stripped.

use object::LittleEndian as Le;
use object::elf;
use object::read::elf::Sym as _;

use super::Image;
use crate::error::ErrorKind;

/// What a symbol names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SymbolKind {
    Function,
    /// A function that returns the function to use (`STT_GNU_IFUNC`).
    Resolver,
    Object,
    /// An offset in every thread's own memory.
    ThreadLocal,
    Other,
}

impl SymbolKind {
    pub(crate) fn is_code(self) -> bool {
        matches!(self, Self::Function | Self::Resolver)
    }
}

/// The version that a symbol has or asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Versioned {
    /// No versions at all, or the base version.
    Plain,
    /// A version of this name.
    Named(String),
    /// A version that only those get who ask for it.
    Hidden(String),
    /// Visible in its own module alone.
    Local,
}

/// A symbol.
#[derive(Debug, Clone)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    pub(crate) kind: SymbolKind,
    /// 0 where it is not defined here.
    pub(crate) address: u64,
    pub(crate) size: u64,
    pub(crate) defined: bool,
    pub(crate) version: Versioned,
}

const ENTRY: u64 = 24;

fn entries(bytes: &[u8]) -> &[elf::Sym64<Le>] {
    let count = bytes.len() / size_of::<elf::Sym64<Le>>();
    object::pod::slice_from_bytes(bytes, count).map_or(&[], |(symbols, _)| symbols)
}

/// The symbols for dynamic linking, by their index.
pub(super) fn exports(image: &Image) -> Result<Vec<Symbol>, ErrorKind> {
    let Some(table) = image.dynamic.symbols else {
        return Ok(Vec::new());
    };
    let malformed = ErrorKind::Malformed("its dynamic symbols are damaged");
    let Some(bytes) = image.bytes(table) else {
        return Err(malformed);
    };
    let Some(count) = count(image, table) else {
        return Err(malformed);
    };
    let length = count.saturating_mul(ENTRY);
    let Some(bytes) = usize::try_from(length)
        .ok()
        .and_then(|length| bytes.get(..length))
    else {
        return Err(malformed);
    };
    let versions = versions(image);
    let strings = &image.dynamic.strings;
    let symbol = |(index, entry): (usize, &elf::Sym64<Le>)| {
        let name = strings.start.saturating_add(u64::from(entry.st_name(Le)));
        let number = image
            .dynamic
            .versions
            .and_then(|table| image.slice(table.checked_add(2 * index as u64)?, 2))
            .map_or(1, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
        let version = match (number & 0x7fff, number & 0x8000 != 0) {
            (0, _) if entry.st_shndx(Le) != elf::SHN_UNDEF => Versioned::Local,
            (0 | 1, _) => Versioned::Plain,
            (index, hidden) => match versions.iter().find(|(other, _)| *other == index) {
                Some((_, name)) if hidden => Versioned::Hidden(name.clone()),
                Some((_, name)) => Versioned::Named(name.clone()),
                None => Versioned::Plain,
            },
        };
        read(
            entry,
            image.text(name).unwrap_or_default().to_owned(),
            version,
        )
    };
    Ok(entries(bytes).iter().enumerate().map(symbol).collect())
}

/// How many dynamic symbols there are: the section headers know, or else the hash tables.
fn count(image: &Image, table: u64) -> Option<u64> {
    let section = image
        .sections
        .iter()
        .find(|section| section.kind == elf::SHT_DYNSYM.0 && section.address.start == table);
    if let Some(section) = section {
        return Some((section.address.end - section.address.start) / ENTRY);
    }
    if let Some(hash) = image.dynamic.hash {
        return image.half(hash.checked_add(4)?).map(u64::from);
    }
    let Some(hash) = image.dynamic.gnu_hash else {
        // Without a hash table nobody can look a symbol up; the string table usually follows.
        return Some(image.dynamic.strings.start.checked_sub(table)? / ENTRY);
    };
    let buckets = u64::from(image.half(hash)?);
    let first = image.half(hash.checked_add(4)?)?;
    let bloom = u64::from(image.half(hash.checked_add(8)?)?);
    let start = hash.checked_add(16)?.checked_add(bloom.checked_mul(8)?)?;
    let bytes = image.slice(start, buckets.checked_mul(4)?)?;
    let words = bytes.chunks_exact(4);
    let last = words
        .map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .max()?;
    if last < first {
        return Some(u64::from(first));
    }
    let chain = start.checked_add(buckets.checked_mul(4)?)?;
    let tail = image.bytes(chain.checked_add(4 * u64::from(last - first))?)?;
    let rest = tail.chunks_exact(4).position(|bytes| bytes[0] & 1 != 0)?;
    Some(u64::from(last) + rest as u64 + 1)
}

/// The names of the versions that the file defines and asks for, by number.
fn versions(image: &Image) -> Vec<(u16, String)> {
    let mut versions = Vec::new();
    let name = |offset: u32| {
        let address = image.dynamic.strings.start.checked_add(u64::from(offset))?;
        image.text(address).map(str::to_owned)
    };
    let number = |address: u64| {
        let bytes = image.slice(address, 2)?;
        Some(u16::from_le_bytes([bytes[0], bytes[1]]))
    };
    // Each of the steps below moves forward or ends, so a cycle cannot be entered.
    let mut definitions = || {
        let (mut at, count) = image.dynamic.definitions?;
        for _ in 0..count.min(4096) {
            let auxiliary = at.checked_add(u64::from(image.half(at.checked_add(12)?)?))?;
            versions.push((
                number(at.checked_add(4)?)? & 0x7fff,
                name(image.half(auxiliary)?)?,
            ));
            at = at.checked_add(u64::from(image.half(at.checked_add(16)?)?))?;
        }
        Some(())
    };
    let _ = definitions();
    let mut requirements = || {
        let (mut at, count) = image.dynamic.requirements?;
        for _ in 0..count.min(1024) {
            let mut auxiliary = at.checked_add(u64::from(image.half(at.checked_add(8)?)?))?;
            for _ in 0..number(at.checked_add(2)?)?.min(1024) {
                let index = number(auxiliary.checked_add(6)?)? & 0x7fff;
                versions.push((index, name(image.half(auxiliary.checked_add(8)?)?)?));
                let next = u64::from(image.half(auxiliary.checked_add(12)?)?);
                auxiliary = auxiliary.checked_add(next)?;
            }
            at = at.checked_add(u64::from(image.half(at.checked_add(12)?)?))?;
        }
        Some(())
    };
    let _ = requirements();
    versions
}

/// The symbols in `.symtab`, if the file was not stripped.
pub(super) fn locals(image: &Image) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    for section in &image.sections {
        if section.kind != elf::SHT_SYMTAB.0 {
            continue;
        }
        let strings = image.sections.get(section.link);
        let strings = strings.and_then(|section| image.data.get(section.file.clone()));
        let (Some(strings), Some(bytes)) = (strings, image.data.get(section.file.clone())) else {
            continue;
        };
        for entry in entries(bytes) {
            let kind = entry.st_type();
            let named = kind == elf::STT_FUNC
                || kind == elf::STT_OBJECT
                || kind == elf::STT_NOTYPE
                || kind == elf::STT_GNU_IFUNC;
            if !named || entry.st_shndx(Le) == elf::SHN_UNDEF {
                continue;
            }
            let name = strings
                .get(entry.st_name(Le) as usize..)
                .unwrap_or_default();
            let end = name.iter().position(|byte| *byte == 0).unwrap_or(0);
            let name = String::from_utf8_lossy(&name[..end]).into_owned();
            // `$x` and `$d` say where code and data begin, and name nothing.
            if !name.is_empty() && !name.starts_with('$') {
                symbols.push(read(entry, name, Versioned::Plain));
            }
        }
    }
    symbols
}

fn read(entry: &elf::Sym64<Le>, name: String, version: Versioned) -> Symbol {
    let kind = match entry.st_type() {
        elf::STT_FUNC => SymbolKind::Function,
        elf::STT_GNU_IFUNC => SymbolKind::Resolver,
        elf::STT_OBJECT | elf::STT_COMMON => SymbolKind::Object,
        elf::STT_TLS => SymbolKind::ThreadLocal,
        _ => SymbolKind::Other,
    };
    Symbol {
        name,
        kind,
        address: entry.st_value(Le),
        size: entry.st_size(Le),
        defined: entry.st_shndx(Le) != elf::SHN_UNDEF,
        version,
    }
}
