//! The validator bites: every program that differs in one field from a proven one is rejected, unless
//! it still decides every call alike.
//!
//! Whether an accepted mutant does that is decided here by running it, on every number of the tables
//! and on what surrounds every constant that occurs in the mutant, in the program or in the policy.
//! The call that a rejection names must be decided wrongly by the mutant.

mod probe;
mod support;

use std::fmt::Write as _;

use probe::{difference, verdict};
use support::{allow, compare, constant, listing, one_call};
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::assemble::assemble;
use syscallset_compiler::compile::compile;
use syscallset_compiler::insn::{AND_K, Insn, JA, JEQ, JGE, JGT, JSET, LD_ABS, RET_K};
use syscallset_compiler::interpret::interpret;
use syscallset_compiler::lower::lower;
use syscallset_compiler::lowered::{Condition, Lowered, Op, Rule, Width};
use syscallset_compiler::verify::{Mismatch, verify};

#[derive(Default)]
struct Count {
    caught: usize,
    equivalent: usize,
    missed: Vec<String>,
}

impl Count {
    /// Tries a mutant; `k` is a constant that came into it.
    fn try_mutant(&mut self, mutant: &[Insn], lowered: &Lowered, k: u32, what: &str) {
        if let Err(mismatch) = verify(mutant, lowered) {
            self.caught += 1;
            if let Mismatch::Verdict {
                call,
                expected,
                found,
            } = mismatch
            {
                let outcome = interpret(mutant, &call, lowered.big_endian).unwrap();
                assert_eq!(outcome.ret, found, "{what}: {call:x?}");
                assert_eq!(verdict(lowered, &call), expected, "{what}: {call:x?}");
                assert_ne!(found, expected.to_ret());
            }
        } else if let Some(call) = difference(mutant, lowered, k) {
            let mut text = format!("{what}: {call:x?}\n");
            write!(text, "{}", listing(mutant)).unwrap();
            self.missed.push(text);
        } else {
            self.equivalent += 1;
        }
    }
}

/// All mutants of one field of one instruction.
fn mutants(insn: Insn) -> Vec<Insn> {
    let codes = [
        LD_ABS, AND_K, JA, JEQ, JGT, JGE, JSET, RET_K, 0, 0x01, 0x07, 0x16, 0x1d, 0x2d, 0x3d, 0x4d,
        0x80, 0x28, 0x30, 0x40, 0x44, 0x5c, 0x94, 0xffff,
    ];
    let distances = |now: u8| {
        let flips = (0..8).map(move |bit| now ^ 1 << bit);
        flips.chain([now.wrapping_add(1), now.wrapping_sub(1), 0, 1, 2, 3, 255])
    };
    let words = (0..32).map(|bit| insn.k ^ 1 << bit);
    let words = words.chain([
        insn.k.wrapping_add(1),
        insn.k.wrapping_sub(1),
        0,
        u32::MAX,
        !insn.k,
    ]);
    let actions = [
        Action::Allow,
        Action::Log,
        Action::Errno(0),
        Action::KillThread,
        Action::Errno(4095),
    ];
    let words = words
        .chain(actions.map(Action::to_ret))
        .chain([0, 4, 16, 20, 24, 28, 60, 64]);
    let mut all: Vec<Insn> = codes
        .into_iter()
        .map(|code| Insn { code, ..insn })
        .collect();
    all.extend(distances(insn.jt).map(|jt| Insn { jt, ..insn }));
    all.extend(distances(insn.jf).map(|jf| Insn { jf, ..insn }));
    all.extend(words.map(|k| Insn { k, ..insn }));
    all.push(Insn {
        jt: insn.jf,
        jf: insn.jt,
        ..insn
    });
    all.retain(|mutant| *mutant != insn);
    all.sort_unstable_by_key(|insn| (insn.code, insn.jt, insn.jf, insn.k));
    all.dedup();
    all
}

fn try_all(name: &str, lowered: &Lowered, step: usize) -> Count {
    let program = assemble(lowered).unwrap();
    assert_eq!(verify(&program, lowered), Ok(()));
    assert_eq!(difference(&program, lowered, 0), None);
    let mut count = Count::default();
    for at in (0..program.len()).step_by(step) {
        for insn in mutants(program[at]) {
            let mut mutant = program.clone();
            mutant[at] = insn;
            count.try_mutant(&mutant, lowered, insn.k, &format!("{name}, {at} changed"));
        }
        let mut without = program.clone();
        without.remove(at);
        count.try_mutant(&without, lowered, 0, &format!("{name} without {at}"));
        let mut doubled = program.clone();
        doubled.insert(at, program[at]);
        count.try_mutant(&doubled, lowered, 0, &format!("{name} with {at} twice"));
        let mut swapped = program.clone();
        swapped.swap(at, (at + 1) % program.len());
        if swapped != program {
            count.try_mutant(&swapped, lowered, 0, &format!("{name}, {at} swapped"));
        }
    }
    count
}

