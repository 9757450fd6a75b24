//! What the accumulator holds at each instruction.
//!
//! Jumps only lead forward, so one pass from the first instruction to the last meets every way to an
//! instruction before the instruction itself. Ways that no call can take count as well: code that is
//! only right because of where it is reached from would be an accident.

use crate::insn::{AND_K, Insn, JA, LD_ABS, RET_K};
use crate::verify::Mismatch;

/// A word of the call's data, or the part of it that masks left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) offset: u32,
    pub(super) mask: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// No way leads here.
    Unreached,
    /// All ways have this in the accumulator.
    Holds(Content),
    /// Some way has nothing in it, or two ways have different things in it.
    Unknown,
}

impl State {
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unreached, state) | (state, Self::Unreached) => state,
            (one, two) if one == two => one,
            _ => Self::Unknown,
        }
    }
}

/// Per instruction, what it finds in the accumulator; `None` where nothing is known or no way leads,
/// which are places where nothing looks. `program` has passed the structure check.
pub(super) fn contents(program: &[Insn]) -> Result<Vec<Option<Content>>, Mismatch> {
    let mut states = vec![State::Unreached; program.len()];
    states[0] = State::Unknown;
    for (at, insn) in program.iter().enumerate() {
        let state = states[at];
        if state == State::Unreached {
            continue;
        }
        let mut pass = |skip: usize, state: State| {
            let target = &mut states[at + 1 + skip];
            *target = target.join(state);
        };
        match insn.code {
            RET_K => {}
            JA => pass(insn.k as usize, state),
            LD_ABS => pass(
                0,
                State::Holds(Content {
                    offset: insn.k,
                    mask: u32::MAX,
                }),
            ),
            code => {
                let State::Holds(content) = state else {
                    return Err(Mismatch::Accumulator { at });
                };
                if code == AND_K {
                    let mask = content.mask & insn.k;
                    pass(0, State::Holds(Content { mask, ..content }));
                } else {
                    pass(insn.jt.into(), state);
                    pass(insn.jf.into(), state);
                }
            }
        }
    }
    Ok(states
        .into_iter()
        .map(|state| match state {
            State::Holds(content) => Some(content),
            State::Unreached | State::Unknown => None,
        })
        .collect())
}
