//! The interpreter does what the kernel does, and ends whatever it is given.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use syscallset_compiler::insn::{AND_K, Insn, JA, JEQ, JGE, JGT, JSET, LD_ABS, MAX_INSNS, RET_K};
use syscallset_compiler::interpret::{Data, Fault, interpret};

const fn plain(code: u16, k: u32) -> Insn {
    Insn {
        code,
        jt: 0,
        jf: 0,
        k,
    }
}

const DATA: Data = Data {
    nr: 0x1111_2222,
    arch: 0x3333_4444,
    instruction_pointer: 0x5555_6666_7777_8888,
    args: [
        0x0102_0304_0506_0708,
        0x1112_1314_1516_1718,
        0x2122_2324_2526_2728,
        0x3132_3334_3536_3738,
        0x4142_4344_4546_4748,
        0x5152_5354_5556_5758,
    ],
};

/// The byte order is that of the machine the program is for, not of this one.
#[test]
fn r18_words_are_where_the_byte_order_puts_them() {
    for big_endian in [false, true] {
        // What `struct seccomp_data` is in memory.
        let bytes = |wide: u64| {
            if big_endian {
                wide.to_be_bytes()
            } else {
                wide.to_le_bytes()
            }
        };
        let word = |bytes: [u8; 4]| {
            if big_endian {
                u32::from_be_bytes(bytes)
            } else {
                u32::from_le_bytes(bytes)
            }
        };
        let mut memory = Vec::new();
        memory.extend(if big_endian {
            [DATA.nr.to_be_bytes(), DATA.arch.to_be_bytes()].concat()
        } else {
            [DATA.nr.to_le_bytes(), DATA.arch.to_le_bytes()].concat()
        });
        memory.extend(bytes(DATA.instruction_pointer));
        memory.extend(DATA.args.into_iter().flat_map(bytes));
        for (offset, chunk) in (0..).step_by(4).zip(memory.chunks(4)) {
            let expected = word(chunk.try_into().unwrap());
            assert_eq!(DATA.word(offset, big_endian), Some(expected), "{offset}");
        }
        for offset in [1, 2, 3, 6, 17, 63, 64, 68, u32::MAX - 3] {
            assert_eq!(DATA.word(offset, big_endian), None, "{offset}");
        }
    }
}

#[test]
fn tests_are_unsigned_and_skip_forward() {
    let outcome = |code, k| {
        let skip = Insn {
            code,
            jt: 1,
            jf: 2,
            k,
        };
        let program = [
            plain(LD_ABS, 0),
            skip,
            plain(RET_K, 1),
            plain(RET_K, 2),
            plain(RET_K, 3),
        ];
        let data = Data {
            nr: 0x8000_0005,
            ..DATA
        };
        interpret(&program, &data, false).unwrap().ret
    };
    let (yes, no) = (2, 3);
    for (code, k, expected) in [
        (JEQ, 0x8000_0005, yes),
        (JEQ, 5, no),
        (JGT, 0x8000_0004, yes),
        (JGT, 0x8000_0005, no),
        (JGT, 0x7fff_ffff, yes),
        (JGE, 0x8000_0005, yes),
        (JGE, 0x8000_0006, no),
        (JSET, 0x8000_0000, yes),
        (JSET, 4, yes),
        (JSET, 2, no),
        (JSET, 0, no),
    ] {
        assert_eq!(outcome(code, k), expected, "{code:#x} {k:#x}");
    }
}

#[test]
fn masks_and_jumps() {
    let program = [
        plain(LD_ABS, 16),
        plain(AND_K, 0xff),
        plain(JA, 1),
        plain(RET_K, 1),
        Insn {
            code: JEQ,
            jt: 0,
            jf: 1,
            k: 8,
        },
        plain(RET_K, 2),
        plain(RET_K, 3),
    ];
    let outcome = interpret(&program, &DATA, false).unwrap();
    assert_eq!((outcome.ret, outcome.executed), (2, 5));
    let outcome = interpret(&program, &DATA, true).unwrap();
    assert_eq!((outcome.ret, outcome.executed), (3, 5));
}

/// The kernel clears the accumulator, so a test without a load is about zero.
#[test]
fn the_accumulator_begins_at_zero() {
    let test = Insn {
        code: JEQ,
        jt: 0,
        jf: 1,
        k: 0,
    };
    let program = [test, plain(RET_K, 1), plain(RET_K, 2)];
    assert_eq!(interpret(&program, &DATA, false).unwrap().ret, 1);
}

#[test]
fn malformed_programs_are_faults() {
    let fault = |program: &[Insn]| interpret(program, &DATA, false).unwrap_err();
    assert_eq!(fault(&[]), Fault::OutOfBounds { at: 0 });
    assert_eq!(fault(&[plain(LD_ABS, 0)]), Fault::OutOfBounds { at: 0 });
    for k in [1, u32::MAX] {
        let program = [plain(LD_ABS, 0), plain(JA, k), plain(RET_K, 0)];
        assert_eq!(fault(&program), Fault::OutOfBounds { at: 1 });
    }
    for offset in [1, 64, u32::MAX] {
        let program = [plain(LD_ABS, offset), plain(RET_K, 0)];
        assert_eq!(fault(&program), Fault::Load { at: 0, offset });
    }
    // A store, a division, a return of the accumulator, a load of a byte.
    for code in [0x02, 0x34, 0x16, 0x30] {
        let program = [plain(code, 0), plain(RET_K, 0)];
        assert_eq!(fault(&program), Fault::UnknownOperation { at: 0, code });
    }
    let long = vec![plain(RET_K, 0); MAX_INSNS + 1];
    assert_eq!(fault(&long), Fault::TooLong);
    assert!(interpret(&long[1..], &DATA, false).is_ok());
}

fn insn() -> impl Strategy<Value = Insn> {
    let codes = vec![LD_ABS, AND_K, JA, JEQ, JGT, JGE, JSET, RET_K];
    let code = prop_oneof![20 => select(codes), 1 => any::<u16>()];
    let k = prop_oneof![3 => 0..70_u32, 1 => any::<u32>()];
    (code, 0..9_u8, 0..9_u8, k).prop_map(|(code, jt, jf, k)| Insn { code, jt, jf, k })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Every program ends, after at most as many instructions as it has.
    #[test]
    fn random_programs_end(program in vec(insn(), 0..60)) {
        if let Ok(outcome) = interpret(&program, &DATA, false) {
            prop_assert!(outcome.executed <= program.len());
            let returns = program.iter().any(|insn| insn.code == RET_K && insn.k == outcome.ret);
            prop_assert!(returns);
        }
    }
}
