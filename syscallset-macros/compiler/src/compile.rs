//! The whole way from a filter string to a program.

use syscallset_tables::Arch;

use crate::action::Action;
use crate::assemble::assemble;
use crate::debug::allow_checks;
use crate::error::{Error, ErrorKind};
use crate::filter::Filter;
use crate::insn::Insn;
use crate::lower::lower;
use crate::parse::parse_lossy;
use crate::policy::Policy;
use crate::report;
use crate::resolve::{self, resolve};
use crate::span::Span;
use crate::suggest;
use crate::verify::{Mismatch, verify};

/// A program that was proven to do what its policy says.
#[derive(Clone, Debug)]
pub struct Program {
    /// The policy.
    pub policy: Policy,
    /// The instructions, for [`Policy::arch`].
    pub instructions: Vec<Insn>,
    /// For [`OnViolation::Report`], what [`report::refused_calls`] says.
    pub refused_calls: Option<String>,
}

/// What happens to calls that a filter refuses without an action of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnViolation {
    /// This action.
    Action(Action),
    /// The process reports the call and dies; see [`report`].
    Report,
    /// The same of a filter that is loaded while there is but one thread, which has `SIGSYS` unblocked.
    /// Notes call it `report-at-start`.
    ReportAtStart,
}

impl From<Action> for OnViolation {
    fn from(action: Action) -> Self {
        Self::Action(action)
    }
}

/// Reads what may stand in `on_violation`: `report`, or an action as behind `:`.
///
/// # Errors
///
/// A word that is none of them.
pub fn on_violation(text: &str, arch: Arch) -> Result<OnViolation, ErrorKind> {
    match text {
        "report" => return Ok(OnViolation::Report),
        "report-at-start" => return Ok(OnViolation::ReportAtStart),
        _ => {}
    }
    let action = resolve::action(text, arch).map(OnViolation::Action);
    action.map_err(
        |kind| match suggest::nearest(&text.to_ascii_lowercase(), ["report"]) {
            None => kind,
            Some(report) => ErrorKind::UnknownAction {
                suggestion: Some(report.to_owned()),
            },
        },
    )
}

/// Compiles a filter string for one architecture.
///
/// Calls that it does not allow get the action of `on_violation`, unless they have one of their own;
/// calls newer than the tables fail with `ENOSYS`; calls of another architecture kill the process.
///
/// # Errors
///
/// All faults of the string, in the order of their places; a program that is too long for the
/// kernel; a program that the compiler's own check rejects, which is a bug of this crate.
pub fn compile(
    source: &str,
    arch: Arch,
    on_violation: impl Into<OnViolation>,
) -> Result<Program, Vec<Error>> {
    compile_filter(&parse_for(source, arch)?, arch, on_violation)
}

/// Parses a filter string that is to be compiled for one architecture.
///
/// # Errors
///
/// Every fault of form; and then also every name, action and condition in the well-formed items that
/// [`resolve()`] finds fault with, so that all is said in one go.
pub fn parse_for(source: &str, arch: Arch) -> Result<Filter<'_>, Vec<Error>> {
    let (filter, mut errors) = parse_lossy(source);
    if errors.is_empty() {
        return Ok(filter);
    }
    if let Err(more) = resolve(&filter, arch, Action::KillProcess) {
        // What the items come to together is not known while some of them are not.
        errors.extend(more.into_iter().filter(|error| {
            !matches!(
                error.kind,
                ErrorKind::CannotExist { .. }
                    | ErrorKind::TakenFromRuntime { .. }
                    | ErrorKind::EndlessFault { .. }
                    | ErrorKind::NothingChanged { .. }
                    | ErrorKind::Undone(_)
                    | ErrorKind::OtherForm { .. }
                    | ErrorKind::TooComplex
            )
        }));
    }
    Err(in_order(errors))
}

/// Compiles a parsed filter, as [`compile`].
///
/// # Errors
///
/// As [`compile`].
pub fn compile_filter(
    filter: &Filter<'_>,
    arch: Arch,
    on_violation: impl Into<OnViolation>,
) -> Result<Program, Vec<Error>> {
    compile_build(filter, arch, on_violation.into(), false)
}

/// Compiles a parsed filter for a program with debug assertions, as [`compile`]: where it would kill
/// for it, the program may all the same let std ask whether a file descriptor is open. With
/// [`OnViolation::Report`], which is meant for such programs, [`compile_filter`] does the same.
///
/// # Errors
///
/// As [`compile`].
pub fn compile_debug_filter(
    filter: &Filter<'_>,
    arch: Arch,
    on_violation: impl Into<OnViolation>,
) -> Result<Program, Vec<Error>> {
    compile_build(filter, arch, on_violation.into(), true)
}

fn compile_build(
    filter: &Filter<'_>,
    arch: Arch,
    on_violation: OnViolation,
    debug: bool,
) -> Result<Program, Vec<Error>> {
    let violation = match on_violation {
        OnViolation::Action(action) => action,
        OnViolation::Report | OnViolation::ReportAtStart => Action::Trap,
    };
    let reports = !matches!(on_violation, OnViolation::Action(_));
    let mut policy = resolve(filter, arch, violation).map_err(in_order)?;
    let refused_calls = reports.then(|| {
        let table = report::refused_calls(filter, &policy);
        report::instrument(&mut policy);
        if on_violation == OnViolation::ReportAtStart {
            report::leave_masks_to_the_handler(&mut policy);
        }
        table
    });
    if debug || reports {
        allow_checks(&mut policy);
    }
    let whole = Span::new(0, filter.source.len());
    let mut program = compile_policy(policy).map_err(|kind| vec![Error::new(kind, whole)])?;
    program.refused_calls = refused_calls;
    Ok(program)
}

/// Compiles a policy, as [`compile`].
///
/// # Errors
///
/// [`ErrorKind::TooLong`], [`ErrorKind::TooComplex`] and [`ErrorKind::Unproven`].
pub fn compile_policy(policy: Policy) -> Result<Program, ErrorKind> {
    let lowered = lower(&policy);
    let instructions = assemble(&lowered).map_err(|error| ErrorKind::TooLong {
        instructions: error.instructions,
    })?;
    verify(&instructions, &lowered).map_err(|mismatch| match mismatch {
        Mismatch::TooComplex => ErrorKind::TooComplex,
        mismatch => ErrorKind::Unproven {
            reason: mismatch.to_string(),
        },
    })?;
    Ok(Program {
        policy,
        instructions,
        refused_calls: None,
    })
}

fn in_order(errors: Vec<Error>) -> Vec<Error> {
    let mut ordered: Vec<Error> = Vec::new();
    for error in errors {
        let place = ordered.partition_point(|other| other.span <= error.span);
        ordered.insert(place, error);
    }
    ordered
}
