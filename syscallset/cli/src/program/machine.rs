//! Follows every way through a program with the set of calls that take it.
//!
//! What a program computes otherwise than by masking a word is not followed exactly: both outcomes of a test of
//! such a value are taken, and what comes out is marked as vague.

use syscallset_compiler::insn::Insn;
use syscallset_compiler::verify::values::{Budget, Relation, Test};

use super::calls::{Calls, TooComplex};
use super::check::CELLS;
use super::operation::{Arithmetic, Operand, Operation};

/// How many instructions may be executed about one program, over all ways and calls.
const MAX_STEPS: u64 = 20_000_000;

/// How many ways may be told apart for one set of calls.
const MAX_ENDS: usize = 400;

/// A test that some of the calls pass and others do not, and what it came out as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// The word.
    pub(crate) offset: u32,
    /// The test.
    pub(crate) test: Test,
    /// Whether it holds.
    pub(crate) holds: bool,
}

/// The end of a way.
#[derive(Clone)]
pub(crate) struct End {
    /// The value returned; `None` if it is computed from the call's data.
    pub(crate) ret: Option<u32>,
    /// The calls that come here.
    pub(crate) calls: Calls,
    /// What told them from the others.
    pub(crate) held: Vec<Held>,
    /// Whether tests were passed that could not be followed.
    pub(crate) vague: bool,
    /// Whether the kernel's cache understands all of the way.
    pub(crate) cacheable: bool,
    /// The instructions executed.
    pub(crate) path: Vec<usize>,
}

/// A program on its way.
pub(crate) struct Machine<'p> {
    program: &'p [Insn],
    steps: u64,
}

/// What a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Known(u32),
    Word { offset: u32, mask: u32 },
    Opaque,
}

#[derive(Clone)]
struct Way {
    at: usize,
    accumulator: Value,
    index: Value,
    memory: [Value; CELLS],
    end: End,
}

impl<'p> Machine<'p> {
    /// A machine for a program that passed the check.
    pub(crate) fn new(program: &'p [Insn]) -> Self {
        Self {
            program,
            steps: MAX_STEPS,
        }
    }

    /// The ends of all ways that these calls take.
    ///
    /// # Errors
    ///
    /// [`TooComplex`]; the limits hold for the life of the machine.
    pub(crate) fn follow(&mut self, calls: Calls) -> Result<Vec<End>, TooComplex> {
        let mut budget = Budget::new();
        let mut ends = Vec::new();
        let mut ways = vec![Way {
            at: 0,
            // The kernel clears both registers first.
            accumulator: Value::Known(0),
            index: Value::Known(0),
            memory: [Value::Known(0); CELLS],
            end: End {
                ret: None,
                calls,
                held: Vec::new(),
                vague: false,
                cacheable: true,
                path: Vec::new(),
            },
        }];
        while let Some(mut way) = ways.pop() {
            loop {
                self.steps = self.steps.checked_sub(1).ok_or(TooComplex)?;
                match self.step(&mut way, &mut budget)? {
                    Step::On => {}
                    Step::Fork(other) => ways.push(*other),
                    Step::End(ret) => {
                        way.end.ret = ret;
                        ends.push(way.end);
                        break;
                    }
                }
            }
            if ends.len() + ways.len() > MAX_ENDS {
                return Err(TooComplex);
            }
        }
        Ok(ends)
    }

