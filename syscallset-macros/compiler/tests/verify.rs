//! The validator against programs that were not made by the assembler, and against hard policies.

mod support;

use support::{OPS, WIDTHS, X86_64, allow, build, compare, constant, one_call};
use syscallset_compiler::action::Action;
use syscallset_compiler::insn::{AND_K, Insn, JA, JEQ, JGE, JGT, JSET, LD_ABS, MAX_INSNS, RET_K};
use syscallset_compiler::lowered::{Condition, Lowered, Op, Width};
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

#[track_caller]
fn malformed(program: &[Insn], at: usize) {
    match verify(program, &small()) {
        Err(Mismatch::Instruction { at: found, .. }) => assert_eq!(found, at),
        other => panic!("{other:?}"),
    }
}

#[test]
fn other_styles_are_proven_too() {
    let lowered = small();
    // One comparison per call, an ALLOW behind each.
    let mut linear = vec![ld(0)];
    for nr in [0, 1, 2, 5] {
        linear.extend([test(JEQ, nr, 0, 1), ALLOW]);
    }
    linear.push(KILL);
    assert_eq!(verify(&checked(&linear), &lowered), Ok(()));
    // JGT, an unconditional jump, numbers loaded twice, unreachable code.
    let mixed = [
        ld(0),
        test(JGT, 2, 0, 5),
        ld(0),
        test(JEQ, 5, 0, 1),
        plain(JA, 2),
        KILL,
        KILL,
        ALLOW,
    ];
    assert_eq!(verify(&checked(&mixed), &lowered), Ok(()));
    // Bits: 0 to 2 are below 4 and not 3.
    let bits = [
        ld(0),
        test(JEQ, 5, 6, 0),
        test(JSET, 0xffff_fffc, 4, 0),
        plain(AND_K, 3),
        test(JEQ, 3, 2, 3),
        KILL,
        KILL,
        KILL,
        ALLOW,
    ];
    assert_eq!(verify(&checked(&bits), &lowered), Ok(()));
    // The architecture last.
    let late = [
        ld(0),
        test(JEQ, 5, 1, 0),
        test(JGE, 3, 3, 0),
        ld(4),
        test(JEQ, X86_64, 0, 1),
        ALLOW,
        KILL,
    ];
    assert_eq!(verify(&late, &lowered), Ok(()));
}

#[test]
fn the_kernels_rules_are_checked() {
    let lowered = small();
    let length = |instructions| Err(Mismatch::Length { instructions });
    assert_eq!(verify(&[], &lowered), length(0));
    assert_eq!(
        verify(&vec![KILL; MAX_INSNS + 1], &lowered),
        length(MAX_INSNS + 1)
    );
    differs(&vec![KILL; MAX_INSNS], &lowered);
    malformed(&[KILL, ld(0)], 1);
    malformed(&[ld(0), test(JEQ, 1, 2, 0), ALLOW, KILL], 1);
    malformed(&[ld(0), test(JEQ, 1, 0, 255), ALLOW, KILL], 1);
    malformed(&[plain(JA, 1), KILL], 0);
    malformed(&[plain(JA, u32::MAX), KILL], 0);
    for offset in [2, 61, 64, 0xffff_fffc] {
        malformed(&[ld(offset), KILL], 0);
    }
    // An X register load, a store, a comparison with X, a return of A.
    for code in [0x01, 0x02, 0x1d, 0x16] {
        malformed(&[plain(code, 0), KILL], 0);
    }
    malformed(&[test(LD_ABS, 0, 1, 0), KILL], 0);
    malformed(&[test(RET_K, 0x7fff_0000, 0, 1), KILL], 0);
    // Data that ALLOW does not have, an errno that the kernel would cut, an unknown action.
    for ret in [0x7fff_0001, 0x0005_1000, 0x1234_0000, 0x8000_0001, 1] {
        malformed(&[plain(RET_K, ret), KILL], 0);
    }
}

#[test]
fn calls_always_allowed_stay_cacheable() {
    let body = [
        ld(16),
        ld(0),
        test(JGE, 3, 1, 0),
        ALLOW,
        test(JEQ, 5, 0, 1),
        ALLOW,
        KILL,
    ];
    let result = verify(&checked(&body), &small());
    assert!(
        matches!(result, Err(Mismatch::NotCached { .. })),
        "{result:?}"
    );
    // Refused calls may take any way.
    let refused = [
        ld(0),
        test(JGE, 3, 1, 0),
        ALLOW,
        test(JEQ, 5, 0, 1),
        ALLOW,
        ld(16),
        KILL,
    ];
    assert_eq!(verify(&checked(&refused), &small()), Ok(()));
}

