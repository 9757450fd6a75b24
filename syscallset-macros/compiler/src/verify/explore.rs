//! Follows every way through a program with the set of calls that take it.

use std::rc::Rc;

use crate::action::Action;
use crate::insn::{AND_K, Insn, JA, JEQ, JGE, JGT, LD_ABS, OFFSET_ARCH, OFFSET_NR, RET_K};
use crate::interpret::Data;
use crate::lowered::Lowered;
use crate::verify::Mismatch;
use crate::verify::accumulator::Content;
use crate::verify::policy::decide;
use crate::verify::values::{Budget, Relation, Test, Values};

/// A set of calls: independent sets of values, one per word of the call's data. It is never empty.
#[derive(Clone)]
pub(super) struct Calls {
    words: [Rc<Values>; 16],
}

impl Calls {
    pub(super) fn all() -> Self {
        let values = Rc::new(Values::ALL);
        Self {
            words: std::array::from_fn(|_| Rc::clone(&values)),
        }
    }

    /// The values that the word at this offset has in these calls.
    pub(super) fn word(&self, offset: u32) -> &Values {
        &self.words[offset as usize / 4]
    }

    /// The calls for which the outcome of a test of one word is `holds`; `None` if there are none.
    pub(super) fn narrow(
        &self,
        offset: u32,
        test: Test,
        holds: bool,
        budget: &mut Budget,
    ) -> Result<Option<Self>, Mismatch> {
        let narrowed = self.word(offset).narrow(test, holds, budget)?;
        Ok(narrowed.map(|values| {
            let mut calls = self.clone();
            calls.words[offset as usize / 4] = Rc::new(values);
            calls
        }))
    }

    /// One of the calls.
    pub(super) fn member(&self, big_endian: bool) -> Data {
        let word = |offset| u64::from(self.word(offset).member());
        let wide = |first| {
            let (one, two) = (word(first), word(first + 4));
            if big_endian {
                one << 32 | two
            } else {
                two << 32 | one
            }
        };
        Data {
            nr: self.word(OFFSET_NR).member(),
            arch: self.word(OFFSET_ARCH).member(),
            instruction_pointer: wide(8),
            args: [16, 24, 32, 40, 48, 56].map(wide),
        }
    }
}

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
