//! Random filter strings with conditions: what they say is read here a second time, from the parts
//! they are put together of.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use syscallset_compiler::Arch;
use syscallset_compiler::policy::IMPLICIT_SETS;
use syscallset_tables::{Kind, Place, params, set};

use super::meaning::{Cmp, Comparison};
use super::policies::{mask, value};

/// A parameter that can be compared.
#[derive(Clone, Copy, Debug)]
struct Parameter {
    name: &'static str,
    word: u8,
    bits: u32,
    signed: bool,
}

/// A call with such parameters.
#[derive(Clone, Debug)]
struct Call {
    name: &'static str,
    number: u32,
    parameters: Vec<Parameter>,
}

/// What happens to a call that an item matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Allow,
    Refuse,
    Fail,
}

/// An item of a filter string.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) text: String,
    pub(crate) number: u32,
    /// None for an item without conditions.
    pub(crate) comparisons: Vec<Comparison>,
    pub(crate) does: Does,
}

/// The calls that strings are about: those of the implicit sets are settled.
fn calls(arch: Arch) -> Vec<Call> {
    let mut implicit = Vec::new();
    for name in IMPLICIT_SETS {
        let set = set(name).expect("the tables have the sets");
        set.for_each_call(&mut |call| implicit.push(call));
    }
    let calls = arch.calls().iter().filter_map(|call| {
        let parameters = params(arch, call.name)?;
        let parameters = parameters.iter().filter_map(|param| {
            let Place::Word(word) = param.place else {
                return None;
            };
            // seccompiler compares 32 or 64 bits.
            let known = !matches!(param.kind, Kind::Pointer | Kind::U16);
            known.then(|| Parameter {
                name: param.name,
                word,
                bits: param.kind.bits(arch),
                signed: param.kind.is_signed(),
            })
        });
        let parameters: Vec<_> = parameters.collect();
        let usable = !parameters.is_empty() && !implicit.contains(&call.name);
        usable.then_some(Call {
            name: call.name,
            number: call.number,
            parameters,
        })
    });
    calls.collect()
}

/// How a condition is to be written.
#[derive(Clone, Debug)]
struct Draft {
    parameter: Index,
    by_name: bool,
    hexadecimal: bool,
    cmp: Cmp,
    value: u64,
}

fn draft() -> impl Strategy<Value = Draft> {
    let cmp = prop_oneof![
        6 => prop::sample::select(vec![Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge]),
        2 => mask().prop_map(Cmp::MaskedEq),
    ];
    let style = (any::<bool>(), any::<bool>());
    (any::<Index>(), style, cmp, value()).prop_map(
        |(parameter, (by_name, hexadecimal), cmp, value)| Draft {
            parameter,
            by_name,
            hexadecimal,
            cmp,
            value,
        },
    )
}

impl Draft {
    /// The condition as written, and what it means.
    fn write(&self, call: &Call) -> (String, Comparison) {
        let parameter = *self.parameter.get(&call.parameters);
        let all = u64::MAX >> (64 - parameter.bits);
        let ordering = !matches!(self.cmp, Cmp::Eq | Cmp::Ne | Cmp::MaskedEq(_));
        let mut comparison = Comparison {
            arg: parameter.word,
            bits: parameter.bits,
            signed: parameter.signed && ordering,
            cmp: self.cmp,
            value: self.value & all,
        };
        let written = |bits: u64| {
            if self.hexadecimal {
                format!("{bits:#x}")
            } else {
                bits.to_string()
            }
        };
        let left = if self.by_name {
            parameter.name.to_owned()
        } else {
            parameter.word.to_string()
        };
        let text = match self.cmp {
            Cmp::MaskedEq(mask) => {
                let mask = mask & all;
                comparison.cmp = Cmp::MaskedEq(mask);
                comparison.value &= mask;
                format!("{left}&{}={}", written(mask), written(comparison.value))
            }
            // An ordering of signed numbers takes negative ones with their sign only.
            cmp if comparison.signed => {
                format!("{left}{}{}", sign(cmp), comparison.right())
            }
            cmp => format!("{left}{}{}", sign(cmp), written(comparison.value)),
        };
        (text, comparison)
    }
}

fn sign(cmp: Cmp) -> &'static str {
    match cmp {
        Cmp::Eq | Cmp::MaskedEq(_) => "=",
        Cmp::Ne => "!=",
        Cmp::Lt => "<",
        Cmp::Le => "<=",
        Cmp::Gt => ">",
        Cmp::Ge => ">=",
    }
}

/// Items about at most three calls of an architecture, so that items about the same one meet.
pub(crate) fn items(arch: Arch) -> impl Strategy<Value = Vec<Item>> {
    let calls = calls(arch);
    let does = prop_oneof![
        4 => Just(Does::Allow),
        2 => Just(Does::Refuse),
        2 => Just(Does::Fail),
    ];
    // One item in seven has no conditions.
    let drafts = prop_oneof![1 => Just(Vec::new()).boxed(), 6 => vec(draft(), 1..4).boxed()];
    let chosen = prop::array::uniform3(any::<Index>());
    let items = vec((0..3_usize, drafts, does), 1..7);
    (chosen, items).prop_map(move |(chosen, items)| {
        let item = |(index, drafts, does): (usize, Vec<Draft>, Does)| {
            let call: &Call = chosen[index].get(&calls);
            let conditions = drafts.iter().map(|draft| draft.write(call));
            let (texts, comparisons): (Vec<String>, Vec<Comparison>) = conditions.unzip();
            let conditions = if texts.is_empty() {
                String::new()
            } else {
                format!("({})", texts.join(", "))
            };
            let (tilde, action) = match does {
                Does::Allow => ("", ""),
                Does::Refuse => ("~", ""),
                Does::Fail => ("~", ":EACCES"),
            };
            Item {
                text: format!("{tilde}{}{conditions}{action}", call.name),
                number: call.number,
                comparisons,
                does,
            }
        };
        items.into_iter().map(item).collect()
    })
}