#[test]
fn impossible_policies_are_refused() {
    let program = build(&small());
    let refused = |lowered: &Lowered| {
        assert!(matches!(
            verify(&program, lowered),
            Err(Mismatch::Policy { .. })
        ));
        // Whatever the assembler makes of it, it is not accepted either.
        let made = syscallset_compiler::assemble::assemble(lowered).unwrap();
        assert!(verify(&made, lowered).is_err());
    };
    let mut none = small();
    none.runs.clear();
    refused(&none);
    let mut late = small();
    late.runs[0].first = 1;
    refused(&late);
    let mut unordered = small();
    unordered.runs.swap(1, 2);
    refused(&unordered);
    refused(&one_call(
        vec![allow([compare(6, Width::U32, Op::Eq, 1)])],
        Action::KillProcess,
    ));
    let errno = constant([Action::Errno(4096)]);
    assert!(
        verify(
            &syscallset_compiler::assemble::assemble(&errno).unwrap(),
            &errno
        )
        .is_err()
    );
}

/// A proof that would take too long is given up, not skipped.
#[test]
fn too_complex_is_an_error() {
    let rules = (0..10).map(|rule| {
        let conditions = (0..6).map(|arg| {
            let value = rule * 7 * (7 + u64::from(arg)) % 103;
            compare(arg, Width::I64, Op::Lt, value)
        });
        allow(conditions)
    });
    let lowered = one_call(rules.collect(), Action::KillProcess);
    let program = syscallset_compiler::assemble::assemble(&lowered).unwrap();
    assert_eq!(verify(&program, &lowered), Err(Mismatch::TooComplex));
}

/// Long lists of values are not too complex, nor are several masks of many bits.
#[test]
fn long_lists_of_values_are_proven() {
    let values = (0..300_u64).map(|n| {
        allow([compare(
            1,
            Width::U32,
            Op::Eq,
            (n * 0x9e37_79b1) & 0xffff_ffff,
        )])
    });
    build(&one_call(values.collect(), Action::Errno(25)));
    let wide = (0..100_u64).map(|n| {
        allow([compare(
            1,
            Width::U64,
            Op::Eq,
            n.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        )])
    });
    build(&one_call(wide.collect(), Action::Errno(25)));
    let pairs = (0..40_u64).map(|n| {
        allow([
            compare(0, Width::U32, Op::Eq, n % 7),
            compare(1, Width::U32, Op::Eq, n * 5 % 23),
        ])
    });
    build(&one_call(pairs.collect(), Action::Errno(97)));
    let masks = (0..12_u64).map(|n| {
        let mask =
            0x8421_1248_f731_0ff3_u64.rotate_left(u32::try_from(n * 5).unwrap()) & 0xffff_ffff;
        allow([Condition {
            arg: 0,
            width: Width::U32,
            mask,
            op: Op::Eq,
            value: mask & 0x5555_5555,
        }])
    });
    build(&one_call(masks.collect(), Action::KillProcess));
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ mixed >> 27
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(limit).unwrap()).unwrap()
    }

    /// A test for a value or a flag, or an ordering.
    fn condition(&mut self, arg: u8) -> Condition {
        // The kernel reads a parameter always in the same way.
        let width = WIDTHS[usize::from(arg) % WIDTHS.len()];
        let op = OPS[self.below(OPS.len())];
        let value = match (op, width) {
            (Op::Eq | Op::Ne, _) => self.roll() % 40,
            (_, Width::U32 | Width::I32) => self.roll() & 0xffff_ffff,
            (_, Width::U64 | Width::I64) => self.roll(),
        };
        let mut condition = compare(arg, width, op, value);
        if op == Op::Ne {
            (condition.mask, condition.value) = (1 << (value % 20), 0);
        }
        condition
    }
}

/// As many conditions as the documentation promises a proof for (`conditions.md`), of all kinds.
#[test]
fn conditions_up_to_the_promised_number_are_proven() {
    for seed in 0..60 {
        let mut dice = Dice(seed);
        for (rules, of_each) in [(40, 1), (8, 2), (5, 3)] {
            let rules = (0..rules).map(|_| {
                let mut args = [0, 1, 2, 3, 4, 5];
                for place in 0..of_each {
                    let other = place + dice.below(args.len() - place);
                    args.swap(place, other);
                }
                let conditions = args[..of_each].iter().map(|arg| dice.condition(*arg));
                allow(conditions.collect::<Vec<_>>())
            });
            build(&one_call(rules.collect(), Action::KillProcess));
        }
    }
}
