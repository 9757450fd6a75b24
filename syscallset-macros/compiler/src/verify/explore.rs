//! Follows every way through a program with the set of calls that take it.

use crate::action::Action;
use crate::insn::{AND_K, Insn, JA, JEQ, JGE, JGT, LD_ABS, OFFSET_ARCH, OFFSET_NR, RET_K};
use crate::lowered::Lowered;
use crate::verify::Mismatch;
use crate::verify::accumulator::Content;
use crate::verify::calls::Calls;
use crate::verify::policy::decide;
use crate::verify::values::{Budget, Relation, Test};

/// Some calls on their way through the program.
struct Way {
    /// The instruction they come to next.
    at: usize,
    calls: Calls,
    /// Whether they have met nothing yet that the kernel's emulator (`seccomp_is_const_allow`) stops
    /// at. Of the operations that the structure check lets pass, those are loads of anything else than
    /// number and architecture.
    constant: bool,
}

/// Compares the verdicts of all ways with the policy. `program` has passed the structure check, and
/// `contents` says what its tests look at.
pub(super) fn explore(
    program: &[Insn],
    contents: &[Option<Content>],
    lowered: &Lowered,
) -> Result<(), Mismatch> {
    let mut budget = Budget::new();
    let mut ways = vec![Way {
        at: 0,
        calls: Calls::all(),
        constant: true,
    }];
    while let Some(mut way) = ways.pop() {
        let insn = &program[way.at];
        way.at += 1;
        match insn.code {
            RET_K => {
                arrive(&way, insn.k, lowered, &mut budget)?;
                continue;
            }
            JA => way.at += insn.k as usize,
            LD_ABS => way.constant &= insn.k == OFFSET_NR || insn.k == OFFSET_ARCH,
            AND_K => {}
            code => {
                let content =
                    contents[way.at - 1].ok_or(Mismatch::Accumulator { at: way.at - 1 })?;
                let test = Test {
                    mask: content.mask,
                    relation: match code {
                        JEQ => Relation::Equal,
                        JGE => Relation::AtLeast,
                        JGT => Relation::Above,
                        _ => Relation::AnyBit,
                    },
                    k: insn.k,
                };
                for (holds, skip) in [(true, insn.jt), (false, insn.jf)] {
                    if let Some(calls) =
                        way.calls.narrow(content.offset, test, holds, &mut budget)?
                    {
                        ways.push(Way {
                            at: way.at + usize::from(skip),
                            calls,
                            constant: way.constant,
                        });
                    }
                }
                continue;
            }
        }
        ways.push(way);
    }
    Ok(())
}

/// Compares one verdict with what the policy says about all the calls that get it.
fn arrive(way: &Way, ret: u32, lowered: &Lowered, budget: &mut Budget) -> Result<(), Mismatch> {
    let native = Test::whole(Relation::Equal, lowered.audit_arch);
    if let Some(foreign) = way.calls.narrow(OFFSET_ARCH, native, false, budget)? {
        expect(
            &foreign,
            lowered.foreign,
            ret,
            way.constant,
            lowered.big_endian,
        )?;
    }
    let Some(native) = way.calls.narrow(OFFSET_ARCH, native, true, budget)? else {
        return Ok(());
    };
    let (low, high) = native.word(OFFSET_NR).bounds();
    let first = lowered.runs.partition_point(|run| run.first <= low) - 1;
    for (index, run) in lowered.runs.iter().enumerate().skip(first) {
        if run.first > high {
            break;
        }
        let from = Test::whole(Relation::AtLeast, run.first);
        let Some(mut calls) = native.narrow(OFFSET_NR, from, true, budget)? else {
            continue;
        };
        if let Some(next) = lowered.runs.get(index + 1) {
            let beyond = Test::whole(Relation::AtLeast, next.first);
            match calls.narrow(OFFSET_NR, beyond, false, budget)? {
                Some(below) => calls = below,
                None => continue,
            }
        }
        if run.decision.rules.is_empty() {
            let expected = run.decision.otherwise;
            expect(&calls, expected, ret, way.constant, lowered.big_endian)?;
        } else {
            decide(calls, &run.decision, ret, lowered.big_endian, budget)?;
        }
    }
    Ok(())
}

/// Compares a verdict with one that depends on number and architecture alone.
fn expect(
    calls: &Calls,
    expected: Action,
    found: u32,
    constant: bool,
    big_endian: bool,
) -> Result<(), Mismatch> {
    let call = || Box::new(calls.member(big_endian));
    if expected.to_ret() != found {
        return Err(Mismatch::Verdict {
            call: call(),
            expected,
            found,
        });
    }
    if expected == Action::Allow && !constant {
        return Err(Mismatch::NotCached { call: call() });
    }
    Ok(())
}
