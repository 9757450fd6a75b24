//! Where functions begin and end according to the tables for unwinding, which stripping leaves in place.

use std::ops::Range;

use gimli::{
    BaseAddresses, CieOrFde, EhFrame, EhFrameHdr, LittleEndian, Pointer, UnwindSection as _,
};

use syscallset_tables::Arch;

use super::Image;

/// A function's range, and the routine that the unwinder calls for it.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) range: Range<u64>,
    /// The personality routine's address, or the address of the word that holds it.
    pub(crate) personality: Option<Personality>,
}

/// How a frame names its personality routine.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Personality {
    Direct(u64),
    Indirect(u64),
}

/// The frames in ascending order; nothing where there is no table, or from where it is damaged.
pub(super) fn read(image: &Image, header: Option<Range<u64>>) -> Vec<Frame> {
    let Some(section) = section(image, header) else {
        return Vec::new();
    };
    let Some(bytes) = image.slice(section.start, section.end - section.start) else {
        return Vec::new();
    };
    let frames = EhFrame::new(bytes, LittleEndian);
    let bases = BaseAddresses::default().set_eh_frame(section.start);
    let mut entries = frames.entries(&bases);
    let mut found = Vec::new();
    let mut cached = None;
    while let Ok(Some(entry)) = entries.next() {
        let CieOrFde::Fde(partial) = entry else {
            continue;
        };
        let frame = partial.parse(|section, bases, offset| match &cached {
            Some((other, cie)) if *other == offset => Ok(gimli::CommonInformationEntry::clone(cie)),
            _ => {
                let cie = section.cie_from_offset(bases, offset)?;
                cached = Some((offset, cie.clone()));
                Ok(cie)
            }
        });
        let Ok(frame) = frame else { continue };
        let start = frame.initial_address();
        // A frame that a signal leaves begins one byte early, for unwinders that look behind the return address.
        let early = u64::from(frame.is_signal_trampoline() && image.arch == Arch::X86_64);
        let range = start.saturating_add(early)..start.saturating_add(frame.len());
        if start != 0 && !range.is_empty() {
            let personality = frame.personality().map(|pointer| match pointer {
                Pointer::Direct(address) => Personality::Direct(address),
                Pointer::Indirect(address) => Personality::Indirect(address),
            });
            found.push(Frame { range, personality });
        }
    }
    found.sort_by_key(|frame| frame.range.start);
    found
}

/// The range of `.eh_frame`: the section headers know, or else the look-up table that points to it.
fn section(image: &Image, header: Option<Range<u64>>) -> Option<Range<u64>> {
    if let Some(section) = image.section(".eh_frame") {
        return Some(section.address.clone());
    }
    let header = header?;
    let bytes = image.slice(header.start, header.end - header.start)?;
    let bases = BaseAddresses::default().set_eh_frame_hdr(header.start);
    let parsed = EhFrameHdr::new(bytes, LittleEndian).parse(&bases, 8).ok()?;
    let start = match parsed.eh_frame_ptr() {
        Pointer::Direct(address) => address,
        Pointer::Indirect(address) => image.word(address)?,
    };
    Some(start..start.checked_add(image.bytes(start)?.len() as u64)?)
}
