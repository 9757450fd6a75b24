//! An ELF file as the dynamic linker sees it: what is mapped where, and what is said about it.

mod dynamic;
mod frames;
mod go;
mod header;
mod relocations;
mod sections;
mod symbols;

use std::ops::Range;

use object::LittleEndian as Le;
use object::elf;
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use syscallset_tables::Arch;

use crate::error::ErrorKind;

pub(crate) use dynamic::Dynamic;
pub(crate) use frames::{Frame, Personality};
pub(crate) use go::GoFunction;
pub(crate) use header::Header;
pub(crate) use relocations::{Relocation, Slot};
pub(crate) use sections::Section;
pub(crate) use symbols::{Symbol, SymbolKind, Versioned};

/// A mapped part of the file. Addresses are those of the file, before relocation.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    /// The addresses that come from the file.
    pub(crate) address: Range<u64>,
    /// Where the memory ends, which is past `address.end` for zeroed data.
    pub(crate) memory_end: u64,
    /// Offset in the file.
    pub(crate) offset: usize,
    /// Whether code can run there.
    pub(crate) executable: bool,
    /// Whether it can be written to.
    pub(crate) writable: bool,
}

/// An ELF file.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) data: Vec<u8>,
    pub(crate) arch: Arch,
    /// Whether it runs at the addresses it is linked for (`ET_EXEC`), so that constants in code and data can be
    /// addresses without a relocation that says so.
    pub(crate) fixed: bool,
    /// The entry point; 0 if there is none.
    pub(crate) entry: u64,
    pub(crate) interpreter: Option<String>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) sections: Vec<Section>,
    pub(crate) dynamic: Dynamic,
    /// The symbols other modules see.
    pub(crate) exports: Vec<Symbol>,
    /// The symbols of the file that were not stripped, for names and sizes.
    pub(crate) locals: Vec<Symbol>,
    pub(crate) relocations: Vec<Relocation>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) go: Vec<GoFunction>,
    /// Whether the Go toolchain made it.
    pub(crate) is_go: bool,
    /// The contents of `.note.syscallset`.
    pub(crate) note: Option<Vec<u8>>,
}

impl Image {
    /// Takes a file apart.
    pub(crate) fn parse(data: Vec<u8>) -> Result<Self, ErrorKind> {
        let malformed = ErrorKind::Malformed;
        let bytes = data.as_slice();
        let (header, arch) = header::parse(bytes)?;
        let fixed = match header.e_type(Le) {
            elf::ET_EXEC => true,
            elf::ET_DYN => false,
            _ => return Err(malformed("it is neither a program nor a shared library")),
        };
        let headers = header
            .program_headers(Le, bytes)
            .map_err(|_| malformed("its program headers are outside of the file"))?;
        let segments = segments(headers, bytes.len())?;
        if !segments.iter().any(|segment| segment.executable) {
            return Err(malformed("it has no executable segment"));
        }
        let interpreter = headers
            .iter()
            .find(|header| header.p_type(Le) == elf::PT_INTERP)
            .and_then(|header| header.data(Le, bytes).ok())
            .map(text_of);
        let mut image = Self {
            arch,
            fixed,
            entry: header.e_entry(Le),
            interpreter,
            segments,
            sections: Vec::new(),
            dynamic: Dynamic::default(),
            exports: Vec::new(),
            locals: Vec::new(),
            relocations: Vec::new(),
            frames: Vec::new(),
            go: Vec::new(),
            is_go: false,
            note: None,
            data: Vec::new(),
        };
        let dynamic = headers
            .iter()
            .find(|header| header.p_type(Le) == elf::PT_DYNAMIC)
            .map(|header| header.p_vaddr(Le));
        let frame_header = headers
            .iter()
            .find(|header| header.p_type(Le) == elf::PT_GNU_EH_FRAME)
            .map(|header| {
                header.p_vaddr(Le)..header.p_vaddr(Le).saturating_add(header.p_memsz(Le))
            });
        image.sections = sections::read(header, bytes);
        image.data = data;
        if let Some(address) = dynamic {
            image.dynamic = dynamic::read(&image, address)?;
        }
        image.exports = symbols::exports(&image)?;
        image.locals = symbols::locals(&image);
        image.relocations = relocations::read(&image)?;
        image.frames = frames::read(&image, frame_header);
        image.is_go = image.sections.iter().any(|section| {
            matches!(
                section.name.as_str(),
                ".note.go.buildid" | ".go.buildinfo" | ".gopclntab"
            )
        });
        image.go = go::read(&image);
        image.note = image
            .section(".note.syscallset")
            .and_then(|section| image.data.get(section.file.clone()))
            .map(<[u8]>::to_vec);
        Ok(image)
    }

