//! The basic blocks of a function, and which leads to which.

use std::collections::HashMap;

use super::Event;
use super::effects::Effects;
use super::tables::Tables;
use crate::code::{Decoder, Op, Source, Target};
use crate::namespace::Namespace;

/// The blocks of a function.
#[derive(Debug)]
pub(crate) struct Blocks {
    /// All operations with the addresses of their instructions.
    ops: Vec<(u64, Op)>,
    /// The range of each block in `ops`.
    ranges: Vec<std::ops::Range<usize>>,
    successors: Vec<Vec<usize>>,
    /// The blocks where the function is entered.
    entries: Vec<usize>,
    /// The instruction from which the last block goes on, and where to.
    falls: Option<(u64, u64)>,
    function: std::ops::Range<u64>,
}

/// The instructions of one function that are followed at most.
const LARGEST: usize = 100_000;

impl Blocks {
    /// Decodes a function; `None` if it is too large.
    pub(crate) fn new(
        namespace: &Namespace,
        (in_module, function): (usize, usize),
        entries: &[u64],
        effects: &Effects,
    ) -> Option<Self> {
        let module = &namespace.modules[in_module];
        let range = module.functions[function].range.clone();
        let mut ops: Vec<(u64, Op)> = Vec::new();
        let mut starts: Vec<u64> = Vec::new();
        let mut leaders: Vec<u64> = vec![range.start];
        leaders.extend(entries.iter().filter(|entry| range.contains(entry)));
        let mut buffer = Vec::new();
        let mut dynamic = false;
        // Decoding begins anew at every entry, should one not be where an instruction begins otherwise.
        let mut cuts = leaders.clone();
        cuts.push(range.end);
        cuts.sort_unstable();
        cuts.dedup();
        for pair in cuts.windows(2) {
            let bytes = module.image.slice(pair[0], pair[1] - pair[0])?;
            let mut decoder = Decoder::new(module.image.arch, bytes, pair[0], true);
            while let Some((at, next)) = decoder.next(&mut buffer) {
                starts.push(at);
                if starts.len() > LARGEST {
                    return None;
                }
                for op in buffer.drain(..) {
                    ops.push((at, op));
                    match op {
                        Op::Branch(target) | Op::Jump(Target::Direct(target)) => {
                            leaders.push(next);
                            if range.contains(&target) {
                                leaders.push(target);
                            }
                        }
                        Op::Jump(_) => {
                            dynamic = true;
                            leaders.push(next);
                        }
                        Op::Call(target) if !effects.of(namespace, in_module, target).returns => {
                            leaders.push(next);
                            ops.push((at, Op::Stop));
                        }
                        Op::Return | Op::Stop => leaders.push(next),
                        _ => {}
                    }
                }
            }
        }
        let tables = if dynamic {
            Tables::find(module, function, &starts)
        } else {
            Tables::default()
        };
        leaders.extend(tables.targets());
        leaders.retain(|leader| starts.binary_search(leader).is_ok());
        leaders.sort_unstable();
        leaders.dedup();
        let mut blocks = Self {
            ops,
            ranges: Vec::new(),
            successors: Vec::new(),
            entries: Vec::new(),
            falls: None,
            function: range,
        };
        blocks.cut(&leaders, &tables);
        let index: HashMap<u64, usize> = leaders
            .iter()
            .enumerate()
            .map(|(index, at)| (*at, index))
            .collect();
        let entered = std::iter::once(&blocks.function.start).chain(entries);
        blocks.entries = entered
            .filter_map(|entry| index.get(entry).copied())
            .collect();
        blocks.entries.dedup();
        Some(blocks)
    }

