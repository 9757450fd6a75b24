//! Ways in which other generators of such programs went wrong (R1 … are the rows of the project's
//! collection): ours does not, and the validator rejects a program that does.

mod support;

use support::{X86_64, allow, build, compare, constant, one_call, policy};
use syscallset_compiler::action::Action;
use syscallset_compiler::insn::{AND_K, Insn, JA, JEQ, JGE, JGT, JSET, LD_ABS, RET_K};
use syscallset_compiler::lowered::{Decision, Lowered, Op, Rule, Run, Width};
use syscallset_compiler::verify::{Mismatch, verify};

const ALLOW: Insn = plain(RET_K, 0x7fff_0000);
const KILL: Insn = plain(RET_K, 0x8000_0000);

const fn plain(code: u16, k: u32) -> Insn {
    Insn {
        code,
        jt: 0,
        jf: 0,
        k,
    }
}

const fn test(code: u16, k: u32, jt: u8, jf: u8) -> Insn {
    Insn { code, jt, jf, k }
}

const fn ld(offset: u32) -> Insn {
    plain(LD_ABS, offset)
}

/// The program with an architecture check before it.
fn checked(body: &[Insn]) -> Vec<Insn> {
    [&[ld(4), test(JEQ, X86_64, 1, 0), KILL], body].concat()
}

/// Allows 0 to 2 and 5.
fn small() -> Lowered {
    let (allow, kill) = (Action::Allow, Action::KillProcess);
    constant([allow, allow, allow, kill, kill, allow])
}

#[track_caller]
fn differs(program: &[Insn], lowered: &Lowered) {
    let result = verify(program, lowered);
    assert!(
        matches!(result, Err(Mismatch::Verdict { .. })),
        "{result:?}"
    );
}

/// R12: every other architecture is foreign, not only the ones somebody thought of.
#[test]
fn r12_no_foreign_architecture_passes() {
    let lowered = small();
    let body = [
        ld(0),
        test(JGE, 3, 1, 0),
        ALLOW,
        test(JEQ, 5, 0, 1),
        ALLOW,
        KILL,
    ];
    let with = |check: &[Insn]| [check, &body[..]].concat();
    assert_eq!(verify(&checked(&body), &lowered), Ok(()));
    differs(&body, &lowered);
    differs(&with(&[ld(4), test(JGE, X86_64, 1, 0), KILL]), &lowered);
    differs(
        &with(&[ld(4), test(JSET, 0x8000_0000, 1, 0), KILL]),
        &lowered,
    );
    // Refuses i386 alone.
    differs(
        &with(&[ld(4), test(JEQ, 0x4000_0003, 0, 1), KILL]),
        &lowered,
    );
    // Two architectures let in.
    let two = [
        ld(4),
        test(JEQ, X86_64, 2, 0),
        test(JEQ, 0x4000_0003, 1, 0),
        KILL,
    ];
    differs(&with(&two), &lowered);
    // Only the low half of the word compared.
    let masked = [ld(4), plain(AND_K, 0xffff), test(JEQ, 0x3e, 1, 0), KILL];
    differs(&with(&masked), &lowered);
}

/// R11, R13: numbers with the x32 bit and -1 are numbers like others.
#[test]
fn r11_r13_numbers_beyond_the_table() {
    let lowered = small();
    let at_least_five_allowed = [
        ld(0),
        test(JGE, 3, 1, 0),
        ALLOW,
        test(JGE, 5, 0, 1),
        ALLOW,
        KILL,
    ];
    differs(&checked(&at_least_five_allowed), &lowered);
    let masked = [
        ld(0),
        plain(AND_K, 0xbfff_ffff),
        test(JGE, 3, 1, 0),
        ALLOW,
        test(JEQ, 5, 0, 1),
        ALLOW,
        KILL,
    ];
    differs(&checked(&masked), &lowered);
    let all_but_minus_one = [
        ld(0),
        test(JEQ, u32::MAX, 3, 0),
        test(JGE, 3, 1, 0),
        ALLOW,
        test(JEQ, 5, 0, 1),
        ALLOW,
        KILL,
    ];
    differs(&checked(&all_but_minus_one), &lowered);
    // A policy may say something about -1 alone.
    let mut minus_one = small();
    minus_one.runs.push(Run {
        first: u32::MAX,
        decision: Decision::constant(Action::Errno(38)),
    });
    build(&minus_one);
    differs(&build(&lowered), &minus_one);
}

/// R1 (CVE-2019-9893): 64 bits compared by halves that do not know of each other.
#[test]
fn r1_halves_compared_independently() {
    let lowered = one_call(
        vec![allow([compare(0, Width::U64, Op::Gt, 0x1_0000_0005)])],
        Action::KillProcess,
    );
    build(&lowered);
    let body = [
        ld(0),
        test(JEQ, 1, 0, 5),
        ld(20),
        test(JGE, 1, 0, 3),
        ld(16),
        test(JGT, 5, 0, 1),
        ALLOW,
        KILL,
    ];
    let Err(Mismatch::Verdict { call, .. }) = verify(&checked(&body), &lowered) else {
        panic!("accepted");
    };
    // Such as 2^33, which is greater though its lower half is not.
    assert!(call.args[0] > 0x1_0000_0005 && call.args[0] & 0xffff_ffff <= 5);
}

