//! The arguments that conditions of a filter commonly test, and their values by the names of constants.

mod readings;

use syscallset_tables::{Arch, Place, constant, constant_names, params};

use readings::{ARGUMENTS, Reading};

/// An argument worth remembering.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Argument {
    /// The kernel's name for the parameter.
    pub(crate) name: &'static str,
    word: u8,
    mask: u64,
    reading: Reading,
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
        })
    });
    found.collect()
}

/// A value in words.
struct Words {
    text: String,
    /// Whether a name is among them.
    some_named: bool,
    /// Whether all of them are names.
    all_named: bool,
}

impl Argument {
    /// The bits that count of this call's argument.
    pub(crate) fn value(&self, args: &[u64; 6]) -> u64 {
        args[usize::from(self.word)] & self.mask
    }

    /// The value as a condition would have it: names where there are any.
    pub(crate) fn spell(&self, value: u64, arch: Arch) -> String {
        self.words(value, arch).text
    }

    /// The value by names, as far as there are any; `None` if there are none at all.
    fn named(&self, value: u64, arch: Arch) -> Option<String> {
        let words = self.words(value, arch);
        words.some_named.then_some(words.text)
    }

    fn words(&self, value: u64, arch: Arch) -> Words {
        let number = value & self.reading.number;
        let mut left = value & !self.reading.number;
        let mut words = Vec::new();
        let mut some_named = false;
        let mut all_named = true;
        if number != 0 || left == 0 {
            let name = self.name_of(number, arch);
            some_named |= name.is_some();
            all_named &= name.is_some();
            words.push(name.map_or_else(|| plain(number), str::to_owned));
        }
        for bit in (0..u64::BITS).map(|bit| 1 << bit) {
            if left & bit == 0 {
                continue;
            }
            if let Some(name) = self.name_of(bit, arch) {
                left &= !bit;
                some_named = true;
                words.push(name.to_owned());
            }
        }
        if left != 0 {
            words.push(format!("{left:#x}"));
            all_named = false;
        }
        Words {
            text: words.join("|"),
            some_named,
            all_named,
        }
    }

    /// Of the names of a value the shortest one, which is never an odd alias.
    fn name_of(&self, value: u64, arch: Arch) -> Option<&'static str> {
        let fits = |name: &&str| {
            !self
                .reading
                .others
                .iter()
                .any(|other| name.starts_with(other))
                && constant(arch, name) == Some(i128::from(value))
        };
        self.reading.names.iter().find_map(|prefix| {
            let names = constant_names()
                .filter(|name| name.starts_with(prefix))
                .filter(fits);
            names.min_by_key(|name| (name.len(), *name))
        })
    }
}

/// The value that an argument register is compared with for equality, by the names of constants; `None` if it has none.
pub(crate) fn value(call: &str, word: u8, value: u64, arch: Arch) -> Option<String> {
    of_word(call, word, arch)?.named(value, arch)
}

/// A mask, and the value that the bits under it are compared with for equality, by the names of flags or of what is
/// numbered by these bits; `None` if they have none.
pub(crate) fn masked(
    call: &str,
    word: u8,
    mask: u64,
    value: u64,
    arch: Arch,
) -> Option<(String, String)> {
    let argument = of_word(call, word, arch)?;
    let numbered = argument.reading.number;
    let bits = format!("{mask:#x}");
    if mask == numbered {
        return Some((bits, argument.named(value, arch)?));
    }
    if mask & numbered != 0 {
        return None;
    }
    let words = argument.words(mask, arch);
    let value = match value {
        0 => "0".to_owned(),
        value => argument.named(value, arch)?,
    };
    match words {
        Words {
            text,
            all_named: true,
            ..
        } => Some((text, value)),
        Words {
            some_named: true, ..
        } => Some((bits, value)),
        Words { .. } => None,
    }
}

