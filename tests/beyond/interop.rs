//! Programs of the crate `seccompiler`, which is empty on big-endian machines.

/// The tests; `None` where there is no such crate.
#[cfg(target_endian = "big")]
mod programs {
    pub(super) fn ours_is_theirs() -> Option<()> {
        None
    }

    pub(super) fn theirs_is_ours() -> Option<()> {
        None
    }
}

#[cfg(target_endian = "little")]
mod programs {
    use std::collections::BTreeMap;

    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
    use syscallset::{Action, Filter, filter};

    #[allow(clippy::unnecessary_wraps, reason = "it is `None` elsewhere")]
    pub(super) fn ours_is_theirs() -> Option<()> {
        let filter = filter!("@basic-io ~umask:EPERM", on_violation = "kill");
        let program = BpfProgram::from(&filter);
        assert_eq!(program.len(), filter.instructions().len());
        let back = Filter::from_seccompiler_unverified(&program);
        assert_eq!(back.instructions(), filter.instructions());
        assert!(back.source().contains("unverified"), "{back}");
        assert_eq!(back.evaluate(libc::SYS_umask, [0; 6]), Action::Errno(1));
        Some(())
    }

    pub(super) fn theirs_is_ours() -> Option<()> {
        let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
        #[allow(clippy::useless_conversion, reason = "`c_long` is narrower elsewhere")]
        let rules = BTreeMap::from([(libc::SYS_read.into(), Vec::new())]);
        let program: BpfProgram =
            SeccompFilter::new(rules, SeccompAction::Errno(5), SeccompAction::Allow, arch)
                .and_then(TryInto::try_into)
                .expect("the filter is right");
        let filter = Filter::from_seccompiler_unverified(&program);
        assert_eq!(filter.evaluate(libc::SYS_read, [0; 6]), Action::Allow);
        assert_eq!(filter.evaluate(libc::SYS_write, [0; 6]), Action::Errno(5));
        Some(())
    }
}

fn skip_without(outcome: Option<()>) {
    if outcome.is_none() {
        println!("skipped: seccompiler does not know this architecture");
    }
}

#[test]
fn a_filter_is_a_program_of_seccompiler() {
    skip_without(programs::ours_is_theirs());
}

#[test]
fn a_program_of_seccompiler_is_a_filter() {
    skip_without(programs::theirs_is_ours());
}
