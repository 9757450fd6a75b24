//! The parameters of the system calls: names, widths, signs, and the argument words they come in.

mod signatures;

use crate::Arch;
use crate::abi::{self, Abis};
use core::ops::Deref;
use signatures::{ALIASES, SIGNATURES, UNIMPLEMENTED};

/// The words of `seccomp_data.args`.
const WORDS: u8 = 6;

/// What the kernel takes for a parameter: how many of the argument's bits, and with which sign.
///
/// The bits above are what a C library happened to leave there, and the kernel drops them: a filter that compares them
/// decides about a value that the call never sees.
///
/// Calls whose parameters mean something else with every operation (`arg` of `ioctl` and `fcntl`, `arg2` to `arg5` of
/// `prctl` and `keyctl`) have the declared kind, although some operations take less of the value; the last parameters
/// of `ioctl` and `fcntl` are pointers for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The low 16 bits, unsigned: `umode_t` everywhere, user and group IDs in the oldest calls of some 32-bit
    /// architectures.
    U16,
    /// The low 32 bits, unsigned.
    U32,
    /// The low 32 bits, signed.
    I32,
    /// All of a register, unsigned: `unsigned long`, `size_t`, and addresses that the kernel does not read through.
    Ulong,
    /// All of a register, signed: `long`, `off_t`.
    Long,
    /// 64 bits on every architecture, unsigned.
    U64,
    /// 64 bits on every architecture, signed: `loff_t`.
    I64,
    /// An address that the kernel reads or writes through. What it points to is out of a filter's reach, and another
    /// thread can change it at any time.
    Pointer,
}

impl Kind {
    /// How many bits of the argument count, from the lowest one.
    ///
    /// On 32-bit architectures that is never more than half of a word of `seccomp_data.args`, and what is above is not
    /// always zero: many 64-bit MIPS kernels extend the sign of what a 32-bit program passes.
    pub fn bits(self, arch: Arch) -> u32 {
        match self {
            Self::U16 => 16,
            Self::U32 | Self::I32 => 32,
            Self::Ulong | Self::Long | Self::Pointer => register_bits(arch),
            Self::U64 | Self::I64 => 64,
        }
    }

    /// The kind with this name in the generated table.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "U16" => Self::U16,
            "U32" => Self::U32,
            "I32" => Self::I32,
            "Ulong" => Self::Ulong,
            "Long" => Self::Long,
            "U64" => Self::U64,
            "I64" => Self::I64,
            "Pointer" => Self::Pointer,
            _ => return None,
        })
    }

    /// Whether the value can be negative.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::I32 | Self::Long | Self::I64)
    }
}

/// Where an argument is in `seccomp_data.args`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// All of it in one word.
    Word(u8),
    /// A 64-bit value on a 32-bit architecture: 32 bits in the lower half of each of two words.
    Pair {
        /// The word with bits 0 to 31.
        low: u8,
        /// The word with bits 32 to 63.
        high: u8,
    },
}

/// One parameter of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Param {
    /// The kernel's name for it.
    pub name: &'static str,
    /// What the manual pages call it, or the kernel's code for another architecture, if that is another name. The first
    /// one is the one to show, which is the kernel's where other names are only known besides.
    pub aliases: &'static [&'static str],
    /// Which bits count, and how.
    pub kind: Kind,
    /// Where its value is.
    pub place: Place,
}

impl Param {
    /// The name to show: that of the manual pages, where the kernel has another one.
    ///
    /// `op`, as editions from 6.10 on call the parameters of a dozen calls, says less than the names before: there
    /// these are shown.
    ///
    /// ```
    /// use syscallset_tables::{Arch, params};
    ///
    /// let socket = params(Arch::X86_64, "socket").unwrap();
    /// assert_eq!(socket[0].manual_name(), "domain");
    /// assert_eq!(socket[1].manual_name(), "type");
    /// let fcntl = params(Arch::X86_64, "fcntl").unwrap();
    /// assert_eq!(fcntl[1].manual_name(), "cmd");
    /// ```
    pub fn manual_name(&self) -> &'static str {
        self.aliases.first().copied().unwrap_or(self.name)
    }

    /// Whether a name is this parameter's, or one of its aliases.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

/// The parameters of a call, in the kernel's order; a slice of [`Param`].
///
/// A parameter that comes in none of the six words that a filter sees is left out: `flags` of `sync_file_range` and
/// `advice` of `fadvise64` on 32-bit MIPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params {
    params: [Param; WORDS as usize],
    count: usize,
}

impl Deref for Params {
    type Target = [Param];

    fn deref(&self) -> &[Param] {
        &self.params[..self.count]
    }
}

impl Params {
    /// Finds a parameter by its name or alias.
    pub fn named(&self, name: &str) -> Option<&Param> {
        self.iter().find(|param| param.is_named(name))
    }

