use std::collections::{BTreeMap, BTreeSet};

use super::{ARGUMENTS, Argument, arguments, constants, of_word};
use syscallset_compiler::{parse, resolve};
use syscallset_tables::Arch;

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
    let spell = |call, name, value| argument(call, name).spell(value);
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

/// The values of an argument that have names, and their names.
fn values(argument: &Argument) -> BTreeMap<u64, Vec<&'static str>> {
    let mut values: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (_, name, value) in constants(&argument.reading, argument.arch) {
        if value & !argument.mask == 0 {
            values.entry(value).or_default().push(name);
        }
    }
    values
}

#[test]
fn what_is_spelled_means_the_number() {
    for arch in [Arch::X86_64, Arch::Mips] {
        for (call, ..) in ARGUMENTS {
            for argument in arguments(arch, call) {
                let values = values(&argument);
                let beside = values.keys().map(|number| number | 1);
                // Some that no name stands for, alone and beside one.
                let others = [0, 0x80, 0x4000_0001 & argument.mask, argument.mask];
                for number in values.keys().copied().chain(beside).chain(others) {
                    let words = argument.spell(number);
                    assert_eq!(read(&words, arch), number, "{call} on {arch:?}: {words}");
                    let Some((mask, under)) = argument.masked(number, number) else {
                        continue;
                    };
                    assert_eq!(read(&mask, arch), number, "{call} on {arch:?}: {mask}");
                    assert_eq!(read(&under, arch), number, "{call} on {arch:?}: {under}");
                }
            }
        }
    }
}

/// Names that are shown, and others for the same thing.
const SAME: &[(&str, &str)] = &[
    ("FIONREAD", "SIOCINQ"),
    ("FIONREAD", "TIOCINQ"),
    ("SIGSYS", "SIGUNUSED"),
    ("TIOCOUTQ", "SIOCOUTQ"),
];

fn is_same(shown: &str, name: &str) -> bool {
    let level = name
        .strip_prefix("SOL_")
        .zip(shown.strip_prefix("IPPROTO_"));
    name == shown
        || SAME.contains(&(shown, name))
        || name.strip_suffix("_OLD") == Some(shown)
        || level.is_some_and(|(level, protocol)| level == protocol)
}

/// A new constant that has the number of another one, of which it is no other name, belongs to `others`.
#[test]
fn no_value_goes_by_the_name_of_something_else() {
    for arch in Arch::ALL.iter().copied() {
        let calls: BTreeSet<_> = ARGUMENTS.iter().map(|(call, ..)| *call).collect();
        for argument in calls.iter().flat_map(|call| arguments(arch, call)) {
            for (value, names) in values(&argument) {
                let shown = argument.name_of(value).unwrap();
                for name in names {
                    assert!(is_same(shown, name), "{arch:?}: {name} is shown as {shown}");
                }
            }
        }
    }
}

#[test]
fn masks_are_spelled_where_their_bits_have_names() {
    let arch = Arch::X86_64;
    let masked = |call, word, mask, value| {
        of_word(call, word, arch)
            .and_then(|argument| argument.masked(mask, value))
            .map(|(mask, value)| format!("&{mask}={value}"))
    };
    let named = |call, word, value| of_word(call, word, arch)?.named(value);
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
    assert_eq!(masked("mmap", 2, 0x100, 0x100), None);
    assert_eq!(masked("read", 0, 1, 1), None);
    assert_eq!(named("socket", 0, 1), spelled("AF_UNIX"));
    assert_eq!(named("socket", 0, 4000), None);
    assert_eq!(named("socket", 1, 0xffff_ffff), None);
    assert_eq!(named("personality", 0, 0xff), None);
}

#[test]
fn only_bits_that_count_are_kept() {
    let flags = &arguments(Arch::X86_64, "clone")[0];
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
