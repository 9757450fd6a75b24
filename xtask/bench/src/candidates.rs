//! The programs that are held beside each other.

use syscallset_compiler::action::Action;
use syscallset_compiler::assemble::assemble;
use syscallset_compiler::compile::compile_policy;
use syscallset_compiler::insn::{Insn, JEQ, LD_ABS, OFFSET_ARCH, RET_K};
use syscallset_compiler::lowered::Lowered;
use syscallset_compiler::verify::verify;

use crate::lists::{ARCH, List};
use crate::peers::libseccomp::{Libseccomp, Optimize};
use crate::peers::seccompiler;

/// A way to make a program of a list.
#[derive(Clone, Debug)]
pub enum Candidate {
    /// syscallset, for exactly the calls of the list and two actions.
    List,
    /// syscallset, for the filter string: with its implicit sets, today's sets, and a third action for
    /// unknown numbers.
    FilterString,
    /// The crate `seccompiler`, and with it `extrasafe`.
    Seccompiler,
    /// libseccomp.
    Libseccomp(Libseccomp, Optimize),
    /// The least that checks the architecture; it allows every call.
    ArchCheck,
    /// One instruction: it allows every call.
    Allow,
}

impl Candidate {
    /// All that this machine can make.
    pub fn all(libseccomp: Option<&Libseccomp>) -> Vec<Self> {
        let mut all = vec![Self::List, Self::FilterString];
        if let Some(libseccomp) = libseccomp {
            for optimize in [Optimize::Tree, Optimize::List] {
                all.push(Self::Libseccomp(libseccomp.clone(), optimize));
            }
        }
        all.extend([Self::Seccompiler, Self::ArchCheck, Self::Allow]);
        all
    }

    /// What tables call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::List => SYSCALLSET,
            Self::FilterString => FILTER_STRING,
            Self::Seccompiler => SECCOMPILER,
            Self::Libseccomp(_, Optimize::Tree) => LIBSECCOMP_TREE,
            Self::Libseccomp(_, Optimize::List) => LIBSECCOMP_LIST,
            Self::ArchCheck => ARCH_CHECK,
            Self::Allow => ALLOW,
        }
    }

    /// The program for a list; calls that it lacks are killed, or fail with the error if there is one.
    ///
    /// # Errors
    ///
    /// What the maker has to say, as text.
    pub fn program(&self, list: List, errno: Option<u16>) -> Result<Vec<Insn>, String> {
        let refusal = errno.map_or(Action::KillProcess, Action::Errno);
        match self {
            Self::List => exactly(&list.two_actions(refusal)),
            Self::FilterString => compile_policy(list.policy(refusal))
                .map(|program| program.instructions)
                .map_err(|error| format!("{error:?}")),
            Self::Seccompiler => {
                seccompiler::compile(&list.numbers(), errno).map(|p| seccompiler::instructions(&p))
            }
            Self::Libseccomp(libseccomp, optimize) => {
                libseccomp.compile(&list.numbers(), *optimize, errno)
            }
            Self::ArchCheck => Ok(vec![
                insn(LD_ABS, 0, OFFSET_ARCH),
                insn(JEQ, 1, ARCH.audit_arch()),
                insn(RET_K, 0, Action::KillProcess.to_ret()),
                insn(RET_K, 0, Action::Allow.to_ret()),
            ]),
            Self::Allow => Ok(vec![insn(RET_K, 0, Action::Allow.to_ret())]),
        }
    }
}

/// The row of [`Candidate::List`], and elsewhere that of syscallset.
pub const SYSCALLSET: &str = "syscallset";
/// The row of [`Candidate::FilterString`].
pub const FILTER_STRING: &str = "syscallset, filter string";
/// The row of [`Candidate::Seccompiler`].
pub const SECCOMPILER: &str = "seccompiler";
/// The row of `extrasafe`.
pub const EXTRASAFE: &str = "extrasafe";
/// The row of libseccomp with `optimize=2`.
pub const LIBSECCOMP_TREE: &str = "libseccomp, optimize 2";
/// The row of libseccomp with `optimize=1`.
pub const LIBSECCOMP_LIST: &str = "libseccomp, optimize 1";
/// The row of [`Candidate::ArchCheck`].
pub const ARCH_CHECK: &str = "limit: architecture check";
/// The row of [`Candidate::Allow`].
pub const ALLOW: &str = "limit: one instruction";

/// The compiler's program for a policy that no filter string says.
fn exactly(lowered: &Lowered) -> Result<Vec<Insn>, String> {
    let program = assemble(lowered).map_err(|error| format!("{error:?}"))?;
    verify(&program, lowered).map_err(|mismatch| mismatch.to_string())?;
    Ok(program)
}

fn insn(code: u16, jt: u8, k: u32) -> Insn {
    Insn { code, jt, jf: 0, k }
}