/// R4: after a condition that failed, the accumulator holds an argument, not the number.
#[test]
fn r4_stale_accumulator() {
    let kill = Decision::constant(Action::KillProcess);
    let conditional = Decision {
        rules: vec![allow([compare(0, Width::U32, Op::Eq, 2)])],
        otherwise: Action::KillProcess,
    };
    let lowered = policy(
        &[kill.clone(), conditional, Decision::constant(Action::Allow)],
        &kill,
    );
    build(&lowered);
    let stale = [
        ld(0),
        test(JEQ, 1, 0, 2),
        ld(16),
        test(JEQ, 2, 1, 0),
        test(JEQ, 2, 0, 1),
        ALLOW,
        KILL,
    ];
    assert_eq!(
        verify(&checked(&stale), &lowered),
        Err(Mismatch::Accumulator { at: 7 })
    );
    let mut reloaded = stale.to_vec();
    reloaded[1] = test(JEQ, 1, 0, 2);
    reloaded.insert(4, ld(0));
    reloaded[3] = test(JEQ, 2, 2, 0);
    assert_eq!(verify(&checked(&reloaded), &lowered), Ok(()));
}

/// R19: equal instructions are not equal code if the accumulator differs.
#[test]
fn r19_tails_shared_in_spite_of_the_accumulator() {
    let kill = Decision::constant(Action::KillProcess);
    let on = |arg| Decision {
        rules: vec![allow([compare(arg, Width::U32, Op::Eq, 7)])],
        otherwise: Action::KillProcess,
    };
    let lowered = policy(&[on(0), on(1)], &kill);
    let program = build(&lowered);
    assert_eq!(
        program
            .iter()
            .filter(|insn| **insn == test(JEQ, 7, 1, 2))
            .count(),
        0
    );
    let shared = [
        ld(0),
        test(JEQ, 0, 0, 2),
        ld(16),
        plain(JA, 2),
        test(JEQ, 1, 0, 3),
        ld(24),
        test(JEQ, 7, 0, 1),
        ALLOW,
        KILL,
    ];
    assert_eq!(
        verify(&checked(&shared), &lowered),
        Err(Mismatch::Accumulator { at: 9 })
    );
    let masked = [
        ld(0),
        test(JEQ, 0, 0, 2),
        ld(16),
        plain(JA, 3),
        test(JEQ, 1, 0, 4),
        ld(16),
        plain(AND_K, 0xff),
        test(JEQ, 7, 0, 1),
        ALLOW,
        KILL,
    ];
    assert_eq!(
        verify(&checked(&masked), &lowered),
        Err(Mismatch::Accumulator { at: 10 })
    );
}

/// R5: the upper half of a 32-bit parameter, which the kernel ignores, must not help an argument by.
#[test]
fn r5_upper_half_of_a_32_bit_parameter() {
    let tiocsti = Rule {
        conditions: vec![compare(1, Width::U32, Op::Eq, 0x5412)],
        action: Action::Errno(1),
    };
    let lowered = one_call(vec![tiocsti], Action::Allow);
    let program = build(&lowered);
    let outcome = support::call(
        &program,
        &lowered,
        1,
        [0, 0xdead_beef_0000_5412, 0, 0, 0, 0],
    );
    assert_eq!(outcome.ret, Action::Errno(1).to_ret());
    let whole = [
        ld(0),
        test(JEQ, 1, 0, 6),
        ld(28),
        test(JEQ, 0, 0, 3),
        ld(24),
        test(JEQ, 0x5412, 0, 1),
        plain(RET_K, 0x0005_0001),
        ALLOW,
        KILL,
    ];
    differs(&checked(&whole), &lowered);
}

/// R7: -100 (`AT_FDCWD`) is itself whether it was extended with its sign or not.
#[test]
fn r7_sign_extension() {
    let at_fdcwd = one_call(
        vec![allow([compare(0, Width::I32, Op::Eq, 0xffff_ff9c)])],
        Action::KillProcess,
    );
    let program = build(&at_fdcwd);
    for (register, expected) in [
        (0xffff_ff9c, Action::Allow),
        (0xffff_ffff_ffff_ff9c, Action::Allow),
        (0x1234_5678_ffff_ff9c, Action::Allow),
        (100, Action::KillProcess),
    ] {
        let outcome = support::call(&program, &at_fdcwd, 1, [register, 0, 0, 0, 0, 0]);
        assert_eq!(outcome.ret, expected.to_ret(), "{register:#x}");
    }
}

/// R10: a rule that allows does not swallow an earlier one that refuses.
#[test]
fn r10_the_first_rule_decides() {
    let errno = Rule {
        conditions: vec![compare(0, Width::I32, Op::Eq, 38)],
        action: Action::Errno(1),
    };
    let lowered = one_call(
        vec![errno, allow([compare(0, Width::I32, Op::Ge, 0)])],
        Action::KillProcess,
    );
    let program = build(&lowered);
    for (register, expected) in [
        (38, Action::Errno(1)),
        (39, Action::Allow),
        (u64::MAX, Action::KillProcess),
    ] {
        let outcome = support::call(&program, &lowered, 1, [register, 0, 0, 0, 0, 0]);
        assert_eq!(outcome.ret, expected.to_ret(), "{register:#x}");
    }
}
