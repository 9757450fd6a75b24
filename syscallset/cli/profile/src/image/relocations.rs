//! Relocations: which words of the data become addresses, and of what.

use object::LittleEndian as Le;
use object::elf;
use syscallset_tables::Arch;

use super::Image;
use crate::error::ErrorKind;

/// What a relocated word becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// An address in the same module.
    Address(u64),
    /// What the resolver at this address returns.
    Resolver(u64),
    /// A dynamic symbol, by index, plus an offset.
    Symbol(u32, i64),
    /// A copy of a library's object, made in the program.
    Copy(u32),
    /// A descriptor of a thread-local variable, with a function of the dynamic linker in it.
    Descriptor,
}

/// A relocated word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relocation {
    pub(crate) address: u64,
    pub(crate) slot: Slot,
}

/// All relocations, in ascending order of their addresses.
pub(super) fn read(image: &Image) -> Result<Vec<Relocation>, ErrorKind> {
    let malformed = ErrorKind::Malformed("its relocations are damaged");
    let mut relocations = Vec::new();
    let mut tables: Vec<_> = image.dynamic.rela.clone();
    if !image.dynamic.present {
        // A static program applies its own; only the section headers say where they are.
        let sections = image.sections.iter();
        let sections = sections.filter(|section| section.kind == elf::SHT_RELA.0);
        tables.extend(sections.map(|section| section.address.clone()));
    }
    for table in tables {
        if table.is_empty() {
            continue;
        }
        let Some(bytes) = image.slice(table.start, table.end - table.start) else {
            return Err(malformed);
        };
        let count = bytes.len() / size_of::<elf::Rela64<Le>>();
        let Ok((entries, _)) = object::pod::slice_from_bytes::<elf::Rela64<Le>>(bytes, count)
        else {
            return Err(malformed);
        };
        relocations.extend(entries.iter().filter_map(|entry| relocation(image, entry)));
    }
    if let Some(table) = &image.dynamic.relr {
        let Some(bytes) = image.slice(table.start, table.end - table.start) else {
            return Err(malformed);
        };
        packed(image, bytes, &mut relocations);
    }
    relocations.sort_by_key(|relocation| relocation.address);
    Ok(relocations)
}

fn relocation(image: &Image, entry: &elf::Rela64<Le>) -> Option<Relocation> {
    let info = entry.r_info.get(Le);
    let addend = entry.r_addend.get(Le);
    let symbol = u32::try_from(info >> 32).ok()?;
    let kind = u32::try_from(info & 0xffff_ffff).ok()?;
    let slot = match (image.arch, kind) {
        // RELATIVE
        (Arch::X86_64, 8) | (Arch::Aarch64, 1027) => Slot::Address(addend.cast_unsigned()),
        // IRELATIVE
        (Arch::X86_64, 37) | (Arch::Aarch64, 1032) => Slot::Resolver(addend.cast_unsigned()),
        // 64, GLOB_DAT and JUMP_SLOT; ABS64 and the same
        (Arch::X86_64, 1 | 6 | 7) | (Arch::Aarch64, 257 | 1025 | 1026) => {
            Slot::Symbol(symbol, addend)
        }
        (Arch::X86_64, 5) | (Arch::Aarch64, 1024) => Slot::Copy(symbol),
        // TLSDESC
        (Arch::X86_64, 36) | (Arch::Aarch64, 1031) => Slot::Descriptor,
        _ => return None,
    };
    let address = entry.r_offset.get(Le);
    Some(Relocation { address, slot })
}

/// Unpacks relative relocations: an even word is an address, an odd one a bitmap of the 63 words that follow.
fn packed(image: &Image, bytes: &[u8], relocations: &mut Vec<Relocation>) {
    let mut next = 0_u64;
    let mut push = |address: u64| {
        if let Some(target) = image.word(address) {
            let slot = Slot::Address(target);
            relocations.push(Relocation { address, slot });
        }
    };
    for entry in bytes.chunks_exact(8) {
        let Some(entry) = entry.first_chunk() else {
            return;
        };
        let entry = u64::from_le_bytes(*entry);
        if entry & 1 == 0 {
            push(entry);
            next = entry.wrapping_add(8);
        } else {
            for bit in 0..63 {
                if entry >> (bit + 1) & 1 != 0 {
                    push(next.wrapping_add(8 * bit));
                }
            }
            next = next.wrapping_add(8 * 63);
        }
    }
}
