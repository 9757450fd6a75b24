//! Programs as graphs: a node is an instruction, an edge is where it goes on.

use std::collections::HashMap;

use crate::insn::{JEQ, JGE, JSET};

/// A word of `struct seccomp_data`, or those of its bits that a mask leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Word {
    /// Byte offset in `struct seccomp_data`.
    pub(crate) offset: u32,
    /// The bits that are left; all ones as long as nothing was masked.
    pub(crate) mask: u32,
}

impl Word {
    /// The word as it is loaded.
    pub(crate) const fn whole(offset: u32) -> Self {
        Self {
            offset,
            mask: u32::MAX,
        }
    }
}

/// What classic BPF can ask about the accumulator; all comparisons are unsigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Comparison {
    /// `A == k`
    Equal,
    /// `A >= k`
    AtLeast,
    /// `A & k != 0`
    AnyBit,
}

impl Comparison {
    /// The operation of the jump.
    pub(crate) const fn code(self) -> u16 {
        match self {
            Self::Equal => JEQ,
            Self::AtLeast => JGE,
            Self::AnyBit => JSET,
        }
    }
}

/// An index into [`Graph::nodes`]. A node is always made after the nodes it leads to, so ascending
/// ids are a topological order from the end of the program to its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(usize);

impl NodeId {
    /// Position in [`Graph::nodes`].
    pub(crate) const fn index(self) -> usize {
        self.0
    }
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// The end, with a verdict.
    Ret(u32),
    /// Whatever the accumulator held, it now holds a whole word.
    Load { offset: u32, next: NodeId },
    /// The accumulator holds the whole word, and then only what the mask leaves of it.
    And { word: Word, next: NodeId },
    /// The accumulator holds `word`, and still does at both successors.
    ///
    /// `word` is part of the node for the sake of equality: code that expects something else in the
    /// accumulator must not be shared, however equal its instructions look.
    Test {
        word: Word,
        comparison: Comparison,
        k: u32,
        yes: NodeId,
        no: NodeId,
    },
}

/// Nodes without duplicates.
#[derive(Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    // Only ever asked for one key, so its order has no influence on the program.
    ids: HashMap<Node, NodeId>,
}

impl Graph {
    /// All nodes, successors first.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// A return with this verdict.
    pub(crate) fn ret(&mut self, verdict: u32) -> NodeId {
        self.add(Node::Ret(verdict))
    }

    /// A test, or simply its successor if the outcome does not matter.
    pub(crate) fn test(
        &mut self,
        word: Word,
        comparison: Comparison,
        k: u32,
        yes: NodeId,
        no: NodeId,
    ) -> NodeId {
        if yes == no {
            return yes;
        }
        self.add(Node::Test {
            word,
            comparison,
            k,
            yes,
            no,
        })
    }

    /// Code that does what `node` does, but expects `have` in the accumulator.
    pub(crate) fn supply(&mut self, have: Option<Word>, node: NodeId) -> NodeId {
        match self.nodes[node.0] {
            Node::Test { word, .. } if have == Some(word) => node,
            Node::Test { word, .. } if word != Word::whole(word.offset) => {
                let masked = self.add(Node::And { word, next: node });
                self.supply(have, masked)
            }
            Node::And { word, .. } if have == Some(Word::whole(word.offset)) => node,
            Node::Test { word, .. } | Node::And { word, .. } => self.add(Node::Load {
                offset: word.offset,
                next: node,
            }),
            Node::Ret(_) | Node::Load { .. } => node,
        }
    }

    fn add(&mut self, node: Node) -> NodeId {
        let nodes = &mut self.nodes;
        *self.ids.entry(node).or_insert_with(|| {
            nodes.push(node);
            NodeId(nodes.len() - 1)
        })
    }
}
