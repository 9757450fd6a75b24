//! Filters as constants: questions that are answered while the program is compiled.

use syscallset::{Action, Filter, filter};

const QUIET: Filter = filter!(
    "@basic-io ~socket:EPERM ioctl(request=1)",
    on_violation = "kill"
);
const NONE: [u64; 6] = [0; 6];

const _: () = assert!(matches!(
    QUIET.evaluate(libc::SYS_read, NONE),
    Action::Allow
));
const _: () = assert!(matches!(
    QUIET.evaluate(libc::SYS_socket, NONE),
    Action::Errno(1)
));
const _: () = assert!(matches!(
    QUIET.evaluate(libc::SYS_openat, NONE),
    Action::KillProcess
));
// A number that no call has.
const _: () = assert!(matches!(QUIET.evaluate(100_000, NONE), Action::Errno(38)));
const _: () = assert!(matches!(QUIET.evaluate(-1, NONE), Action::Errno(38)));
const _: () = assert!(!QUIET.instructions().is_empty());

/// Garbage above the bits that the kernel reads changes nothing.
#[test]
fn arguments_are_as_wide_as_the_kernel_reads_them() {
    let ioctl = |request| QUIET.evaluate(libc::SYS_ioctl, [0, request, 0, 0, 0, 0]);
    assert_eq!(ioctl(1), Action::Allow);
    assert_eq!(ioctl((1 << 32) + 1), Action::Allow);
    assert_eq!(ioctl(2), Action::KillProcess);
    assert_eq!(ioctl((1 << 32) + 2), Action::KillProcess);
}

#[test]
fn a_filter_says_what_it_is() {
    assert_eq!(QUIET.to_string(), QUIET.source());
    assert!(QUIET.arch().starts_with(std::env::consts::ARCH));
    let text = format!("{QUIET:?}");
    for part in ["@basic-io ~socket:EPERM", "evaluate.rs:5", "instructions"] {
        assert!(text.contains(part), "{text}");
    }
}

/// The crate's interpreter and the compiler's give the same verdicts.
#[test]
fn both_interpreters_agree() {
    use syscallset_compiler::action::Action as Compiled;
    use syscallset_compiler::insn::Insn;
    use syscallset_compiler::interpret::{Data, interpret};

    let arch = syscallset_compiler::Arch::from_name(QUIET.arch()).expect("we run on it");
    let insn = |insn: &syscallset::Instruction| {
        let syscallset::Instruction { code, jt, jf, k } = *insn;
        Insn { code, jt, jf, k }
    };
    let program: Vec<_> = QUIET.instructions().iter().map(insn).collect();
    for nr in 0..1000_u16 {
        for request in [0, 1, 2, 1 << 32, (1 << 32) + 1] {
            let args = [0, request, 0, 0, 0, 0];
            let data = Data {
                nr: nr.into(),
                arch: arch.audit_arch(),
                instruction_pointer: 0,
                args,
            };
            let outcome = interpret(&program, &data, arch.big_endian()).expect("it ends");
            let ours = QUIET.evaluate(nr.into(), args);
            let theirs = format!("{:?}", Compiled::from_ret(outcome.ret));
            assert_eq!(format!("{ours:?}"), theirs, "{nr} {request}");
        }
    }
}
