//! The same policy becomes the same bytes: another time, in another process, on any host.

mod support;

use support::{allow, build, compare, constant, one_call};
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::{OnViolation, compile};
use syscallset_compiler::lowered::{Lowered, Op, Width};
use syscallset_compiler::note::digest;

/// Each hash table has another seed, so that one whose order mattered would show here.
#[test]
fn another_time() {
    const FILTERS: [&str; 4] = [
        "@system-service",
        "@basic-io ~@privileged:EPERM ~@mount:ENOSYS",
        "@basic-io socket(domain=AF_UNIX) socket(domain=AF_INET, type&0xf=SOCK_STREAM) \
         ~mprotect(prot&PROT_EXEC!=0):EACCES ~kill kill(pid>0, sig=0) ~lseek(offset<0):EINVAL",
        "ioctl(cmd=FIONREAD) ioctl(cmd=TCGETS) ioctl(cmd>=0x5400, cmd<=0x54ff, arg=0) \
         prctl(option=PR_SET_NAME) prctl(option=PR_GET_NAME) clone(flags&0x7e020000=0)",
    ];
    for filter in FILTERS {
        for arch in Arch::ALL.iter().copied() {
            for on_violation in [
                OnViolation::Action(Action::KillProcess),
                OnViolation::Report,
            ] {
                let [first, second] = [(), ()].map(|()| compile(filter, arch, on_violation));
                let what = format!("{filter} on {}", arch.name());
                match (first, second) {
                    (Ok(first), Ok(second)) => {
                        assert_eq!(first.instructions, second.instructions, "{what}");
                    }
                    // Some of the calls are not everywhere.
                    (Err(first), Err(second)) => assert_eq!(first, second, "{what}"),
                    _ => panic!("{what}: a filter only sometimes"),
                }
            }
        }
    }
}

/// Policies that no table has a part in, and what their programs were where this was written. Another
/// layout changes these numbers, another host must not.
#[test]
fn on_any_host() {
    let singles = constant((0..400).map(|nr| match (nr * nr * 31 + nr * 7) % 1000 {
        0..400 => Action::Allow,
        400..500 => Action::Errno(1),
        _ => Action::KillProcess,
    }));
    let far = constant((0..480).map(|nr| Action::Errno(nr + 1)));
    let conditional = |big_endian| {
        let rules = vec![
            allow([
                compare(0, Width::I32, Op::Ge, 3),
                compare(1, Width::I64, Op::Gt, 0xffff_fffe_0000_0005),
            ]),
            allow([
                compare(4, Width::U64, Op::Le, 0x2_0000_0005),
                compare(5, Width::U64, Op::Ne, 7),
            ]),
        ];
        Lowered {
            big_endian,
            ..one_call(rules, Action::Trap)
        }
    };
    let found = [singles, far, conditional(false), conditional(true)].map(|lowered| {
        let program = build(&lowered);
        (program.len(), digest(&program))
    });
    let expected = [
        (148, 2_629_166_993_574_923_036),
        (966, 8_976_744_644_109_401_100),
        (25, 8_428_023_631_022_548_922),
        (25, 5_653_209_101_233_286_270),
    ];
    assert_eq!(found, expected);
}
