//! Where functions begin and end.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::image::{Image, Slot};
use crate::scan::{Contents, Ref, RefKind, explore, scan};

/// A function, or a part of one that has a range of its own.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) range: Range<u64>,
    /// The word or the code where the unwinder finds the personality routine; see [`crate::image::Frame`].
    pub(crate) frame: Option<usize>,
    /// Its references, as a range of the module's.
    pub(crate) refs: Range<usize>,
}

/// The functions of a file in ascending order, and the references from all of them.
pub(crate) fn find(image: &Image) -> (Vec<Function>, Vec<Ref>) {
    let known = known(image);
    let mut pieces: Vec<(Range<u64>, Option<usize>, Vec<Ref>)> = Vec::with_capacity(known.len());
    for (range, frame) in &known {
        let mut refs = Vec::new();
        scan(image, range.clone(), &mut refs);
        pieces.push((range.clone(), *frame, refs));
    }
    let gaps = gaps(image, &known);
    let in_gap = |address: u64| {
        let index = gaps.partition_point(|gap| gap.end <= address);
        gaps.get(index).is_some_and(|gap| gap.contains(&address))
    };
    let mut targets = named(image);
    targets.extend(gaps.iter().map(|gap| gap.start));
    for (_, _, refs) in &pieces {
        targets.extend(refs.iter().filter_map(code_target));
    }
    let mut called: BTreeSet<u64> = pieces
        .iter()
        .flat_map(|(_, _, refs)| refs.iter().filter_map(call_target))
        .collect();
    called.insert(image.entry);
    targets.retain(|target| in_gap(*target));
    pieces.extend(split(image, &gaps, targets, called));
    pieces.sort_by_key(|(range, ..)| range.start);
    let mut functions = Vec::with_capacity(pieces.len());
    let mut refs = Vec::new();
    for (range, frame, mut found) in pieces {
        let start = refs.len();
        refs.append(&mut found);
        functions.push(Function {
            range,
            frame,
            refs: start..refs.len(),
        });
    }
    (functions, refs)
}

/// The addresses of code that symbols, relocations and data name.
fn named(image: &Image) -> BTreeSet<u64> {
    let mut targets = BTreeSet::new();
    let symbols = image.locals.iter().chain(&image.exports);
    targets.extend(
        symbols
            .filter(|symbol| symbol.defined)
            .map(|symbol| symbol.address),
    );
    targets.extend(
        image
            .relocations
            .iter()
            .filter_map(|relocation| match relocation.slot {
                Slot::Address(address) | Slot::Resolver(address) => Some(address),
                _ => None,
            }),
    );
    if image.fixed {
        // Without relocations, every word that looks like an address of code may be one.
        for segment in image.segments.iter().filter(|segment| !segment.executable) {
            let length = segment.address.end - segment.address.start;
            let bytes = image
                .slice(segment.address.start, length)
                .unwrap_or_default();
            let words = bytes
                .chunks_exact(8)
                .filter_map(|bytes| Some(u64::from_le_bytes(*bytes.first_chunk()?)));
            targets.extend(words.filter(|word| image.is_code(*word)));
        }
    }
    targets.extend(image.dynamic.functions.iter().copied());
    targets.insert(image.entry);
    targets
}

fn code_target(found: &Ref) -> Option<u64> {
    matches!(found.kind, RefKind::Call | RefKind::Jump | RefKind::Take).then_some(found.target)
}

fn call_target(found: &Ref) -> Option<u64> {
    matches!(found.kind, RefKind::Call | RefKind::Jump).then_some(found.target)
}

/// Cuts the gaps at every address that something refers to, until nothing new turns up.
fn split(
    image: &Image,
    gaps: &[Range<u64>],
    mut starts: BTreeSet<u64>,
    mut called: BTreeSet<u64>,
) -> Vec<(Range<u64>, Option<usize>, Vec<Ref>)> {
    let mut pieces = std::collections::BTreeMap::<u64, (u64, Vec<Ref>)>::new();
    // A start that is found in the last round only makes the piece before it longer than it is.
    for round in 0.. {
        let mut found = Vec::new();
        for gap in gaps {
            let mut cuts: Vec<u64> = starts.range(gap.clone()).copied().collect();
            cuts.push(gap.end);
            for pair in cuts.windows(2) {
                let (start, end) = (pair[0], pair[1]);
                if pieces.get(&start).is_some_and(|(other, _)| *other == end) {
                    continue;
                }
                let mut refs = Vec::new();
                let contents = explore(image, start..end, &mut refs);
                if contents == Contents::Data && !called.contains(&start) {
                    refs.clear();
                }
                found.extend(refs.iter().filter_map(code_target));
                called.extend(refs.iter().filter_map(call_target));
                pieces.insert(start, (end, refs));
            }
        }
        found.retain(|target| {
            let index = gaps.partition_point(|gap| gap.end <= *target);
            gaps.get(index).is_some_and(|gap| gap.contains(target))
        });
        let before = starts.len();
        if round == 8 {
            break;
        }
        starts.extend(found);
        if starts.len() == before {
            break;
        }
    }
    pieces
        .into_iter()
        .map(|(start, (end, refs))| (start..end, None, refs))
        .collect()
}

