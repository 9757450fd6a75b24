//! Programs of the crate `seccompiler`.

use std::collections::BTreeMap;

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
use syscallset::{Action, Filter, filter};

#[test]
fn a_filter_is_a_program_of_seccompiler() {
    let filter = filter!("@basic-io ~umask:EPERM", on_violation = "kill");
    let program = BpfProgram::from(&filter);
    assert_eq!(program.len(), filter.instructions().len());
    let back = Filter::from_seccompiler_unverified(&program);
    assert_eq!(back.instructions(), filter.instructions());
    assert!(back.source().contains("unverified"), "{back}");
    assert_eq!(back.evaluate(libc::SYS_umask, [0; 6]), Action::Errno(1));
}

#[test]
fn a_program_of_seccompiler_is_a_filter() {
    let Ok(arch) = TargetArch::try_from(std::env::consts::ARCH) else {
        println!(
            "skipped: seccompiler does not know {}",
            std::env::consts::ARCH
        );
        return;
    };
    let rules = BTreeMap::from([(libc::SYS_read, Vec::new())]);
    let program: BpfProgram =
        SeccompFilter::new(rules, SeccompAction::Errno(5), SeccompAction::Allow, arch)
            .and_then(TryInto::try_into)
            .expect("the filter is right");
    let filter = Filter::from_seccompiler_unverified(&program);
    assert_eq!(filter.evaluate(libc::SYS_read, [0; 6]), Action::Allow);
    assert_eq!(filter.evaluate(libc::SYS_write, [0; 6]), Action::Errno(5));
}
