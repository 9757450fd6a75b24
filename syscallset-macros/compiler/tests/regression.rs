//! How generators of filters went wrong, one test for each way that applies to a compiler. The
//! numbers are those of `tests/regressions.md`, which names the bugs and the tests of the other ways.

use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::assemble::assemble;
use syscallset_compiler::compile::{Program, compile, compile_filter};
use syscallset_compiler::error::ErrorKind;
use syscallset_compiler::interpret::{Data, interpret};
use syscallset_compiler::lowered::{Condition, Decision, Lowered, Op, Rule, Run, Width};
use syscallset_compiler::parse::parse;
use syscallset_compiler::verify::verify;

const KILL: Action = Action::KillProcess;
const EPERM: Action = Action::Errno(1);
const ENOSYS: Action = Action::Errno(38);
/// Garbage in the half of a register that the kernel does not read.
const HIGH: u64 = 0xdead_beef << 32;

fn compiled(filter: &str, arch: Arch) -> Program {
    compile(filter, arch, KILL).unwrap_or_else(|errors| panic!("{filter}: {errors:?}"))
}

fn verdict_of(program: &Program, nr: u32, arch: u32, args: [u64; 6]) -> Action {
    let data = Data {
        nr,
        arch,
        instruction_pointer: 0,
        args,
    };
    let big_endian = program.policy.arch.big_endian();
    Action::from_ret(
        interpret(&program.instructions, &data, big_endian)
            .expect("it ends")
            .ret,
    )
}

/// The verdict about a call on x86-64.
fn verdict(filter: &str, call: &str, args: [u64; 6]) -> Action {
    verdict_on(Arch::X86_64, filter, call, args)
}

fn verdict_on(arch: Arch, filter: &str, call: &str, args: [u64; 6]) -> Action {
    let nr = arch.number(call).expect("the architecture has the call");
    verdict_of(&compiled(filter, arch), nr, arch.audit_arch(), args)
}

fn fault(filter: &str) -> ErrorKind {
    let mut errors = compile(filter, Arch::X86_64, KILL).expect_err("the string is wrong");
    assert_eq!(errors.len(), 1, "{filter}: {errors:?}");
    errors.remove(0).kind
}

const OPS: [Op; 6] = [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];

