//! Writes a graph down as instructions, from the last one to the first.
//!
//! Jumps only lead forward, so writing backwards means that the targets of an instruction already
//! have their places when it is written, and its distances are known. A test can skip 255
//! instructions at most. Where a target is further away, one instruction is put right behind the
//! test: a copy of the target if that is a return, else an unconditional jump, whose distance has
//! 32 bits. Instructions written later (that is, before it) use this nearer place as well. Distances
//! are converted with a check everywhere: one that did not fit would be an error, never cut.

use crate::assemble::AssembleError;
use crate::graph::{Graph, Node, NodeId};
use crate::insn::{AND_K, Insn, JA, LD_ABS, RET_K};

/// Writes down what can be reached from `root`.
pub(super) fn emit(graph: &Graph, root: NodeId) -> Result<Vec<Insn>, AssembleError> {
    let nodes = graph.nodes();
    let reachable = reachable(nodes, root);
    let mut emitter = Emitter {
        nodes,
        code: Vec::new(),
        homes: vec![None; nodes.len()],
        places: vec![None; nodes.len()],
    };
    // A load or mask has no jump: its successor has to be the next instruction. No two of them share
    // a successor, because equal ones are one node and the word that the successor expects says
    // which one it is. So each is written as soon as its successor is.
    let mut fallthrough = vec![None; nodes.len()];
    for (index, node) in nodes.iter().enumerate().filter(|(i, _)| reachable[*i]) {
        if let Node::Load { next, .. } | Node::And { next, .. } = node {
            debug_assert!(fallthrough[next.index()].is_none());
            fallthrough[next.index()] = Some(index);
        }
    }
    for index in (0..nodes.len()).filter(|&i| reachable[i]) {
        let mut pending = Some(index);
        while let Some(node) = pending.filter(|&i| emitter.places[i].is_none()) {
            emitter.write(node)?;
            pending = fallthrough[node];
        }
    }
    emitter.code.reverse();
    Ok(emitter.code)
}

fn reachable(nodes: &[Node], root: NodeId) -> Vec<bool> {
    let mut reachable = vec![false; nodes.len()];
    reachable[root.index()] = true;
    // Successors have smaller ids.
    for (index, node) in nodes.iter().enumerate().rev() {
        if !reachable[index] {
            continue;
        }
        match *node {
            Node::Ret(_) => {}
            Node::Load { next, .. } | Node::And { next, .. } => reachable[next.index()] = true,
            Node::Test { yes, no, .. } => {
                reachable[yes.index()] = true;
                reachable[no.index()] = true;
            }
        }
    }
    reachable
}

struct Emitter<'a> {
    nodes: &'a [Node],
    /// Last instruction first.
    code: Vec<Insn>,
    /// Per node, the index in `code` where it was written.
    homes: Vec<Option<usize>>,
    /// Per node, the index in `code` of the place nearest to the beginning of the program from where
    /// execution does what the node says.
    places: Vec<Option<usize>>,
}

impl Emitter<'_> {
    fn write(&mut self, index: usize) -> Result<(), AssembleError> {
        let insn = match self.nodes[index] {
            Node::Ret(k) => plain(RET_K, k),
            Node::Load { offset, next } => {
                self.expect_next(next)?;
                plain(LD_ABS, offset)
            }
            Node::And { word, next } => {
                self.expect_next(next)?;
                plain(AND_K, word.mask)
            }
            Node::Test {
                comparison,
                k,
                yes,
                no,
                ..
            } => {
                // A bridge for one target pushes the other one further away.
                while !(self.is_near(yes) && self.is_near(no)) {
                    let far = if self.is_near(yes) { no } else { yes };
                    self.bridge(far)?;
                }
                Insn {
                    code: comparison.code(),
                    jt: self.near_distance(yes)?,
                    jf: self.near_distance(no)?,
                    k,
                }
            }
        };
        self.homes[index] = Some(self.code.len());
        self.places[index] = self.homes[index];
        self.code.push(insn);
        Ok(())
    }

    /// Instructions between the one that is written next and `place`.
    fn distance(&self, place: Option<usize>) -> Option<usize> {
        self.code.len().checked_sub(place? + 1)
    }

    fn near_distance(&self, target: NodeId) -> Result<u8, AssembleError> {
        self.distance(self.places[target.index()])
            .and_then(|distance| u8::try_from(distance).ok())
            .ok_or(self.error())
    }

    fn is_near(&self, target: NodeId) -> bool {
        self.near_distance(target).is_ok()
    }

    fn expect_next(&self, target: NodeId) -> Result<(), AssembleError> {
        match self.distance(self.homes[target.index()]) {
            Some(0) => Ok(()),
            _ => Err(self.error()),
        }
    }

    /// Makes a near place for a far target.
    fn bridge(&mut self, target: NodeId) -> Result<(), AssembleError> {
        let insn = match self.nodes[target.index()] {
            Node::Ret(k) => plain(RET_K, k),
            _ => self
                .distance(self.homes[target.index()])
                .and_then(|distance| u32::try_from(distance).ok())
                .map(|distance| plain(JA, distance))
                .ok_or(self.error())?,
        };
        self.places[target.index()] = Some(self.code.len());
        self.code.push(insn);
        Ok(())
    }

    fn error(&self) -> AssembleError {
        AssembleError {
            instructions: self.code.len(),
        }
    }
}

const fn plain(code: u16, k: u32) -> Insn {
    Insn {
        code,
        jt: 0,
        jf: 0,
        k,
    }
}
