//! Where data objects begin and end. Of stripped files this can only be told by what refers to what.

use std::ops::Range;

use crate::image::{Image, Slot, SymbolKind};
use crate::scan::{Ref, RefKind};

/// The boundaries of a file's data.
#[derive(Debug)]
pub(crate) struct Objects {
    /// Objects with a symbol that has a size, in ascending order, without overlaps.
    sized: Vec<Range<u64>>,
    /// Addresses that are taken somewhere, and ends of segments and sections, in ascending order.
    bounds: Vec<u64>,
}

impl Objects {
    /// Finds the boundaries of everything that code or data refers to.
    pub(crate) fn new(image: &Image, refs: &[Ref]) -> Self {
        let symbols = image.locals.iter().chain(&image.exports);
        let objects = symbols.filter(|symbol| {
            symbol.defined && symbol.size != 0 && symbol.kind == SymbolKind::Object
        });
        let mut ranges: Vec<_> = objects
            .map(|symbol| symbol.address..symbol.address.saturating_add(symbol.size))
            .collect();
        ranges.sort_by_key(|range| (range.start, range.end));
        // Overlapping symbols are parts of one object.
        let mut sized: Vec<Range<u64>> = Vec::new();
        for range in ranges {
            match sized.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => sized.push(range),
            }
        }
        let mut bounds: Vec<u64> = Vec::new();
        bounds.extend(
            refs.iter()
                .filter(|found| found.kind == RefKind::Take)
                .map(|found| found.target),
        );
        for relocation in &image.relocations {
            if let Slot::Address(address) = relocation.slot {
                bounds.push(address);
            }
        }
        bounds.extend(sized.iter().flat_map(|range| [range.start, range.end]));
        let sections = image.sections.iter().map(|section| &section.address);
        bounds.extend(sections.flat_map(|range| [range.start, range.end]));
        let segments = image.segments.iter();
        bounds.extend(segments.flat_map(|segment| [segment.address.start, segment.memory_end]));
        // In variables, as opposed to constant tables, the address of a field is as good as that of the whole: what is
        // between two symbols is taken for one object.
        let variables: Vec<Range<u64>> = image
            .sections
            .iter()
            .filter(|section| section.name == ".data")
            .map(|section| section.address.clone())
            .collect();
        let sized_bound = |bound: &u64| {
            let index = sized.partition_point(|range| range.end < *bound);
            sized
                .get(index)
                .is_some_and(|range| range.start == *bound || range.end == *bound)
        };
        bounds.retain(|bound| {
            sized_bound(bound)
                || !variables
                    .iter()
                    .any(|range| range.start < *bound && *bound < range.end)
        });
        bounds.sort_unstable();
        bounds.dedup();
        Self { sized, bounds }
    }

    /// The object that an address is in.
    pub(crate) fn extent(&self, address: u64) -> Range<u64> {
        let index = self.sized.partition_point(|range| range.end <= address);
        if let Some(range) = self
            .sized
            .get(index)
            .filter(|range| range.contains(&address))
        {
            return range.clone();
        }
        let index = self.bounds.partition_point(|bound| *bound <= address);
        let start = index
            .checked_sub(1)
            .map_or(address, |index| self.bounds[index]);
        let end = self
            .bounds
            .get(index)
            .copied()
            .unwrap_or(address.saturating_add(1));
        start..end
    }
}
