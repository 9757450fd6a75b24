//! The section headers, where there are any. The kernel does without them, so they only ever refine what is known.

use std::ops::Range;

use object::LittleEndian as Le;
use object::elf;
use object::read::elf::{FileHeader as _, SectionHeader as _};

/// A section that is mapped, or that holds symbols or relocations.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) kind: u32,
    /// Empty if it is not mapped.
    pub(crate) address: Range<u64>,
    /// Empty if it has no bytes in the file.
    pub(crate) file: Range<usize>,
    /// Whether it is code.
    pub(crate) executable: bool,
    /// The section that its entries refer to.
    pub(crate) link: usize,
}

/// The section headers by number; nothing if they are damaged. Addresses of sections that are not mapped are empty.
pub(super) fn read(header: &super::Header, bytes: &[u8]) -> Vec<Section> {
    let Ok(headers) = header.section_headers(Le, bytes) else {
        return Vec::new();
    };
    let Ok(names) = header.section_strings(Le, bytes, headers) else {
        return Vec::new();
    };
    // No linker makes as many; a damaged count would cost time for each look-up.
    if headers.len() > 4096 {
        return Vec::new();
    }
    let section = |header: &elf::SectionHeader64<Le>| {
        let name = header.name(Le, names).unwrap_or_default();
        let flags = header.sh_flags(Le).0;
        let kind = header.sh_type(Le).0;
        let (address, size) = (header.sh_addr(Le), header.sh_size(Le));
        let mapped = flags & elf::SHF_ALLOC.0 != 0;
        // Thread-local zeroed data has an address but no memory there.
        let template = flags & elf::SHF_TLS.0 != 0 && kind == elf::SHT_NOBITS.0;
        let length = if mapped && !template { size } else { 0 };
        Section {
            name: String::from_utf8_lossy(name).into_owned(),
            kind,
            address: address..address.saturating_add(length),
            file: header
                .file_range(Le)
                .and_then(|(offset, size)| {
                    let start = usize::try_from(offset).ok()?;
                    let end = start.checked_add(usize::try_from(size).ok()?)?;
                    (end <= bytes.len()).then_some(start..end)
                })
                .unwrap_or(0..0),
            executable: flags & elf::SHF_EXECINSTR.0 != 0,
            link: header.sh_link(Le) as usize,
        }
    };
    headers.iter().map(section).collect()
}