/// Around every value at which a comparison of two halves could go wrong.
fn boundaries() -> Vec<u64> {
    let near = [
        0,
        1,
        1 << 32,
        (1 << 32) - 1,
        (1 << 32) + 1,
        1 << 63,
        u64::MAX,
    ];
    let mut values: Vec<u64> = near
        .iter()
        .flat_map(|v| [v.wrapping_sub(1), *v, v.wrapping_add(1)])
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn condition(width: Width, op: Op, value: u64) -> Condition {
    Condition {
        arg: 2,
        width,
        mask: u64::MAX,
        op,
        value,
    }
}

/// A policy of one call with these rules, compiled and held against plain arithmetic.
fn assert_rules(rules: Vec<Rule>, values: &[u64]) {
    let decision = Decision {
        rules,
        otherwise: KILL,
    };
    let run = |first, decision| Run { first, decision };
    let lowered = Lowered {
        audit_arch: Arch::X86_64.audit_arch(),
        big_endian: false,
        foreign: KILL,
        runs: vec![
            run(0, Decision::constant(ENOSYS)),
            run(17, decision.clone()),
            run(18, Decision::constant(ENOSYS)),
        ],
    };
    let program = assemble(&lowered).expect("the program is short");
    verify(&program, &lowered).unwrap_or_else(|mismatch| panic!("{decision:?}: {mismatch}"));
    for value in values {
        let args = [7, 7, *value, 7, 7, 7];
        let data = Data {
            nr: 17,
            arch: lowered.audit_arch,
            instruction_pointer: 0,
            args,
        };
        let ret = interpret(&program, &data, false).expect("it ends").ret;
        assert_eq!(
            Action::from_ret(ret),
            decision.evaluate(&args),
            "{decision:?} {value:#x}"
        );
    }
}

fn allow(condition: Condition) -> Rule {
    Rule {
        conditions: vec![condition],
        action: Action::Allow,
    }
}

#[test]
fn r01_comparisons_of_64_bits_are_not_two_of_32() {
    let values = boundaries();
    for width in [Width::U64, Width::I64] {
        for op in OPS {
            for value in &values {
                assert_rules(vec![allow(condition(width, op, *value))], &values);
            }
        }
    }
}

#[test]
fn r02_r03_pairs_of_ranges_on_one_argument() {
    let bounds = [0, 5, 1 << 32, (1 << 32) + 5, 1 << 63, u64::MAX];
    let values = boundaries();
    for (first, second) in OPS.iter().flat_map(|op| OPS.map(|other| (*op, other))) {
        for (low, high) in bounds
            .iter()
            .flat_map(|low| bounds.map(|high| (*low, high)))
        {
            let rules = vec![
                allow(condition(Width::U64, first, low)),
                Rule {
                    conditions: vec![condition(Width::U64, second, high)],
                    action: EPERM,
                },
            ];
            assert_rules(rules, &values);
        }
    }
}

#[test]
fn r04_the_number_is_loaded_again_after_an_argument() {
    let filter = "@default personality(persona=0) socket(family=AF_UNIX,type=SOCK_STREAM)";
    assert_eq!(verdict(filter, "personality", [1, 0, 0, 0, 0, 0]), KILL);
    assert_eq!(verdict(filter, "socket", [16, 3, 0, 0, 0, 0]), KILL);
    assert_eq!(verdict(filter, "socket", [1, 1, 0, 0, 0, 0]), Action::Allow);
}

#[test]
fn r05_what_the_kernel_ignores_is_not_compared() {
    let filter = "@default ioctl ~ioctl(cmd=TIOCSTI):EPERM";
    let sti = 0x5412;
    assert_eq!(verdict(filter, "ioctl", [0, sti, 0, 0, 0, 0]), EPERM);
    assert_eq!(
        verdict(filter, "ioctl", [0, sti + (1 << 32), 0, 0, 0, 0]),
        EPERM
    );
    assert_eq!(verdict(filter, "ioctl", [0, sti | HIGH, 0, 0, 0, 0]), EPERM);
    assert_eq!(
        verdict(filter, "ioctl", [0, 0x5413, 0, 0, 0, 0]),
        Action::Allow
    );
}

#[test]
fn r06_what_the_kernel_reads_is_compared() {
    let filter = "pread64(count=5)";
    assert_eq!(
        verdict(filter, "pread64", [0, 0, 5, 0, 0, 0]),
        Action::Allow
    );
    assert_eq!(
        verdict(filter, "pread64", [0, 0, 5 + (1 << 32), 0, 0, 0]),
        KILL
    );
}

#[test]
fn r07_negative_numbers_however_they_are_extended() {
    for filter in ["openat(dfd=AT_FDCWD)", "openat(dfd=-100)", "openat(0=-100)"] {
        assert_eq!(
            verdict(filter, "openat", [0xffff_ff9c, 0, 0, 0, 0, 0]),
            Action::Allow
        );
        assert_eq!(
            verdict(filter, "openat", [0xffff_ffff_ffff_ff9c, 0, 0, 0, 0, 0]),
            Action::Allow
        );
        assert_eq!(
            verdict(filter, "openat", [0xffff_ff9d, 0, 0, 0, 0, 0]),
            KILL
        );
    }
}

#[test]
fn r08_all_conditions_of_an_item_must_hold() {
    let filter = "socket(family=2, type=1)";
    assert_eq!(verdict(filter, "socket", [2, 1, 0, 0, 0, 0]), Action::Allow);
    assert_eq!(verdict(filter, "socket", [2, 2, 0, 0, 0, 0]), KILL);
    assert_eq!(verdict(filter, "socket", [1, 1, 0, 0, 0, 0]), KILL);
}

#[test]
fn r09_a_condition_that_is_lost_is_an_error() {
    let kind = fault("ptrace ptrace(0=16)");
    assert!(
        matches!(kind, ErrorKind::NothingChanged { call: "ptrace", .. }),
        "{kind:?}"
    );
}

#[test]
fn r10_an_errno_rule_beside_an_allowed_call() {
    let filter = "prctl ~prctl(option=38):EPERM";
    assert_eq!(verdict(filter, "prctl", [38, 0, 0, 0, 0, 0]), EPERM);
    assert_eq!(verdict(filter, "prctl", [39, 0, 0, 0, 0, 0]), Action::Allow);
}

/// A list of refused calls, as the builder makes it.
fn deny_list() -> Program {
    let mut filter = parse("ptrace").expect("the string is right");
    filter.items[0].given = Some(EPERM);
    compile_filter(&filter, Arch::X86_64, Action::Allow).expect("the string is right")
}

#[test]
fn r11_x32_is_no_way_around() {
    let native = Arch::X86_64.audit_arch();
    for program in [compiled("@known", Arch::X86_64), deny_list()] {
        for nr in 0..1024 {
            let verdict = verdict_of(&program, nr | 0x4000_0000, native, [0; 6]);
            assert_eq!(verdict, ENOSYS, "{nr}");
        }
        // x32's own numbers are no calls of x86-64.
        for nr in 512..548 {
            assert_eq!(verdict_of(&program, nr, native, [0; 6]), ENOSYS, "{nr}");
        }
    }
}

#[test]
fn r12_a_foreign_interface_is_no_way_around() {
    for program in [compiled("@known", Arch::X86_64), deny_list()] {
        for foreign in [Arch::X86, Arch::Aarch64, Arch::Arm, Arch::S390x] {
            for nr in [0, 1, 26, 101, 0xffff_ffff] {
                assert_eq!(verdict_of(&program, nr, foreign.audit_arch(), [0; 6]), KILL);
            }
        }
    }
}

#[test]
fn r13_a_call_that_a_tracer_skips_does_not_kill() {
    let program = compiled("", Arch::X86_64);
    let native = Arch::X86_64.audit_arch();
    assert_eq!(verdict_of(&program, u32::MAX, native, [0; 6]), ENOSYS);
}

#[test]
fn r14_jumps_reach_however_many_calls_there_are() {
    let all = Arch::X86_64.calls();
    for count in (1..all.len()).step_by(23).chain([all.len()]) {
        let every_other = all.iter().take(count).step_by(2);
        let names: Vec<&str> = every_other.map(|call| call.name).collect();
        let filter = names.join(" ");
        let program = compiled(&filter, Arch::X86_64);
        let native = Arch::X86_64.audit_arch();
        for call in all {
            let allowed = program.policy.allows(call.name);
            let expected = if allowed { Action::Allow } else { KILL };
            assert_eq!(
                verdict_of(&program, call.number, native, [0; 6]),
                expected,
                "{filter}"
            );
        }
    }
}

#[test]
fn r15_groups_of_several_actions() {
    let filter = "@known ~@clock:EPERM ~@mount:EACCES ~@swap ~@reboot:log";
    for (call, expected) in [
        ("clock_settime", EPERM),
        ("mount", Action::Errno(13)),
        ("swapon", KILL),
        ("reboot", Action::Log),
        ("read", Action::Allow),
    ] {
        assert_eq!(verdict(filter, call, [0; 6]), expected, "{call}");
    }
}

#[test]
fn r16_masks_that_leave_nothing() {
    for (filter, zero, other) in [
        ("mmap ~mmap(prot&PROT_EXEC=0):EPERM", EPERM, Action::Allow),
        ("mmap ~mmap(prot&PROT_EXEC!=0):EPERM", Action::Allow, EPERM),
    ] {
        let filter = format!("@default {filter}");
        assert_eq!(
            verdict(&filter, "mmap", [0, 0, 3, 0, 0, 0]),
            zero,
            "{filter}"
        );
        assert_eq!(
            verdict(&filter, "mmap", [0, 0, 7, 0, 0, 0]),
            other,
            "{filter}"
        );
    }
}

#[test]
fn r17_an_item_after_a_condition_decides_all() {
    // Towards less, it does; towards more, what stood before would read as if it were in force.
    let filter = "socket(family=1) ~socket(family=1, type=1):EPERM ~socket";
    assert_eq!(verdict(filter, "socket", [1, 0, 0, 0, 0, 0]), KILL);
    assert_eq!(verdict(filter, "socket", [1, 1, 0, 0, 0, 0]), KILL);
    assert_eq!(verdict(filter, "socket", [2, 0, 0, 0, 0, 0]), KILL);
    for filter in [
        "socket(family=1) socket",
        "socket ~socket(family=1):EPERM socket",
        "socket(family=1) @network-io",
        "@network-io ~socket(family=1):EPERM @network-io",
    ] {
        assert!(matches!(fault(filter), ErrorKind::Undone(_)), "{filter}");
    }
}

#[test]
fn r18_the_architecture_says_which_half_comes_first() {
    let filter = "pread64(count=0x500000001)";
    let exact = [0, 0, 0x5_0000_0001, 0, 0, 0];
    let swapped = [0, 0, 0x1_0000_0005, 0, 0, 0];
    for arch in [
        Arch::S390x,
        Arch::Powerpc64,
        Arch::Mips64,
        Arch::Powerpc64le,
        Arch::X86_64,
    ] {
        assert_eq!(
            verdict_on(arch, filter, "pread64", exact),
            Action::Allow,
            "{}",
            arch.name()
        );
        assert_eq!(
            verdict_on(arch, filter, "pread64", swapped),
            KILL,
            "{}",
            arch.name()
        );
    }
}

#[test]
fn r19_equal_tests_of_different_arguments_are_not_shared() {
    let filter = "socket(family=1) setsockopt(level=1) shutdown(how=1)";
    for (call, first, second) in [
        ("socket", Action::Allow, KILL),
        ("setsockopt", KILL, Action::Allow),
        ("shutdown", KILL, Action::Allow),
    ] {
        assert_eq!(verdict(filter, call, [1, 9, 9, 9, 9, 9]), first, "{call}");
        assert_eq!(verdict(filter, call, [9, 1, 9, 9, 9, 9]), second, "{call}");
    }
}

#[test]
fn r20_an_empty_filter_refuses() {
    for call in ["read", "write", "openat", "execve", "socket", "ptrace"] {
        assert_eq!(verdict("", call, [0; 6]), KILL, "{call}");
    }
    assert_eq!(verdict("", "exit_group", [0; 6]), Action::Allow);
}

#[test]
fn r21_errors_that_the_kernel_cannot_return() {
    for filter in [
        "read ~read:4096",
        "read ~read:0",
        "read ~read:-1",
        "read ~read:EFOO",
    ] {
        assert!(
            matches!(fault(filter), ErrorKind::UnknownAction { .. }),
            "{filter}"
        );
    }
}

#[test]
fn r22_programs_that_are_too_long() {
    let many: Vec<String> = (0..3000_u64)
        .map(|n| format!("pread64(count={})", n * 0x1_0000_0001))
        .collect();
    let many = many.join(" ");
    let kind = fault(&many);
    assert!(
        matches!(kind, ErrorKind::TooLong { .. } | ErrorKind::TooComplex),
        "{kind:?}"
    );
}

#[test]
fn r24_unknown_operators() {
    for (op, suggestion) in [
        ("==", Some("=")),
        ("=<", Some("<=")),
        ("=>", None),
        ("<>", Some("!=")),
        ("=!", Some("!=")),
        ("!", Some("!=")),
        ("<<", None),
    ] {
        assert_eq!(
            fault(&format!("socket(family{op}1)")),
            ErrorKind::UnknownOperator { suggestion }
        );
    }
}

#[test]
fn r25_taking_away_what_does_not_exist() {
    for filter in [
        "@basic-io ~reed",
        "@basic-io ~@porcess",
        "@system-service ~exceve",
    ] {
        let kind = fault(filter);
        let (ErrorKind::UnknownCall { suggestion } | ErrorKind::UnknownSet { suggestion }) = kind
        else {
            panic!("{filter}: {kind:?}")
        };
        assert!(suggestion.is_some(), "{filter}");
    }
    assert_eq!(fault("@basic-io ~~read"), ErrorKind::DoubleTilde);
}

#[test]
fn r26_white_space() {
    let plain = compiled("@basic-io ~read", Arch::X86_64).instructions;
    for filter in [
        "  @basic-io   ~read ",
        "@basic-io\t~read\n",
        "\r\n@basic-io\x0b~read\x0c",
    ] {
        assert_eq!(
            compiled(filter, Arch::X86_64).instructions,
            plain,
            "{filter:?}"
        );
    }
    assert_eq!(
        fault("@basic-io\u{a0}~read"),
        ErrorKind::OtherSpace('\u{a0}')
    );
}

#[test]
fn r27_taking_away_the_base() {
    let kind = fault("@basic-io ~@default");
    assert!(matches!(kind, ErrorKind::CannotExist { .. }), "{kind:?}");
}

#[test]
fn r28_members_that_only_some_architectures_have() {
    assert_eq!(
        verdict_on(Arch::Arm, "@sync", "sync_file_range2", [0; 6]),
        Action::Allow
    );
    assert_eq!(verdict_on(Arch::Arm, "", "set_tls", [0; 6]), Action::Allow);
    assert_eq!(
        verdict_on(Arch::Riscv64, "", "riscv_flush_icache", [0; 6]),
        Action::Allow
    );
    // The flags of clone are its second argument there, and its first one elsewhere.
    let filter = "clone ~clone(flags&CLONE_NEWUSER=CLONE_NEWUSER):EPERM";
    let user = 0x1000_0000;
    assert_eq!(
        verdict_on(Arch::S390x, filter, "clone", [0, user, 0, 0, 0, 0]),
        EPERM
    );
    assert_eq!(
        verdict_on(Arch::S390x, filter, "clone", [user, 0, 0, 0, 0, 0]),
        Action::Allow
    );
    assert_eq!(verdict(filter, "clone", [user, 0, 0, 0, 0, 0]), EPERM);
}

#[test]
fn r29_what_the_vdso_falls_back_to() {
    for call in ["clock_gettime", "gettimeofday", "time"] {
        assert_eq!(verdict("", call, [0; 6]), Action::Allow, "{call}");
    }
}

/// The kernel's tables of siblings are a warning of the command; forms of the very same call, whose
/// conditions would be walked around, are a fault.
#[test]
fn r30_forms_of_a_call_that_conditions_do_not_reach() {
    for (filter, expected) in [
        (
            "@process ~clone(flags&CLONE_NEWUSER!=0):EPERM",
            &["clone3"][..],
        ),
        (
            "@process ~clone clone(flags&CLONE_THREAD!=0)",
            &["clone3", "fork", "vfork"],
        ),
        (
            "@file-system ~openat(flags&O_ACCMODE!=O_RDONLY):EACCES",
            &["creat", "open", "openat2"],
        ),
        (
            "@file-system ~openat(flags&O_PATH!=0):EACCES",
            &["open", "openat2"],
        ),
        (
            "@file-system ~open ~creat ~openat(dfd!=AT_FDCWD)",
            &["openat2"],
        ),
        (
            "@file-system ~open(mode&0o111!=0):EACCES",
            &["creat", "openat", "openat2"],
        ),
    ] {
        let ErrorKind::OtherForm { open, .. } = fault(filter) else {
            panic!("{filter}")
        };
        assert_eq!(open, expected, "{filter}");
        // Refused, or meant.
        let refused: Vec<String> = open.iter().map(|call| format!("~{call}:ENOSYS")).collect();
        compiled(&format!("{filter} {}", refused.join(" ")), Arch::X86_64);
        compiled(&format!("{filter} {}", open.join(" ")), Arch::X86_64);
    }
    // What no set allows is no way around.
    compiled("openat(flags&O_ACCMODE=O_RDONLY)", Arch::X86_64);
    compiled("@basic-io clone(flags&CLONE_NEWUSER=0)", Arch::X86_64);
    // Neither is what another architecture has, nor in a list of refused calls what is refused as well.
    compiled(
        "@file-system ~openat(flags&O_PATH!=0):EACCES ~openat2:ENOSYS",
        Arch::Aarch64,
    );
    let listed = |text: &str| {
        let mut filter = parse(text).expect("the string is right");
        for item in &mut filter.items {
            item.given = Some(EPERM);
        }
        compile_filter(&filter, Arch::X86_64, Action::Allow).map(|_| ())
    };
    let errors = listed("clone(flags&CLONE_NEWUSER!=0)").expect_err("clone3 is left open");
    assert!(matches!(&errors[0].kind, ErrorKind::OtherForm { open, .. } if open == &["clone3"]));
    assert_eq!(listed("clone(flags&CLONE_NEWUSER!=0) clone3"), Ok(()));
}
