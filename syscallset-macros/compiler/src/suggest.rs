//! "Did you mean": the name that is most similar to what is written.

/// The candidate that is most similar to `written`, if one is similar enough.
///
/// Of equally similar candidates the first one wins, so the answer is always the same.
pub(crate) fn nearest<'c>(
    written: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    nearest_of(written, &mut candidates.into_iter())
}

/// [`nearest`], compiled once for all kinds of iterators.
fn nearest_of<'c>(written: &str, candidates: &mut dyn Iterator<Item = &'c str>) -> Option<&'c str> {
    // A third of the characters may be wrong; in short names, one.
    let limit = (written.chars().count() / 3).max(1);
    let mut best = None;
    for candidate in candidates {
        // The distance is at least the difference in length: most candidates need no more.
        if candidate.len().abs_diff(written.len()) > limit {
            continue;
        }
        let distance = distance(written.as_bytes(), candidate.as_bytes());
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many characters have to be added, left out, replaced or swapped with their neighbour to make
/// the one word of the other (optimal string alignment); of ASCII text, as all names are.
///
/// Written out because crates for it take as long to build as all of the tables, at a moment when
/// nothing else of a user's build can go on.
fn distance(one: &[u8], other: &[u8]) -> usize {
    // Distances of the beginnings of `one`, up to two less than the present one, to those of `other`.
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, mine) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, theirs) in other.iter().enumerate() {
            let replaced = last[j] + usize::from(mine != theirs);
            let mut fewest = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *mine == other[j - 1] && one[i - 1] == *theirs {
                fewest = fewest.min(before_last[j - 1] + 1);
            }
            row.push(fewest);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances_count_edits() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "read", 4),
            ("read", "", 4),
            ("read", "read", 0),
            ("raed", "read", 1),
            ("rea", "read", 1),
            ("readd", "read", 1),
            ("reed", "read", 1),
            ("write", "read", 4),
            ("scoket", "socket", 1),
            // No piece is edited twice: one swap and one addition would be two.
            ("ca", "abc", 3),
            ("@netwrok-oi", "@network-io", 2),
        ] {
            let found = distance(one.as_bytes(), other.as_bytes());
            assert_eq!(found, expected, "{one} {other}");
            let found = distance(other.as_bytes(), one.as_bytes());
            assert_eq!(found, expected, "{other} {one}");
        }
    }
}
