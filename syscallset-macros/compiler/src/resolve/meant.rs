//! Names of calls and sets that a user may write, and those that were meant by others.

use syscallset_tables::{Arch, CALLS, SETS};

use crate::filter::Item;
use crate::span::Span;
use crate::suggest;

/// Whether some architecture has the call. Sets name a few calls that none has, such as `fstatat`;
/// written by a user, such a name is meant for another call.
pub(super) fn exists(call: &str) -> bool {
    Arch::ALL.iter().any(|arch| arch.number(call).is_some())
        // Calls of architectures without tables here, or of a kernel newer than the numbers.
        || syscallset_tables::set("@known").is_some_and(|known| known.contains(call))
}

/// The set that was probably meant by the unknown set `written`.
pub(super) fn set(written: &str) -> Option<String> {
    let lower = written.to_ascii_lowercase().replace('_', "-");
    if let Some(call) = syscallset_tables::call(lower.trim_start_matches('@')) {
        return Some(call.to_owned());
    }
    suggest::nearest(&lower, SETS.iter().map(|set| set.name)).map(str::to_owned)
}

/// What was probably meant by an item, the `index`th, that names an unknown call, and what of the item that stands for:
/// a call or set, with a `~` where another sign for "not" stands before it. To allow what somebody wants to refuse is
/// no advice, and the first item allows something.
pub(super) fn call(item: &Item<'_>, index: usize) -> (Option<String>, Span) {
    let name = name(item.name);
    if !item.name.starts_with(['!', '-', '^']) {
        return (name, item.name_span);
    }
    let first = if index == 0 { "@system-service " } else { "" };
    let meant = name.map(|name| format!("{first}~{name}"));
    (meant, Span::new(item.span.start, item.name_span.end))
}

fn name(written: &str) -> Option<String> {
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
    suggest::nearest(bare, CALLS.iter().copied().filter(|call| exists(call)))
        .map(str::to_owned)
        .or_else(|| suggest::nearest(&as_set, SETS.iter().map(|set| set.name)).map(str::to_owned))
}
