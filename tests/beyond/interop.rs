//! Programs of the crate `seccompiler`, which is empty on big-endian machines.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::thread;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};
use syscallset::{Action, Filter, filter};
use syscallset_tests::sys::call;

/// The running architecture, if seccompiler knows it.
fn arch() -> Option<TargetArch> {
    let name = std::env::consts::ARCH;
    let arch = TargetArch::try_from(name).ok();
    if arch.is_none() {
        println!("skipped: seccompiler does not know {name}");
    }
    arch
}

#[allow(clippy::useless_conversion, reason = "`c_long` is narrower elsewhere")]
fn number(call: libc::c_long) -> i64 {
    call.into()
}

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
    let Some(arch) = arch() else { return };
    let rules = BTreeMap::from([(number(libc::SYS_read), Vec::new())]);
    let program: BpfProgram =
        SeccompFilter::new(rules, SeccompAction::Errno(5), SeccompAction::Allow, arch)
            .and_then(TryInto::try_into)
            .expect("the filter is right");
    let filter = Filter::from_seccompiler_unverified(&program);
    assert_eq!(filter.evaluate(libc::SYS_read, [0; 6]), Action::Allow);
    assert_eq!(filter.evaluate(libc::SYS_write, [0; 6]), Action::Errno(5));
}

/// A program with a seccompiler filter for each kind of thread, one of which has become ours.
#[test]
fn seccompiler_loads_our_filter() {
    let ours = filter!("@basic-io ~umask:EXFULL", on_violation = "EXDEV");
    let programs: HashMap<String, Arc<BpfProgram>> =
        HashMap::from([("worker".to_owned(), Arc::new(BpfProgram::from(&ours)))]);
    let worker = thread::spawn(move || {
        apply_filter(&programs["worker"]).expect("the filter loads");
        (call(libc::SYS_umask), call(libc::SYS_personality))
    });
    let refused = worker.join().expect("the thread ends");
    assert_eq!(refused, (Err(libc::EXFULL), Err(libc::EXDEV)));
    call(libc::SYS_umask).expect("this thread is under no filter");
}

/// Its own rules of arguments, loaded by us, and our filter on top of them.
#[test]
fn filters_of_both_are_stacked() {
    let Some(arch) = arch() else { return };
    let is_eight = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, 8)
        .expect("a condition");
    let rule = SeccompRule::new(vec![is_eight]).expect("a rule");
    let rules = BTreeMap::from([(number(libc::SYS_personality), vec![rule])]);
    let exdev = SeccompAction::Errno(libc::EXDEV.try_into().expect("it is small"));
    let theirs: BpfProgram = SeccompFilter::new(rules, SeccompAction::Allow, exdev, arch)
        .and_then(TryInto::try_into)
        .expect("the filter is right");
    let theirs = Filter::from_seccompiler_unverified(&theirs);
    let personality = |persona| theirs.evaluate(libc::SYS_personality, [persona, 0, 0, 0, 0, 0]);
    assert_eq!(personality(8), Action::Errno(18));
    assert_eq!(personality(0), Action::Allow);
    let worker = thread::spawn(move || {
        theirs.load().expect("the filter loads");
        let personality = |persona| {
            syscallset_tests::sys::call_with(libc::SYS_personality, [persona, 0, 0, 0, 0, 0])
        };
        let before = (personality(8), call(libc::SYS_umask).is_ok());
        let ours = filter!("@known ~umask:EXFULL", on_violation = "EPERM");
        ours.load().expect("the filter loads");
        (before, personality(8), call(libc::SYS_umask))
    });
    let (before, personality, umask) = worker.join().expect("the thread ends");
    assert_eq!(before, (Err(libc::EXDEV), true));
    assert_eq!(personality, Err(libc::EXDEV));
    assert_eq!(umask, Err(libc::EXFULL));
}
