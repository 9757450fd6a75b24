//! Programs of the crate `seccompiler`, to and from.

use seccompiler::{BpfProgram, BpfProgramRef, sock_filter};

use crate::filter::Filter;
use crate::instruction::Instruction;

/// The same program, for `seccompiler::apply_filter` and the like.
impl From<&Filter> for BpfProgram {
    fn from(filter: &Filter) -> Self {
        let instruction = |insn: &Instruction| sock_filter {
            code: insn.code,
            jt: insn.jt,
            jf: insn.jf,
            k: insn.k,
        };
        filter.instructions().iter().map(instruction).collect()
    }
}

impl Filter {
    /// Takes a program that the crate `seccompiler` made, to load it as a filter of this crate.
    ///
    /// Nothing about the program is checked but what the kernel checks when it is loaded: it may
    /// allow what its author did not mean, such as calls of another architecture. The instructions
    /// are kept until the process ends.
    ///
    /// ```
    /// # #[cfg(all(target_os = "linux", target_arch = "x86_64"))] {
    /// use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    /// use syscallset::{Action, Filter};
    ///
    /// let theirs: BpfProgram = SeccompFilter::new(
    ///     [(libc::SYS_write, vec![])].into(),
    ///     SeccompAction::Errno(1),
    ///     SeccompAction::Allow,
    ///     std::env::consts::ARCH.try_into()?,
    /// )?
    /// .try_into()?;
    /// let ours = Filter::from_seccompiler_unverified(&theirs);
    /// assert_eq!(ours.evaluate(libc::SYS_write, [0; 6]), Action::Allow);
    /// assert_eq!(BpfProgram::from(&ours), theirs);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn from_seccompiler_unverified(program: BpfProgramRef<'_>) -> Self {
        let instruction =
            |insn: &sock_filter| Instruction::new(insn.code, insn.jt, insn.jf, insn.k);
        Self::from_raw_unverified(Vec::leak(program.iter().map(instruction).collect()))
    }
}