fn of_word(call: &str, word: u8, arch: Arch) -> Option<Argument> {
    let mut known = arguments(arch, call).into_iter();
    known.find(|argument| argument.word == word)
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
mod tests {
    use super::{ARGUMENTS, Argument, arguments, masked, value};
    use syscallset_compiler::{parse, resolve};
    use syscallset_tables::{Arch, constant, constant_names};

    fn argument(call: &str, name: &str) -> Argument {
        arguments(Arch::X86_64, call)
            .into_iter()
            .find(|argument| argument.name == name)
            .unwrap()
    }

    #[test]
    fn every_parameter_exists() {
        for (call, name, _) in ARGUMENTS {
            let arch = if call.ends_with("64") && *call == "fcntl64" || *call == "mmap2" {
                Arch::Arm
            } else {
                Arch::X86_64
            };
            let params = syscallset_tables::params(arch, call).unwrap();
            assert!(
                params.named(name).is_some(),
                "{call}({name}), which has {:?}",
                params.iter().map(|p| p.name).collect::<Vec<_>>()
            );
        }
        assert!(ARGUMENTS.is_sorted_by_key(|(call, name, _)| (*call, *name)));
    }

    #[test]
    fn values_are_spelled_as_conditions_have_them() {
        let arch = Arch::X86_64;
        let spell = |call, name, value| argument(call, name).spell(value, arch);
        assert_eq!(spell("socket", "domain", 1), "AF_UNIX");
        assert_eq!(spell("socket", "domain", 10), "AF_INET6");
        assert_eq!(
            spell("socket", "type", 0o2_000_001),
            "SOCK_STREAM|SOCK_CLOEXEC"
        );
        assert_eq!(spell("mprotect", "prot", 0), "PROT_NONE");
        assert_eq!(spell("mprotect", "prot", 5), "PROT_READ|PROT_EXEC");
        assert_eq!(spell("prctl", "option", 1), "PR_SET_PDEATHSIG");
        assert_eq!(spell("prctl", "option", 15), "PR_SET_NAME");
        assert_eq!(spell("fcntl", "cmd", 3), "F_GETFL");
        assert_eq!(spell("ioctl", "cmd", 0x5401), "TCGETS");
        assert_eq!(spell("ioctl", "cmd", 0xdead_beef), "0xdeadbeef");
        assert_eq!(spell("setsockopt", "level", 1), "SOL_SOCKET");
        assert_eq!(spell("setsockopt", "level", 6), "IPPROTO_TCP");
        assert_eq!(spell("kill", "sig", 6), "SIGABRT");
        assert_eq!(spell("kill", "sig", 0), "0");
        assert!((1..65).all(|signal| !spell("kill", "sig", signal).contains('_')));
        assert_eq!(spell("clone", "flags", 17), "SIGCHLD");
        assert_eq!(
            spell("clone", "flags", 0x4111),
            "SIGCHLD|CLONE_VM|CLONE_VFORK"
        );
        assert_eq!(spell("clone", "flags", 0x100), "CLONE_VM");
        assert_eq!(spell("clone", "flags", 0), "0");
        assert_eq!(spell("clone", "flags", 0x80), "128");
    }

    /// The number that a filter string means by these words.
    fn read(words: &str, arch: Arch) -> u64 {
        let parsed = parse::parse_value(words).unwrap();
        let number = resolve::value(&parsed, arch).unwrap();
        u64::try_from(number).unwrap()
    }

    #[test]
    fn what_is_spelled_means_the_number() {
        for arch in [Arch::X86_64, Arch::Mips] {
            for (call, ..) in ARGUMENTS {
                for argument in arguments(arch, call) {
                    let named = constant_names()
                        .filter(|name| {
                            argument
                                .reading
                                .names
                                .iter()
                                .any(|begin| name.starts_with(begin))
                        })
                        .filter_map(|name| u64::try_from(constant(arch, name)?).ok())
                        .filter(|number| number & !argument.mask == 0);
                    let mut numbers: Vec<_> = named.collect();
                    numbers.sort_unstable();
                    numbers.dedup();
                    // Some that no name stands for, alone and beside one.
                    let others = [0, 0x80, 0x4000_0001 & argument.mask, argument.mask];
                    let beside: Vec<_> = numbers.iter().map(|number| number | 1).collect();
                    for number in numbers.iter().chain(&beside).chain(&others).copied() {
                        let words = argument.spell(number, arch);
                        assert_eq!(read(&words, arch), number, "{call} on {arch:?}: {words}");
                        let Some((mask, under)) = masked(call, argument.word, number, number, arch)
                        else {
                            continue;
                        };
                        assert_eq!(read(&mask, arch), number, "{call} on {arch:?}: {mask}");
                        assert_eq!(read(&under, arch), number, "{call} on {arch:?}: {under}");
                    }
                }
            }
        }
    }

    #[test]
    fn masks_are_spelled_where_their_bits_have_names() {
        let arch = Arch::X86_64;
        let masked = |call, word, mask, value| {
            masked(call, word, mask, value, arch).map(|(mask, value)| format!("&{mask}={value}"))
        };
        let spelled = |text: &str| Some(text.to_owned());
        assert_eq!(masked("mmap", 2, 4, 4), spelled("&PROT_EXEC=PROT_EXEC"));
        assert_eq!(masked("mmap", 2, 6, 0), spelled("&PROT_WRITE|PROT_EXEC=0"));
        assert_eq!(masked("socket", 1, 0xf, 1), spelled("&0xf=SOCK_STREAM"));
        // A mask of more than flags is a pattern of bits.
        assert_eq!(
            masked("mmap", 2, 0xffff_ffff, 1),
            spelled("&0xffffffff=PROT_READ")
        );
        // A part of a number has no name, and neither have bits that no flag has.
        assert_eq!(masked("socket", 1, 0x7, 1), None);
        assert_eq!(masked("socket", 0, 0x7, 1), None);
        assert_eq!(masked("mmap", 2, 0x100, 0), None);
        assert_eq!(masked("read", 0, 1, 1), None);
        assert_eq!(value("socket", 0, 1, arch), spelled("AF_UNIX"));
        assert_eq!(value("socket", 0, 4000, arch), None);
        assert_eq!(value("personality", 0, 0xff, arch), None);
    }

    #[test]
    fn only_bits_that_count_are_kept() {
        let flags = arguments(Arch::X86_64, "clone")[0];
        // CLONE_VM, the signal SIGCHLD, which counts as well, and rubbish in the upper half.
        assert_eq!(flags.value(&[1 << 40 | 0x111, 0, 0, 0, 0, 0]), 0x111);
        assert_eq!(
            argument("socket", "domain").value(&[0xffff_ffff_0000_0001, 0, 0, 0, 0, 0]),
            1
        );
    }

    #[test]
    fn calls_without_such_arguments_have_none() {
        assert!(arguments(Arch::X86_64, "read").is_empty());
        assert!(arguments(Arch::X86_64, "mmap2").is_empty());
    }
}
