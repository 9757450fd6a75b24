//! What arguments that were not given may change about a verdict.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use syscallset_compiler::action::Action;
use syscallset_compiler::insn::{Insn, OFFSET_ARCH, OFFSET_NR};
use syscallset_compiler::lowered::argument_offsets;
use syscallset_compiler::resolve::action_name;
use syscallset_tables::Arch;

use super::call::Call;
use crate::program::calls::Calls;
use crate::program::machine::{End, Machine};
use crate::report::quoted;

/// Arguments that were not given, count as 0, and with other values may lead to another action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Missing {
    /// The arguments by parameter or index; `None` where the program cannot be followed that far.
    arguments: Option<Vec<String>>,
    /// The other actions.
    actions: Vec<String>,
    /// The items of the filter that decide by them; empty for a program.
    items: Vec<String>,
}

impl Missing {
    /// Adds the items that decide by the arguments.
    pub(crate) fn by(mut self, items: impl IntoIterator<Item = String>) -> Self {
        self.items.extend(items);
        self
    }
}

/// What is missing for the verdict `action`; `None` if it stands whatever the arguments that were not given.
pub(crate) fn missing(
    program: &[Insn],
    call: &Call,
    action: Action,
    arch: Arch,
) -> Option<Missing> {
    if call.given == [true; 6] {
        return None;
    }
    let ends = calls(call, call.given, arch)
        .and_then(|calls| Machine::new(program).follow(calls).ok())
        .unwrap_or_default();
    let clear = !ends.is_empty() && ends.iter().all(|end| end.ret.is_some() && !end.vague);
    let mut actions: BTreeSet<_> = ends
        .iter()
        .filter_map(|end| end.ret.map(Action::from_ret))
        .collect();
    actions.remove(&action);
    let same = ends
        .iter()
        .all(|end| end.ret.map(Action::from_ret) == Some(action));
    if !ends.is_empty() && same {
        return None;
    }
    Some(Missing {
        arguments: clear.then(|| tested(&ends, call, arch)),
        actions: actions
            .into_iter()
            .map(|action| action_name(action, arch).into_owned())
            .collect(),
        items: Vec::new(),
    })
}

/// The calls that have the number, and those of its arguments that `known` says.
pub(crate) fn calls(call: &Call, known: [bool; 6], arch: Arch) -> Option<Calls> {
    let mut calls = Calls::all()
        .fixed(OFFSET_NR, call.number)?
        .fixed(OFFSET_ARCH, arch.audit_arch())?
        // The instruction pointer.
        .fixed(8, 0)?
        .fixed(12, 0)?;
    for ((word, known), argument) in call.args.iter().zip(known).zip(0..) {
        if known {
            let (low, high) = argument_offsets(argument, arch.big_endian());
            #[allow(clippy::cast_possible_truncation, reason = "the halves are wanted")]
            let halves = (*word as u32, (*word >> 32) as u32);
            calls = calls.fixed(low, halves.0)?.fixed(high, halves.1)?;
        }
    }
    Some(calls)
}

/// The arguments that tell these ends apart.
fn tested(ends: &[End], call: &Call, arch: Arch) -> Vec<String> {
    let offsets: BTreeSet<_> = ends
        .iter()
        .flat_map(|end| end.held.iter().map(|held| held.offset))
        .collect();
    let params = call
        .name
        .and_then(|name| syscallset_tables::params(arch, name));
    let mut names: Vec<_> = (0..6)
        .filter(|argument| {
            let (low, high) = argument_offsets(*argument, arch.big_endian());
            offsets.contains(&low) || offsets.contains(&high)
        })
        .map(|argument| {
            params
                .as_ref()
                .and_then(|params| params.in_word(argument))
                .map_or_else(
                    || argument.to_string(),
                    |param| param.manual_name().to_owned(),
                )
        })
        .collect();
    // A wide one is in two registers.
    names.dedup();
    names
}

/// A sentence.
impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(arguments) = &self.arguments else {
            return f.write_str(
                "arguments that are not given count as 0; whether others change this is not known",
            );
        };
        let (are, count) = match arguments.len() {
            1 => ("is", "counts"),
            _ => ("are", "count"),
        };
        write!(
            f,
            "{} {are} not given and {count} as 0; other values may lead to {}",
            quoted(arguments),
            self.actions.join(" or ")
        )?;
        if !self.items.is_empty() {
            write!(f, ", see {}", quoted(&self.items))?;
        }
        Ok(())
    }
}
