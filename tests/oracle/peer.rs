//! seccompiler's program for the same policy.

use std::collections::BTreeMap;

use seccompiler::{SeccompAction, SeccompFilter, TargetArch};
use syscallset_compiler::insn::Insn;
use syscallset_tables::Arch;

use crate::arithmetic::Verdict;

/// The architectures that seccompiler knows.
pub(crate) const ARCHITECTURES: [(Arch, TargetArch); 3] = [
    (Arch::X86_64, TargetArch::x86_64),
    (Arch::Aarch64, TargetArch::aarch64),
    (Arch::Riscv64, TargetArch::riscv64),
];

/// A program that allows what the policy allows, and kills else.
pub(crate) fn program(verdicts: &BTreeMap<u32, Verdict>, arch: TargetArch) -> Vec<Insn> {
    let rules = verdicts
        .iter()
        .filter(|(_, verdict)| **verdict == Verdict::Allowed)
        .map(|(number, _)| (i64::from(*number), Vec::new()))
        .collect();
    let (allow, kill) = (SeccompAction::Allow, SeccompAction::KillProcess);
    let filter = SeccompFilter::new(rules, kill, allow, arch).expect("the actions differ");
    let program: seccompiler::BpfProgram = filter.try_into().expect("the program fits");
    program
        .into_iter()
        .map(|insn| Insn {
            code: insn.code,
            jt: insn.jt,
            jf: insn.jf,
            k: insn.k,
        })
        .collect()
}