    fn step(&self, way: &mut Way, budget: &mut Budget) -> Result<Step, TooComplex> {
        // The check has made sure that ways stay inside and operations are known.
        let (Some(insn), at) = (self.program.get(way.at), way.at) else {
            return Ok(Step::End(Some(0)));
        };
        let Some(operation) = Operation::decode(*insn) else {
            return Ok(Step::End(Some(0)));
        };
        way.end.path.push(at);
        way.end.cacheable &= operation.is_cacheable();
        way.at += 1;
        match operation {
            Operation::Load(offset) => way.accumulator = way.load(offset),
            Operation::LoadConstant(k) => way.accumulator = Value::Known(k),
            Operation::LoadMemory(cell) => way.accumulator = way.memory[cell as usize],
            Operation::LoadIndex(k) => way.index = Value::Known(k),
            Operation::LoadIndexMemory(cell) => way.index = way.memory[cell as usize],
            Operation::Store(cell) => way.memory[cell as usize] = way.accumulator,
            Operation::StoreIndex(cell) => way.memory[cell as usize] = way.index,
            Operation::ToIndex => way.index = way.accumulator,
            Operation::FromIndex => way.accumulator = way.index,
            Operation::Negate => {
                way.accumulator = match way.accumulator {
                    Value::Known(value) => Value::Known(value.wrapping_neg()),
                    _ => Value::Opaque,
                };
            }
            Operation::Arithmetic(arithmetic, operand) => {
                match compute(arithmetic, way.accumulator, way.operand(operand)) {
                    Some(value) => way.accumulator = value,
                    None => return Ok(Step::End(Some(0))),
                }
            }
            Operation::Jump(skip) => way.at += skip as usize,
            Operation::Test(relation, operand) => {
                return way.test(*insn, relation, operand, budget);
            }
            Operation::Return(ret) => return Ok(Step::End(Some(ret))),
            Operation::ReturnAccumulator => {
                return Ok(Step::End(match way.accumulator {
                    Value::Known(ret) => Some(ret),
                    _ => None,
                }));
            }
        }
        Ok(Step::On)
    }
}

enum Step {
    On,
    Fork(Box<Way>),
    End(Option<u32>),
}

impl Way {
    /// A word of which only one value is left is that value.
    fn load(&self, offset: u32) -> Value {
        let (member, (low, high)) = self.end.calls.word(offset);
        if low == high {
            Value::Known(member)
        } else {
            Value::Word {
                offset,
                mask: u32::MAX,
            }
        }
    }

    fn operand(&self, operand: Operand) -> Value {
        match operand {
            Operand::Constant(k) => Value::Known(k),
            Operand::Index => self.index,
        }
    }

    fn test(
        &mut self,
        insn: Insn,
        relation: Relation,
        operand: Operand,
        budget: &mut Budget,
    ) -> Result<Step, TooComplex> {
        let skip = |holds| usize::from(if holds { insn.jt } else { insn.jf });
        let (offset, test) = match (self.accumulator, self.operand(operand)) {
            (Value::Known(accumulator), Value::Known(k)) => {
                self.at += skip(compare(relation, accumulator, k));
                return Ok(Step::On);
            }
            (Value::Word { offset, mask }, Value::Known(k)) => (offset, Test { mask, relation, k }),
            _ => {
                let mut other = self.clone();
                self.at += skip(true);
                other.at += skip(false);
                self.end.vague = true;
                other.end.vague = true;
                return Ok(Step::Fork(Box::new(other)));
            }
        };
        let holding = self.end.calls.narrow(offset, test, true, budget)?;
        let failing = self.end.calls.narrow(offset, test, false, budget)?;
        let go = |way: &mut Self, calls, holds| {
            way.at += skip(holds);
            way.end.calls = calls;
        };
        Ok(match (holding, failing) {
            (Some(holding), Some(failing)) => {
                let mut other = self.clone();
                let held = |holds| Held {
                    offset,
                    test,
                    holds,
                };
                other.end.held.push(held(false));
                go(&mut other, failing, false);
                self.end.held.push(held(true));
                go(self, holding, true);
                Step::Fork(Box::new(other))
            }
            (Some(holding), None) => {
                go(self, holding, true);
                Step::On
            }
            (None, Some(failing)) => {
                go(self, failing, false);
                Step::On
            }
            // A set of calls is never empty.
            (None, None) => return Err(TooComplex),
        })
    }
}

fn compute(arithmetic: Arithmetic, accumulator: Value, operand: Value) -> Option<Value> {
    Some(match (accumulator, operand) {
        (Value::Known(accumulator), Value::Known(operand)) => {
            Value::Known(arithmetic.compute(accumulator, operand)?)
        }
        (Value::Word { offset, mask }, Value::Known(k)) if arithmetic == Arithmetic::And => {
            Value::Word {
                offset,
                mask: mask & k,
            }
        }
        _ => Value::Opaque,
    })
}

fn compare(relation: Relation, accumulator: u32, k: u32) -> bool {
    match relation {
        Relation::Equal => accumulator == k,
        Relation::AtLeast => accumulator >= k,
        Relation::Above => accumulator > k,
        Relation::AnyBit => accumulator & k != 0,
    }
}