    /// Finds the parameter whose value is in this word of `seccomp_data.args` and in no other one.
    pub fn whole_in_word(&self, word: u8) -> Option<&Param> {
        self.in_word(word)
            .filter(|param| param.place == Place::Word(word))
    }

    /// Finds the parameter whose value is, or has a half, in this word of `seccomp_data.args`.
    pub fn in_word(&self, word: u8) -> Option<&Param> {
        self.iter().find(|param| match param.place {
            Place::Word(own) => own == word,
            Place::Pair { low, high } => low == word || high == word,
        })
    }
}

/// The parameters of a call as an architecture's kernel takes them, which is not always what the C library's function
/// of that name takes.
///
/// `None` for a call that the architecture does not have or whose number has nothing behind it
/// ([`is_unimplemented`]). Source: the definitions in the kernel's code and its table of entry points for each
/// architecture, with the corrections in `data/params-corrections.txt`.
///
/// ```
/// use syscallset_tables::{Arch, Kind, Place, params};
///
/// let socket = params(Arch::X86_64, "socket").unwrap();
/// assert_eq!(socket.named("domain").unwrap().name, "family");
/// assert_eq!(socket[0].kind, Kind::I32);
/// let clone = params(Arch::S390x, "clone").unwrap();
/// assert_eq!(clone.named("flags").unwrap().place, Place::Word(1));
/// ```
pub fn params(arch: Arch, call: &str) -> Option<Params> {
    let first = SIGNATURES.partition_point(|(other, ..)| *other < call);
    let (.., row) = SIGNATURES[first..]
        .iter()
        .take_while(|(other, ..)| *other == call)
        .find(|(_, abis, _)| abis & abi::of(arch) != 0)?;
    let aliases = find(ALIASES, call).map_or(&[][..], |(_, aliases)| aliases);
    let mut params = Params {
        params: [UNUSED; WORDS as usize],
        count: 0,
    };
    let mut word = 0;
    for parameter in row.split(',').filter(|parameter| !parameter.is_empty()) {
        let (kind, name) = parameter.split_once(' ')?;
        let kind = Kind::named(kind)?;
        let Some(place) = place(arch, kind, &mut word) else {
            break;
        };
        params.params[params.count] = Param {
            name,
            aliases: aliases
                .iter()
                .find(|(parameter, _)| *parameter == name)
                .map_or(&[], |(_, aliases)| aliases),
            kind,
            place,
        };
        params.count += 1;
    }
    Some(params)
}

/// Whether an architecture reserves a number for this call, but its kernel answers it with ENOSYS whatever the
/// arguments are.
pub fn is_unimplemented(arch: Arch, call: &str) -> bool {
    find(UNIMPLEMENTED, call).is_some_and(|(_, abis)| abis & abi::of(arch) != 0)
}

/// The parameters of a call on some ABIs: `kind name` for each, separated by commas.
type Signature = (&'static str, Abis, &'static str);

/// Aliases by parameter.
type CallAliases = (
    &'static str,
    &'static [(&'static str, &'static [&'static str])],
);

const UNUSED: Param = Param {
    name: "",
    aliases: &[],
    kind: Kind::Ulong,
    place: Place::Word(0),
};

/// Looks a name up in a sorted table.
fn find<T>(table: &'static [(&'static str, T)], name: &str) -> Option<&'static (&'static str, T)> {
    let index = table
        .binary_search_by(|(other, _)| (*other).cmp(name))
        .ok()?;
    table.get(index)
}

/// Takes the next words for a parameter; `None` if that is more than there are.
fn place(arch: Arch, kind: Kind, next: &mut u8) -> Option<Place> {
    if kind.bits(arch) <= register_bits(arch) {
        let word = *next;
        *next += 1;
        return (word < WORDS).then_some(Place::Word(word));
    }
    if starts_pairs_even(arch) {
        *next = next.next_multiple_of(2);
    }
    let first = *next;
    *next += 2;
    let second = first + 1;
    (second < WORDS).then_some(if arch.big_endian() {
        Place::Pair {
            low: second,
            high: first,
        }
    } else {
        Place::Pair {
            low: first,
            high: second,
        }
    })
}

/// The width of an argument register. That of x32 is the machine's, not that of its pointers.
fn register_bits(arch: Arch) -> u32 {
    match arch {
        Arch::X32 => 64,
        _ => arch.pointer_width(),
    }
}

/// Whether 64-bit values in two registers leave a register out to start in an even one (the C calling convention;
/// `__ASSUME_ALIGNED_REGISTER_PAIRS` in glibc). C-SKY's older ABI did so too, but Rust has no target for it.
fn starts_pairs_even(arch: Arch) -> bool {
    matches!(
        arch,
        Arch::Arm | Arch::Armeb | Arch::Mips | Arch::Mipsel | Arch::Powerpc
    )
}
