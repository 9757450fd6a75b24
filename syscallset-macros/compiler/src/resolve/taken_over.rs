//! Conditions of an item that is about one call and also about the one that took over from it.

use syscallset_tables::{Arch, Kind};

use super::condition;
use crate::error::Error;
use crate::filter::ParsedCondition;
use crate::lowered::Condition;

/// Resolves the conditions of an item on `call` for a call that takes over from it, and may take its parameters
/// in another order: an index, too, is one of `call`. `lseek(2=SEEK_DATA)` is about `whence` of `_llseek`, the
/// fifth there.
///
/// # Errors
///
/// As [`condition::resolve`], and indices whose parameter the other call lacks.
pub(super) fn resolve(
    call: &'static str,
    variant: &'static str,
    conditions: &[ParsedCondition<'_>],
    arch: Arch,
) -> Result<Vec<Condition>, Vec<Error>> {
    let conditions: Vec<ParsedCondition<'_>> = conditions
        .iter()
        .map(|condition| ParsedCondition {
            parameter: renamed(call, variant, condition.parameter, arch),
            ..condition.clone()
        })
        .collect();
    condition::resolve(variant, &conditions, arch)
}

/// An index of `call` as one of `variant` where it is the same, or else as the parameter's name.
fn renamed<'s>(call: &str, variant: &str, written: &'s str, arch: Arch) -> &'s str {
    let Some(index) = condition::index(written) else {
        return written;
    };
    let seen = |arch: Arch| {
        let params = syscallset_tables::params(arch, call)?;
        let param = params.in_word(index)?;
        (param.kind != Kind::Pointer).then_some(*param)
    };
    // Where `call` takes them in memory or does not exist, what it takes elsewhere.
    let meant = seen(arch).or_else(|| Arch::ALL.iter().find_map(|other| seen(*other)));
    let (Some(meant), Some(params)) = (meant, condition::params(variant, arch)) else {
        return written;
    };
    let mut names = std::iter::once(meant.name).chain(meant.aliases.iter().copied());
    let found = names.find_map(|name| Some((name, params.named(name)?)));
    match found {
        Some((_, param)) if param.place == meant.place => written,
        Some((name, _)) => name,
        None => meant.name,
    }
}
