//! The crate `seccompiler`: five instructions for each call, made at run time.

use std::collections::BTreeSet;

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
use syscallset_compiler::insn::Insn;

/// Compiles a list; calls that it lacks are killed, or fail with the error if there is one.
///
/// # Errors
///
/// Those of the crate, as text.
pub fn compile(numbers: &BTreeSet<u32>, errno: Option<u16>) -> Result<BpfProgram, String> {
    let rules = numbers.iter().map(|&nr| (i64::from(nr), Vec::new()));
    let refusal = match errno {
        Some(errno) => SeccompAction::Errno(errno.into()),
        None => SeccompAction::KillProcess,
    };
    let filter = SeccompFilter::new(
        rules.collect(),
        refusal,
        SeccompAction::Allow,
        TargetArch::x86_64,
    );
    filter
        .and_then(BpfProgram::try_from)
        .map_err(|error| error.to_string())
}

/// Compiles a list and brings all threads under it, as a program does that uses the crate.
///
/// # Errors
///
/// Those of the crate, as text.
pub fn restrict(numbers: &BTreeSet<u32>) -> Result<(), String> {
    let program = compile(numbers, None)?;
    seccompiler::apply_filter_all_threads(&program).map_err(|error| error.to_string())
}

/// The instructions of a program.
pub fn instructions(program: &BpfProgram) -> Vec<Insn> {
    let convert = |insn: &seccompiler::sock_filter| Insn {
        code: insn.code,
        jt: insn.jt,
        jf: insn.jf,
        k: insn.k,
    };
    program.iter().map(convert).collect()
}