/// The policy of a filter as users write it.
fn filter(source: &str, arch: Arch) -> Lowered {
    lower(&compile(source, arch, Action::KillProcess).unwrap().policy)
}

const CONDITIONS: &str = "@basic-io ~openat(flags&O_ACCMODE!=O_RDONLY):EACCES openat2 \
    socket(domain=AF_UNIX) socket(domain=AF_INET, type&0xf=SOCK_STREAM) \
    ~ioctl ioctl(cmd=FIONREAD) ~mprotect(prot&PROT_EXEC!=0):EACCES ~kill kill(pid>0, sig=0) ~lseek(offset<0):EINVAL";

fn conditional() -> Vec<(&'static str, Lowered)> {
    let errno = |conditions: Vec<Condition>| Rule {
        conditions,
        action: Action::Errno(1),
    };
    let masked = |arg, width, mask, op, value| Condition {
        arg,
        width,
        mask,
        op,
        value,
    };
    let socket = one_call(
        vec![
            allow([
                compare(0, Width::I32, Op::Eq, 1),
                masked(1, Width::U32, 0xf, Op::Eq, 1),
            ]),
            allow([
                compare(0, Width::I32, Op::Eq, 1),
                masked(1, Width::U32, 0xf, Op::Eq, 2),
            ]),
            allow([
                compare(0, Width::I32, Op::Eq, 2),
                masked(1, Width::U32, 0xf, Op::Eq, 5),
            ]),
        ],
        Action::KillProcess,
    );
    let clone = one_call(
        vec![errno(vec![masked(0, Width::U64, 0x7e02_0000, Op::Ne, 0)])],
        Action::Allow,
    );
    let signed = one_call(
        vec![
            errno(vec![compare(0, Width::I32, Op::Lt, 0xffff_ff9c)]),
            allow([
                compare(0, Width::I32, Op::Ge, 3),
                compare(1, Width::I64, Op::Gt, 0xffff_fffe_0000_0005),
            ]),
        ],
        Action::Trap,
    );
    let mut wide = one_call(
        vec![
            allow([
                compare(4, Width::U64, Op::Le, 0x2_0000_0005),
                compare(5, Width::U64, Op::Ne, 7),
            ]),
            errno(vec![masked(
                5,
                Width::U64,
                0xff00_0000_00ff,
                Op::Gt,
                0x5500_0000_0033,
            )]),
        ],
        Action::KillProcess,
    );
    wide.big_endian = true;
    vec![
        ("socket", socket),
        ("clone", clone),
        ("signed", signed),
        ("wide", wide),
    ]
}

#[test]
fn every_mutant_is_rejected_or_equivalent() {
    let mut policies = vec![
        ("@basic-io", filter("@basic-io", Arch::X86_64)),
        (
            "@system-service, some refused with an errno",
            filter(
                "@system-service ~@privileged:EPERM ~@mount:ENOSYS",
                Arch::Aarch64,
            ),
        ),
        ("conditions", filter(CONDITIONS, Arch::X86_64)),
        ("conditions, big-endian", filter(CONDITIONS, Arch::S390x)),
        (
            "every third",
            constant((0..100).map(|nr| {
                if nr % 3 == 0 {
                    Action::Allow
                } else {
                    Action::KillProcess
                }
            })),
        ),
        (
            "errnos",
            constant((0..40).map(|nr| Action::Errno(nr / 2 + 1))),
        ),
        (
            "far returns",
            constant((0..300).map(|nr| Action::Errno(nr % 150 + 1))),
        ),
        ("nothing", constant([])),
    ];
    policies.extend(conditional());
    let mut all = Count::default();
    for (name, lowered) in &policies {
        // All instructions, except of the one long program.
        let step = if *name == "far returns" { 11 } else { 1 };
        let count = try_all(name, lowered, step);
        println!(
            "{name}: {} caught, {} equivalent, {} missed",
            count.caught,
            count.equivalent,
            count.missed.len()
        );
        all.caught += count.caught;
        all.equivalent += count.equivalent;
        all.missed.extend(count.missed);
    }
    println!(
        "mutants: {} caught, {} equivalent, {} missed, {} in total",
        all.caught,
        all.equivalent,
        all.missed.len(),
        all.caught + all.equivalent + all.missed.len()
    );
    assert!(all.missed.is_empty(), "{}", all.missed.join("\n"));
    // Most equivalent mutants have another bit in the mask of a `JSET` that no number there has.
    assert!(
        all.caught > 20 * all.equivalent,
        "the tests of equivalence are too weak"
    );
}
