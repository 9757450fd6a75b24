//! What a call of a function does to its caller: whether it returns, and which registers it writes.
//!
//! Compilers count on both. They put nothing but filling behind calls that do not return, and keep values in
//! registers that a function of the same file leaves alone, whatever the convention says.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::code::{Decoder, Op, Target, convention};
use crate::image::Image;
use crate::namespace::{Location, Namespace};

/// What a call does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effect {
    /// Whether the call can return.
    pub(crate) returns: bool,
    /// The registers that may have changed, one bit each.
    pub(crate) writes: u32,
}

impl Effect {
    /// Another function may run in this one's place, too.
    fn add(&mut self, other: Self) {
        self.writes |= other.writes;
        self.returns |= other.returns;
    }
}

/// What is assumed of functions that are not looked at.
const ANY: Effect = Effect {
    returns: true,
    writes: u32::MAX,
};
/// The instructions of one function that are looked at.
const LARGEST: usize = 4000;
/// The calls within calls that are looked at.
const DEEPEST: u32 = 6;

/// How the names begin of those functions of Go's runtime that do not return. After `morestack`, the function that
/// called it begins anew, as if it had just been called.
const ENDS: [&str; 8] = [
    "fatal",
    "goPanic",
    "goexit",
    "gopanic",
    "morestack",
    "panic",
    "throw",
    "unreachableMethod",
];

/// The effects of functions, found when they are asked for.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    known: RefCell<HashMap<Location, Effect>>,
}

impl Effects {
    /// The effect of calling what a direct call or one through a word leads to.
    pub(crate) fn of(&self, namespace: &Namespace, module: usize, target: Target) -> Effect {
        self.target(namespace, module, target, 0)
    }

    fn target(&self, namespace: &Namespace, module: usize, target: Target, depth: u32) -> Effect {
        let location = match target {
            Target::Direct(address) => Some(Location::new(module, address)),
            Target::Memory(place) => place
                .address()
                .and_then(|address| namespace.slot(module, address)),
            Target::Reg(_) => None,
        };
        location.map_or(ANY, |location| self.function(namespace, location, depth))
    }

    fn function(&self, namespace: &Namespace, location: Location, depth: u32) -> Effect {
        if let Some(effect) = self.known.borrow().get(&location) {
            return *effect;
        }
        if depth >= DEEPEST {
            return ANY;
        }
        // A function that calls itself is not looked at again.
        self.known.borrow_mut().insert(location, ANY);
        let effect = self.compute(namespace, location, depth).unwrap_or(ANY);
        self.known.borrow_mut().insert(location, effect);
        effect
    }

    fn compute(&self, namespace: &Namespace, location: Location, depth: u32) -> Option<Effect> {
        let contents = &namespace.modules[location.module];
        if contents.image.is_go {
            return in_go(&contents.image, location.address);
        }
        let range = &contents.functions[contents.function(location.address)?].range;
        let bytes = contents
            .image
            .slice(location.address, range.end - location.address)?;
        let convention = convention(contents.image.arch, false);
        let kept = convention
            .preserved
            .iter()
            .fold(0_u32, |kept, reg| kept | 1 << reg);
        let mut decoder = Decoder::new(contents.image.arch, bytes, location.address, true);
        let mut effect = Effect {
            returns: false,
            writes: 0,
        };
        let callee = |target| self.target(namespace, location.module, target, depth + 1);
        let mut ops = Vec::new();
        let mut count = 0;
        let mut last = None;
        while decoder.next(&mut ops).is_some() {
            count += 1;
            if count > LARGEST {
                return None;
            }
            for op in ops.drain(..) {
                last = Some(op);
                if let Some(to) = op.writes() {
                    effect.writes |= 1 << (to & 31);
                }
                match op {
                    Op::Call(target) => {
                        effect.writes |= callee(target).writes;
                    }
                    Op::Jump(Target::Direct(target)) | Op::Branch(target)
                        if range.contains(&target)
                        // Backwards to before the entry: more is run than was looked at.
                        && target < location.address =>
                    {
                        return None;
                    }
                    Op::Jump(target) => effect.add(callee(target)),
                    Op::Branch(target) => effect.add(callee(Target::Direct(target))),
                    Op::Return => effect.returns = true,
                    Op::Syscall | Op::ForeignSyscall => {
                        effect.writes |= 1 << convention.result | 1 << 1 | 1 << 11;
                    }
                    _ => {}
                }
            }
        }
        let open = !matches!(
            last,
            Some(Op::Jump(_) | Op::Return | Op::Stop | Op::Call(_))
        );
        effect.returns |= open;
        effect.writes &= !kept;
        Some(effect)
    }
}

/// Go's functions write every register, and all return but for some of the runtime's.
fn in_go(image: &Image, address: u64) -> Option<Effect> {
    let index = image
        .go
        .binary_search_by_key(&address, |function| function.start)
        .ok()?;
    let name = image.go[index].name.strip_prefix("runtime.")?;
    let ends = ENDS.iter().any(|prefix| name.starts_with(prefix));
    ends.then_some(Effect {
        returns: false,
        ..ANY
    })
}
