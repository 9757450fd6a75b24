//! Functions of Go programs: the runtime's own table of them, which stripping leaves in place.

use super::Image;

/// A function of a Go program.
#[derive(Debug, Clone)]
pub(crate) struct GoFunction {
    pub(crate) start: u64,
    pub(crate) name: String,
}

/// The functions in ascending order; nothing if the program is not Go's or its table is of an unknown form.
///
/// The layout is that of `runtime.pcHeader` and `runtime.moduledata` in Go 1.18 and later (magic 0xfffffff0 and
/// 0xfffffff1): functions are pairs of 32-bit offsets, from the start of the text and of the table.
pub(super) fn read(image: &Image) -> Vec<GoFunction> {
    table(image).unwrap_or_default()
}

fn table(image: &Image) -> Option<Vec<GoFunction>> {
    let names = [".gopclntab", ".data.rel.ro.gopclntab"];
    let section = names.iter().find_map(|name| image.section(name))?;
    let base = section.address.start;
    if !matches!(image.half(base)?, 0xffff_fff0 | 0xffff_fff1) {
        return None;
    }
    let field = |index: u64| image.word(base.checked_add(8 + 8 * index)?);
    let count = field(0)?;
    let text = match field(2)? {
        // Newer linkers leave the field empty.
        address if image.is_code(address) => address,
        _ => image.section(".text")?.address.start,
    };
    let names = base.checked_add(field(3)?)?;
    let functions = base.checked_add(field(7)?)?;
    let bytes = image.slice(functions, count.checked_mul(8)?)?;
    let function = |entry: &[u8]| {
        let start = u32::from_le_bytes(*entry.first_chunk()?);
        let offset = u32::from_le_bytes(*entry[4..].first_chunk()?);
        let name = image.half(functions.checked_add(u64::from(offset))?.checked_add(4)?)?;
        let name = image.text(names.checked_add(u64::from(name))?)?;
        Some(GoFunction {
            start: text.checked_add(u64::from(start))?,
            name: name.to_owned(),
        })
    };
    bytes.chunks_exact(8).map(function).collect()
}
