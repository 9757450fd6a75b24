//! Conditions on arguments mean what plain arithmetic says they mean.

mod support;

use support::{EDGES, OPS, WIDTHS, allow, around, build, call, check_call, compare, one_call};
use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::{Condition, Op, Rule, Width};

/// R1, R5, R6, R7: every operator at every width with every edge value, against arithmetic.
#[test]
fn r1_one_comparison() {
    for width in WIDTHS {
        for op in OPS {
            for value in around(&EDGES) {
                for big_endian in [false, true] {
                    let condition = compare(2, width, op, value);
                    let mut lowered = one_call(vec![allow([condition])], Action::Errno(1));
                    lowered.big_endian = big_endian;
                    let program = build(&lowered);
                    for register in around(&EDGES) {
                        let args = [!register, 7, register, !register, 0, 1];
                        check_call(&program, &lowered, args);
                        let holds = holds(width, op, register, value);
                        let expected = if holds {
                            Action::Allow
                        } else {
                            Action::Errno(1)
                        };
                        let found = call(&program, &lowered, 1, args).ret;
                        assert_eq!(found, expected.to_ret(), "{register:#x} {condition:x?}");
                    }
                }
            }
        }
    }
}

/// The comparison in Rust's own types.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the widths"
)]
fn holds(width: Width, op: Op, left: u64, right: u64) -> bool {
    let order = match width {
        Width::U32 => (left as u32).cmp(&(right as u32)),
        Width::I32 => (left as i32).cmp(&(right as i32)),
        Width::U64 => left.cmp(&right),
        Width::I64 => (left as i64).cmp(&(right as i64)),
    };
    match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
    }
}

/// R2, R3: two rules about one argument, all pairs of operators and of six values.
#[test]
fn r3_two_rules_about_one_argument() {
    let values = [0, 5, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0005, u64::MAX];
    let registers = around(&[values, [7, 0x8000_0000, 0x7fff_ffff, 6, 4, 1 << 63]].concat());
    for width in WIDTHS {
        for (one, other) in pairs(&OPS) {
            for (low, high) in pairs(&values) {
                let rules = vec![
                    allow([compare(0, width, one, low)]),
                    Rule {
                        conditions: vec![compare(0, width, other, high)],
                        action: Action::Errno(13),
                    },
                ];
                let lowered = one_call(rules, Action::KillProcess);
                let program = build(&lowered);
                for register in &registers {
                    check_call(&program, &lowered, [*register, 0, 0, 0, 0, 0]);
                }
            }
        }
    }
}

/// R8: both of two conditions about two arguments have to hold.
#[test]
fn r8_two_arguments() {
    let values = [0, 3, 0xffff_ffff, 0x1_0000_0000, 1 << 63];
    let registers = around(&values);
    for (width, other_width) in pairs(&WIDTHS) {
        for (one, other) in pairs(&OPS) {
            for (left, right) in [(3, 0x1_0000_0000), (1 << 63, 3), (0, 0xffff_ffff)] {
                let conditions = [
                    compare(5, width, one, left),
                    compare(1, other_width, other, right),
                ];
                let mut lowered = one_call(vec![allow(conditions)], Action::Errno(1));
                lowered.big_endian = width == Width::U64;
                let program = build(&lowered);
                for (first, second) in pairs(&registers) {
                    check_call(&program, &lowered, [0, second, 9, 9, 9, first]);
                }
            }
        }
    }
}

/// R16: masks, both ways, in one half and across both.
#[test]
fn r16_masks() {
    let masks: [u64; 10] = [
        0,
        1,
        0x10,
        0x8000_0000,
        0xf,
        0xf0f0,
        0xffff_ffff,
        0x1_0000_0001,
        0xf0_0000_000f,
        !0xfff,
    ];
    let registers: Vec<u64> = masks
        .iter()
        .flat_map(|mask| {
            [
                *mask,
                !mask,
                mask & 0x5555_5555_5555_5555,
                mask & mask.wrapping_neg(),
            ]
        })
        .chain(around(&EDGES))
        .collect();
    for width in [Width::U32, Width::U64] {
        for mask in masks {
            let mask = if width == Width::U32 {
                mask & 0xffff_ffff
            } else {
                mask
            };
            let lowest = mask & mask.wrapping_neg();
            for value in [
                0,
                mask,
                lowest,
                mask & !lowest,
                mask >> 1,
                mask.wrapping_add(1),
                1 << 20,
            ] {
                let value = if width == Width::U32 {
                    value & 0xffff_ffff
                } else {
                    value
                };
                for op in OPS {
                    let condition = Condition {
                        arg: 3,
                        width,
                        mask,
                        op,
                        value,
                    };
                    let lowered = one_call(vec![allow([condition])], Action::KillThread);
                    let program = build(&lowered);
                    for &register in &registers {
                        check_call(&program, &lowered, [0, 0, 0, register, 0, 0]);
                    }
                }
            }
        }
    }
}

fn pairs<T: Copy>(values: &[T]) -> Vec<(T, T)> {
    let seconds = |first: T| values.iter().map(move |second| (first, *second));
    values.iter().flat_map(|first| seconds(*first)).collect()
}
