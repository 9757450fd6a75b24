//! The faults that the compiler finds in a string.

use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::error::Error;

/// The faults of a string, read for x86-64.
pub(crate) fn faults(source: &str) -> Vec<Error> {
    compile(source, Arch::X86_64, Action::KillProcess)
        .err()
        .unwrap_or_default()
}

#[track_caller]
pub(crate) fn assert_right(source: &str) {
    let errors = faults(source);
    assert!(errors.is_empty(), "{source}: {errors:?}");
}
