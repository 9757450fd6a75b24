//! The arguments that conditions of a filter commonly test, and their values by the names of constants.

mod readings;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use syscallset_tables::{Arch, Place, constant, constant_names, params};

use readings::{ARGUMENTS, Reading};

/// An argument worth remembering.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// The name of the parameter.
    pub(crate) name: &'static str,
    word: u8,
    mask: u64,
    reading: Reading,
    arch: Arch,
    /// The names of values; there are thousands of constants to ask, and few arguments are ever spelled.
    names: OnceLock<BTreeMap<u64, &'static str>>,
}

/// The arguments of a call that are worth remembering.
pub(crate) fn arguments(arch: Arch, call: &str) -> Vec<Argument> {
    let Some(params) = params(arch, call) else {
        return Vec::new();
    };
    let of_call = ARGUMENTS.iter().filter(|(name, ..)| *name == call);
    let found = of_call.filter_map(|(_, name, reading)| {
        let param = params.named(name)?;
        // Values in two registers are file offsets and the like.
        let Place::Word(word) = param.place else {
            return None;
        };
        let mask = u64::MAX >> (64 - param.kind.bits(arch));
        Some(Argument {
            name: param.manual_name(),
            word,
            mask,
            reading: *reading,
            arch,
            names: OnceLock::new(),
        })
    });
    found.collect()
}

/// A value in words.
struct Words {
    text: String,
    /// Whether all of them are names.
    all_named: bool,
}

impl Argument {
    /// The bits that count of this call's argument.
    pub(crate) fn value(&self, args: &[u64; 6]) -> u64 {
        args[usize::from(self.word)] & self.mask
    }

    /// The value as a condition would have it: names where there are any.
    pub(crate) fn spell(&self, value: u64) -> String {
        self.words(value).text
    }

    /// Whether there are flags among the bits of the argument, or beside what its names stand for.
    pub(crate) const fn has_flags(&self) -> bool {
        self.reading.number != u64::MAX || self.reading.is_field
    }

    /// A value by the names of constants; `None` if they do not say all of it.
    fn named(&self, value: u64) -> Option<String> {
        let words = self.words(value);
        words.all_named.then_some(words.text)
    }

    /// A mask, and the value that the bits under it are compared with for equality, by the names of flags or of what
    /// is numbered by these bits; `None` if the value has none. A mask of more than flags is a pattern of bits.
    fn masked(&self, mask: u64, value: u64) -> Option<(String, String)> {
        let bits = || format!("{mask:#x}");
        let numbered = self.reading.number;
        if mask == numbered {
            return Some((bits(), self.named(value)?));
        }
        if mask & numbered != 0 {
            return None;
        }
        let value = match value {
            0 => "0".to_owned(),
            value => self.named(value)?,
        };
        Some((self.named(mask).unwrap_or_else(bits), value))
    }

    /// The words of a value.
    fn words(&self, value: u64) -> Words {
        let number = value & self.reading.number;
        let mut left = value & !self.reading.number;
        let mut words = Vec::new();
        let mut all_named = true;
        if number != 0 || left == 0 {
            let name = self.name_of(number);
            all_named &= name.is_some();
            words.push(name.map_or_else(|| plain(number), str::to_owned));
        }
        for bit in (0..u64::BITS).map(|bit| 1 << bit) {
            if left & bit == 0 {
                continue;
            }
            if let Some(name) = self.name_of(bit) {
                left &= !bit;
                words.push(name.to_owned());
            }
        }
        if left != 0 {
            words.push(format!("{left:#x}"));
            all_named = false;
        }
        Words {
            text: words.join("|"),
            all_named,
        }
    }

    fn name_of(&self, value: u64) -> Option<&'static str> {
        let names = self.names.get_or_init(|| {
            let mut named: Vec<_> = constants(&self.reading, self.arch).collect();
            // Of the names of a value the shortest one is never an odd alias; the last one in the map stays.
            named.sort_by_key(|(rank, name, _)| Reverse((*rank, name.len(), *name)));
            named
                .into_iter()
                .map(|(_, name, value)| (value, name))
                .collect()
        });
        names.get(&value).copied()
    }
}

/// The constants that an argument so read may have, with their ranks and values.
fn constants(reading: &Reading, arch: Arch) -> impl Iterator<Item = (usize, &'static str, u64)> {
    constant_names().filter_map(move |name| {
        let rank = reading.rank(name)?;
        let value = u64::try_from(constant(arch, name)?).ok()?;
        Some((rank, name, value))
    })
}

/// What is known of the values in an argument register of a call; `None` if that is nothing.
pub(crate) fn of_word(call: &str, word: u8, arch: Arch) -> Option<Argument> {
    let mut known = arguments(arch, call).into_iter();
    known.find(|argument| argument.word == word)
}

/// The mask, with its `&`, and the value of a test for equality, by names where these say all of it. Otherwise `plain`
/// says the value. Without a mask, all bits are compared.
pub(crate) fn tested(
    known: Option<&Argument>,
    mask: Option<u64>,
    value: u64,
    plain: impl FnOnce() -> String,
) -> (String, String) {
    let Some(mask) = mask else {
        let value = known.and_then(|known| known.named(value));
        return (String::new(), value.unwrap_or_else(plain));
    };
    let (mask, value) = known
        .and_then(|known| known.masked(mask, value))
        .unwrap_or_else(|| (format!("{mask:#x}"), plain()));
    (format!("&{mask}"), value)
}

/// Small numbers are counted, great ones are patterns of bits.
fn plain(value: u64) -> String {
    if value < 4096 {
        value.to_string()
    } else {
        format!("{value:#x}")
    }
}

#[cfg(test)]
mod tests;
