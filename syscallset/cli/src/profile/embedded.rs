//! The filter that a program has in it.

use std::path::Path;

use syscallset_profile::Profile;

use crate::failure::Failure;
use crate::source::Source;

/// The filter string in the note of a program; where there are several filters, the strings of all of them, so that
/// what any of them allows counts as allowed.
pub(crate) fn source(profile: &Profile, path: &Path) -> Result<Source, Failure> {
    let path = path.display();
    let missing = || {
        Failure::failed(format!("`{path}` has no note of a filter of its own"))
            .with_help("give the filter string with `--filter`")
    };
    let _note = profile.note().ok_or_else(missing)?;
    Err(missing())
}