    /// Cuts the operations at the leaders and finds out what follows what.
    fn cut(&mut self, leaders: &[u64], tables: &Tables) {
        let block = |address: &u64| leaders.binary_search(address).ok();
        for (index, leader) in leaders.iter().enumerate() {
            let start = self.ops.partition_point(|(at, _)| at < leader);
            let end = leaders.get(index + 1).map_or(self.ops.len(), |next| {
                self.ops.partition_point(|(at, _)| at < next)
            });
            let mut next = Vec::new();
            let mut goes_on = true;
            for (_, op) in &self.ops[start..end] {
                match op {
                    Op::Branch(target) => next.extend(block(target)),
                    Op::Jump(Target::Direct(target)) => {
                        next.extend(block(target));
                        goes_on = false;
                    }
                    Op::Jump(_) => {
                        // A table that is not understood may lead to every block.
                        let targets = tables.of(&self.ops[start..end]);
                        if targets.is_empty() {
                            next.extend(0..leaders.len());
                        } else {
                            next.extend(targets.iter().filter_map(block));
                        }
                        goes_on = false;
                    }
                    Op::Return | Op::Stop => goes_on = false,
                    _ => {}
                }
            }
            let last = index + 1 == leaders.len();
            if goes_on && !last {
                next.push(index + 1);
            }
            let calls = matches!(self.ops[start..end].last(), Some((_, Op::Call(_))));
            if goes_on && last && !calls {
                self.falls = self.ops[start..end]
                    .last()
                    .map(|(at, _)| (*at, self.function.end));
            }
            next.sort_unstable();
            next.dedup();
            self.ranges.push(start..end);
            self.successors.push(next);
        }
    }

    /// The code that runs when a function that is called through a pointer has returned or unwound: what follows
    /// such calls, and what nothing in the function leads to.
    pub(crate) fn after_indirect_calls(&self) -> Vec<std::ops::Range<u64>> {
        let indirect = |op: &Op| matches!(op, Op::Call(Target::Reg(_) | Target::Memory(_)));
        let end = |block: usize| {
            let next = self
                .ranges
                .get(block + 1)
                .and_then(|range| self.ops.get(range.start));
            next.map_or(self.function.end, |(at, _)| *at)
        };
        let mut ranges = Vec::new();
        let mut led_to = vec![false; self.len()];
        for &next in self.successors.iter().flatten() {
            led_to[next] = true;
        }
        let mut waiting: Vec<usize> = (0..self.len())
            .filter(|block| !led_to[*block] && !self.entries.contains(block))
            .collect();
        for block in 0..self.len() {
            if let Some((at, _)) = self.ops(block).iter().find(|(_, op)| indirect(op)) {
                ranges.push(*at + 1..end(block));
                waiting.extend(self.successors(block));
            }
        }
        let mut seen = vec![false; self.len()];
        while let Some(block) = waiting.pop() {
            if !std::mem::replace(&mut seen[block], true) {
                if let Some((at, _)) = self.ops(block).first() {
                    ranges.push(*at..end(block));
                }
                waiting.extend(self.successors(block));
            }
        }
        ranges
    }

    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = usize> {
        self.entries.iter().copied()
    }

    pub(super) fn ops(&self, block: usize) -> &[(u64, Op)] {
        &self.ops[self.ranges[block].clone()]
    }

    pub(super) fn successors(&self, block: usize) -> &[usize] {
        &self.successors[block]
    }

    /// Where a block goes on behind the end of the function.
    pub(super) fn falls_to(&self, block: usize) -> Option<(u64, u64)> {
        self.falls.filter(|_| block + 1 == self.ranges.len())
    }

    /// What there is to tell of an operation.
    pub(super) fn event(&self, op: &Op) -> Option<Event> {
        match *op {
            Op::Syscall => Some(Event::Syscall),
            Op::Call(target) => Some(Event::Call(target)),
            Op::Jump(Target::Direct(target)) | Op::Branch(target)
                if self.function.contains(&target) =>
            {
                None
            }
            Op::Jump(target) => Some(Event::Jump(target)),
            Op::Branch(target) => Some(Event::Jump(Target::Direct(target))),
            Op::Store {
                to,
                from: from @ (Source::Reg(_) | Source::Const(_)),
                ..
            } => Some(Event::Store(to, from)),
            _ => None,
        }
    }
}
