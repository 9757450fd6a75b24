//! "Did you mean": the name that was probably meant.

use syscallset_tables::{CALLS, SETS};

use crate::resolve::exists;

/// The candidate that is most similar to `written`, if one is similar enough.
///
/// Of equally similar candidates the first one wins, so the answer is always the same.
pub(crate) fn nearest<'c>(
    written: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    // A third of the characters may be wrong; in short names, one.
    let limit = (written.chars().count() / 3).max(1);
    let mut best = None;
    for candidate in candidates {
        // The distance is at least the difference in length: most candidates need no more.
        if candidate.len().abs_diff(written.len()) > limit {
            continue;
        }
        let distance = strsim::osa_distance(written, candidate);
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The set that was probably meant by the unknown set `written`.
pub(crate) fn set(written: &str) -> Option<String> {
    let lower = written.to_ascii_lowercase().replace('_', "-");
    if let Some(call) = syscallset_tables::call(lower.trim_start_matches('@')) {
        return Some(call.to_owned());
    }
    nearest(&lower, SETS.iter().map(|set| set.name)).map(str::to_owned)
}

/// The call or set that was probably meant by the unknown call `written`.
pub(crate) fn call(written: &str) -> Option<String> {
    let lower = written.to_ascii_lowercase();
    let lower = lower.trim_matches(|c: char| c.is_ascii_punctuation() && c != '_');
    let bare = ["__nr_", "sys_", "__x64_sys_"]
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix))
        .unwrap_or(lower);
    // The C library's names for what the kernel calls `newfstatat` and the like.
    let renamed = format!("new{bare}");
    if let Some(call) = [renamed.as_str(), bare]
        .into_iter()
        .find(|call| exists(call))
    {
        return Some(call.to_owned());
    }
    let as_set = format!("@{}", bare.replace('_', "-"));
    if syscallset_tables::set(&as_set).is_some() {
        return Some(as_set);
    }
    nearest(bare, CALLS.iter().copied().filter(|call| exists(call)))
        .map(str::to_owned)
        .or_else(|| nearest(&as_set, SETS.iter().map(|set| set.name)).map(str::to_owned))
}
