//! From a policy to the instructions the kernel runs.
//!
//! Three passes, each over its own data:
//!
//! 1. [`crate::plan`] chooses the tree that finds the decision about a call number.
//! 2. The tree, and the code of conditions (`conditions`) at its leaves, become a graph (`graph`), a
//!    node per instruction. Equal nodes exist once, so equal tails are shared without being looked
//!    for; a test is only equal to another one if it expects the same word in the accumulator.
//! 3. The graph is written down backwards (`emit`), so that every jump knows its distance.
//!
//! The same policy always becomes the same bytes: nothing depends on the host, on addresses or on
//! the order of a hash table.

mod emit;

use std::fmt;

use crate::conditions;
use crate::graph::{Comparison, Graph, NodeId, Word};
use crate::insn::{Insn, MAX_INSNS, OFFSET_ARCH, OFFSET_NR};
use crate::lowered::{Decision, Lowered, Run};
use crate::plan::{self, Tree};

/// The policy needs a program that the kernel does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssembleError {
    /// Length of the program; the kernel takes up to [`MAX_INSNS`] instructions.
    pub instructions: usize,
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the program has {} instructions, the kernel takes at most {MAX_INSNS}; \
             use fewer conditions or load a second filter",
            self.instructions
        )
    }
}

impl std::error::Error for AssembleError {}

/// Compiles a policy.
///
/// The result is meant to be held against the policy by [`crate::verify::verify`].
///
/// # Errors
///
/// [`AssembleError`] if the program is longer than the kernel takes.
pub fn assemble(lowered: &Lowered) -> Result<Vec<Insn>, AssembleError> {
    let tree = (!lowered.runs.is_empty()).then(|| plan::plan(lowered));
    let write = |inferring| {
        let mut builder = Builder {
            graph: Graph::default(),
            lowered,
            inferring,
            blocks: Vec::new(),
        };
        let root = builder.program(tree.as_ref());
        emit::emit(&builder.graph, root)
    };
    let mut program = write(true)?;
    let has_rules = |run: &Run| !run.decision.rules.is_empty();
    if lowered.runs.iter().any(has_rules) {
        let plain = write(false)?;
        if plain.len() < program.len() {
            program = plain;
        }
    }
    if program.len() > MAX_INSNS {
        return Err(AssembleError {
            instructions: program.len(),
        });
    }
    Ok(program)
}

/// Builds the graph of one program from its end to its beginning.
struct Builder<'a> {
    graph: Graph,
    lowered: &'a Lowered,
    /// Whether the code of conditions leaves questions out whose answers are known.
    inferring: bool,
    /// Where the code of a decision begins, sorted by decision.
    blocks: Vec<(&'a Decision, NodeId)>,
}

const NR: Word = Word::whole(OFFSET_NR);
const ARCH: Word = Word::whole(OFFSET_ARCH);

impl<'a> Builder<'a> {
    /// The whole program: architecture first, because numbers mean nothing without it.
    fn program(&mut self, tree: Option<&Tree<'a>>) -> NodeId {
        let lowered = self.lowered;
        let foreign = self.graph.ret(lowered.foreign.to_ret());
        let Some(tree) = tree else {
            return foreign;
        };
        let root = self.tree(tree);
        let native = self.graph.supply(None, root);
        let arch = lowered.audit_arch;
        let test = self
            .graph
            .test(ARCH, Comparison::Equal, arch, native, foreign);
        self.graph.supply(None, test)
    }

    /// Code that expects the call number in the accumulator, unless the tree is a mere leaf.
    fn tree(&mut self, tree: &Tree<'a>) -> NodeId {
        match tree {
            Tree::Decided(decision) => self.block(decision),
            Tree::Split { at, below, from } => {
                let from = self.tree(from);
                let below = self.tree(below);
                self.graph.test(NR, Comparison::AtLeast, *at, from, below)
            }
            Tree::Singles { singles, rest } => {
                let mut next = self.block(rest);
                for &(nr, decision) in singles.iter().rev() {
                    let single = self.block(decision);
                    next = self.graph.test(NR, Comparison::Equal, nr, single, next);
                }
                next
            }
            Tree::Bits { mask, any, none } => {
                let any = self.block(any);
                let none = self.block(none);
                self.graph.test(NR, Comparison::AnyBit, *mask, any, none)
            }
        }
    }

    /// The code of a decision; calls with equal decisions share it.
    fn block(&mut self, decision: &'a Decision) -> NodeId {
        let place = match self
            .blocks
            .binary_search_by(|(known, _)| (*known).cmp(decision))
        {
            Ok(known) => return self.blocks[known].1,
            Err(place) => place,
        };
        let big_endian = self.lowered.big_endian;
        let node = conditions::generate(&mut self.graph, decision, big_endian, self.inferring);
        self.blocks.insert(place, (decision, node));
        node
    }
}