/// The ranges that the unwinding tables, Go's table and the symbols with a size tell, without overlaps.
fn known(image: &Image) -> Vec<(Range<u64>, Option<usize>)> {
    let linkage: Vec<_> = image
        .sections
        .iter()
        .filter(|section| section.name.starts_with(".plt") || section.name == ".iplt")
        .map(|section| section.address.clone())
        .collect();
    // One frame covers the whole procedure linkage table, whose entries have nothing to do with each other.
    let is_code = |range: &Range<u64>| {
        image.is_code(range.start) && !linkage.iter().any(|table| table.contains(&range.start))
    };
    let mut known: Vec<(Range<u64>, Option<usize>)> = Vec::new();
    let clip = |range: Range<u64>| {
        let end = image
            .segment(range.start)
            .map_or(range.start, |segment| segment.address.end);
        range.start..range.end.min(end)
    };
    for (index, frame) in image.frames.iter().enumerate() {
        let range = clip(frame.range.clone());
        let free = known.last().is_none_or(|(last, _)| last.end <= range.start);
        if free && !range.is_empty() && is_code(&range) {
            known.push((range, Some(index)));
        }
    }
    let mut more: Vec<Range<u64>> = Vec::new();
    let ends = image.go.iter().skip(1).map(|function| function.start);
    let ranges = image
        .go
        .iter()
        .zip(ends)
        .map(|(function, end)| function.start..end);
    more.extend(ranges.filter(|range| !range.is_empty()));
    let symbols = image
        .locals
        .iter()
        .chain(&image.exports)
        .filter(|symbol| symbol.defined && symbol.size != 0 && symbol.kind.is_code());
    more.extend(symbols.map(|symbol| symbol.address..symbol.address.saturating_add(symbol.size)));
    more.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    // Merges both in order; what is known already goes first.
    let mut merged: Vec<(Range<u64>, Option<usize>)> = Vec::with_capacity(known.len() + more.len());
    let mut known = known.into_iter().peekable();
    for range in more {
        while let Some(next) = known.next_if(|(next, _)| next.start <= range.start) {
            merged.push(next);
        }
        let start = merged
            .last()
            .map_or(range.start, |(last, _)| last.end.max(range.start));
        let end = known
            .peek()
            .map_or(range.end, |(next, _)| next.start.min(range.end));
        let range = clip(start.max(range.start)..end);
        if start == range.start && range.start < range.end && is_code(&range) {
            merged.push((range, None));
        }
    }
    merged.extend(known);
    merged
}

/// The code that is in none of the known ranges.
fn gaps(image: &Image, known: &[(Range<u64>, Option<usize>)]) -> Vec<Range<u64>> {
    let mut gaps = Vec::new();
    let mut index = 0;
    for code in image.code() {
        let mut at = code.start;
        while let Some((range, _)) = known.get(index).filter(|(range, _)| range.start < code.end) {
            if at < range.start {
                gaps.push(at..range.start);
            }
            at = at.max(range.end);
            index += 1;
        }
        if at < code.end {
            gaps.push(at..code.end);
        }
    }
    gaps.into_iter()
        .filter(|gap| !padding(image, gap))
        .collect()
}

/// Whether nothing but filling is in a gap: no-operations, traps and zeroes.
fn padding(image: &Image, gap: &Range<u64>) -> bool {
    let Some(bytes) = image.slice(gap.start, gap.end - gap.start) else {
        return true;
    };
    let Some(last) = bytes
        .iter()
        .rposition(|byte| !matches!(byte, 0 | 0x90 | 0xcc))
    else {
        return true;
    };
    if last >= 16 {
        return false;
    }
    if image.arch == syscallset_tables::Arch::Aarch64 {
        let nop = 0xd503_201f_u32.to_le_bytes();
        return bytes
            .chunks_exact(4)
            .all(|word| word == nop || word == [0; 4]);
    }
    // Shorter than any function with a system call: the long forms of `nop`.
    let mut decoder =
        iced_x86::Decoder::with_ip(64, bytes, gap.start, iced_x86::DecoderOptions::NONE);
    decoder.iter().all(|insn| {
        matches!(
            insn.mnemonic(),
            iced_x86::Mnemonic::Nop | iced_x86::Mnemonic::Int3
        )
    })
}
