//! The whole way from a filter string to a program.

use syscallset_tables::Arch;

use crate::action::Action;
use crate::assemble::assemble;
use crate::error::{Error, ErrorKind};
use crate::filter::Filter;
use crate::insn::Insn;
use crate::lower::lower;
use crate::parse::parse;
use crate::policy::Policy;
use crate::resolve::resolve;
use crate::span::Span;
use crate::verify::verify;

/// A program that was proven to do what its policy says.
#[derive(Clone, Debug)]
pub struct Program {
    /// The policy.
    pub policy: Policy,
    /// The instructions, for [`Policy::arch`].
    pub instructions: Vec<Insn>,
}

/// Compiles a filter string for one architecture.
///
/// Calls that it does not allow get `violation`, unless they have an action of their own; calls
/// newer than the tables fail with `ENOSYS`; calls of another architecture kill the process.
///
/// # Errors
///
/// All faults of the string, in the order of their places; a program that is too long for the
/// kernel; a program that the compiler's own check rejects, which is a bug of this crate.
pub fn compile(source: &str, arch: Arch, violation: Action) -> Result<Program, Vec<Error>> {
    compile_filter(&parse(source)?, arch, violation)
}

/// Compiles a parsed filter, as [`compile`].
///
/// # Errors
///
/// As [`compile`].
pub fn compile_filter(
    filter: &Filter<'_>,
    arch: Arch,
    violation: Action,
) -> Result<Program, Vec<Error>> {
    let policy = resolve(filter, arch, violation).map_err(|mut errors| {
        errors.sort_by_key(|error| error.span);
        errors
    })?;
    let whole = Span::new(0, filter.source.len());
    compile_policy(policy).map_err(|kind| vec![Error::new(kind, whole)])
}

/// Compiles a policy, as [`compile`].
///
/// # Errors
///
/// [`ErrorKind::TooLong`] and [`ErrorKind::Unproven`].
pub fn compile_policy(policy: Policy) -> Result<Program, ErrorKind> {
    let lowered = lower(&policy);
    let instructions = assemble(&lowered).map_err(|error| ErrorKind::TooLong {
        instructions: error.instructions,
    })?;
    verify(&instructions, &lowered).map_err(|mismatch| ErrorKind::Unproven {
        reason: mismatch.to_string(),
    })?;
    Ok(Program {
        policy,
        instructions,
    })
}
