//! Code for what is decided about one call, its arguments included.

use crate::assemble::graph::{Graph, NodeId};
use crate::lowered::Decision;

/// Code for a decision.
pub(crate) fn generate(graph: &mut Graph, decision: &Decision, _big_endian: bool) -> NodeId {
    graph.ret(decision.otherwise.to_ret())
}