    /// The bytes from an address to the end of what the file holds there.
    pub(crate) fn bytes(&self, address: u64) -> Option<&[u8]> {
        let index = self
            .segments
            .partition_point(|segment| segment.address.end <= address);
        let segment = self.segments.get(index)?;
        let skip = address.checked_sub(segment.address.start)?;
        let length = usize::try_from(segment.address.end - segment.address.start).ok()?;
        let file = self
            .data
            .get(segment.offset..segment.offset.checked_add(length)?)?;
        file.get(usize::try_from(skip).ok()?..)
    }

    /// `length` bytes from an address on.
    pub(crate) fn slice(&self, address: u64, length: u64) -> Option<&[u8]> {
        self.bytes(address)?.get(..usize::try_from(length).ok()?)
    }

    /// The 64-bit word at an address.
    pub(crate) fn word(&self, address: u64) -> Option<u64> {
        let bytes = self.bytes(address)?.first_chunk()?;
        Some(u64::from_le_bytes(*bytes))
    }

    /// The 32-bit word at an address.
    pub(crate) fn half(&self, address: u64) -> Option<u32> {
        let bytes = self.bytes(address)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    }

    /// The text at an address, up to the NUL that ends it.
    pub(crate) fn text(&self, address: u64) -> Option<&str> {
        let bytes = self.bytes(address)?;
        let end = bytes.iter().take(4096).position(|byte| *byte == 0)?;
        std::str::from_utf8(&bytes[..end]).ok()
    }

    /// The segment that an address is in, zeroed data included.
    pub(crate) fn segment(&self, address: u64) -> Option<&Segment> {
        self.segments
            .iter()
            .find(|segment| segment.address.start <= address && address < segment.memory_end)
    }

    /// Whether code is at an address. Where section headers say what is data, old linkers' read-only data in the
    /// executable segment is not code.
    pub(crate) fn is_code(&self, address: u64) -> bool {
        self.segments
            .iter()
            .any(|segment| segment.executable && segment.address.contains(&address))
            && self
                .sections
                .iter()
                .find(|section| section.address.contains(&address))
                .is_none_or(|section| section.executable)
    }

    /// The ranges that code is in, in ascending order.
    pub(crate) fn code(&self) -> Vec<Range<u64>> {
        let sections: Vec<_> = self
            .sections
            .iter()
            .filter(|section| section.executable && self.is_code(section.address.start))
            .map(|section| section.address.clone())
            .collect();
        if sections.is_empty() {
            let executable = self.segments.iter().filter(|segment| segment.executable);
            return executable.map(|segment| segment.address.clone()).collect();
        }
        // Sections may be cut off by the end of their segment, or overlap in a damaged file.
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for section in sections {
            let end = self
                .segment(section.start)
                .map_or(section.start, |segment| {
                    segment.address.end.min(section.end)
                });
            let start = ranges
                .last()
                .map_or(section.start, |last| last.end.max(section.start));
            if start < end {
                ranges.push(start..end);
            }
        }
        ranges
    }

    /// The section of a name.
    pub(crate) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}

/// The loadable segments, in ascending order.
fn segments(
    headers: &[elf::ProgramHeader64<Le>],
    file_length: usize,
) -> Result<Vec<Segment>, ErrorKind> {
    let malformed = ErrorKind::Malformed;
    let mut segments = Vec::new();
    for header in headers {
        if header.p_type(Le) != elf::PT_LOAD {
            continue;
        }
        let (address, offset) = (header.p_vaddr(Le), header.p_offset(Le));
        let (file, memory) = (header.p_filesz(Le), header.p_memsz(Le));
        let outside = || malformed("a segment is outside of the file or of the address space");
        let end = address.checked_add(file).ok_or_else(outside)?;
        let memory_end = address.checked_add(memory.max(file)).ok_or_else(outside)?;
        let file_end = offset.checked_add(file).ok_or_else(outside)?;
        if usize::try_from(file_end).map_err(|_| outside())? > file_length {
            return Err(outside());
        }
        segments.push(Segment {
            address: address..end,
            memory_end,
            offset: usize::try_from(offset).map_err(|_| outside())?,
            executable: header.p_flags(Le).0 & elf::PF_X.0 != 0,
            writable: header.p_flags(Le).0 & elf::PF_W.0 != 0,
        });
    }
    segments.sort_by_key(|segment| segment.address.start);
    let overlap = segments
        .windows(2)
        .any(|pair| pair[1].address.start < pair[0].memory_end);
    // Many segments of the same bytes would multiply the work.
    let mapped: u64 = segments
        .iter()
        .map(|segment| segment.address.end - segment.address.start)
        .sum();
    if overlap || mapped > 2 * file_length as u64 {
        return Err(malformed("its segments overlap"));
    }
    Ok(segments)
}

/// The text up to the first NUL.
fn text_of(bytes: &[u8]) -> String {
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
