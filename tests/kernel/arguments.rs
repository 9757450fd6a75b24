//! The kernel's own verdicts about the arguments of calls, compared with what the conditions say in
//! numbers. No call is made, see [`sample`].

use syscallset::Instruction;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::render::render_all;
use syscallset_tables::Arch;
use syscallset_tests::sys::sample::{ALLOWED, sample};

/// What a refused call fails with here: no error has this number.
const VIOLATION: u16 = 4001;

/// Whether the kernel lets a call with these arguments pass, under a filter.
fn passes(source: &str, call: &str, arguments: &[[u64; 6]]) -> Vec<bool> {
    let arch = Arch::from_name(syscallset_tests::arch()).expect("a filter's architecture is known");
    let program = compile(source, arch, Action::Errno(VIOLATION))
        .unwrap_or_else(|errors| panic!("{}", render_all(source, &errors)));
    let program: Vec<Instruction> = program
        .instructions
        .iter()
        .map(|insn| Instruction::new(insn.code, insn.jt, insn.jf, insn.k))
        .collect();
    let number = arch.number(call).expect("a call of every architecture");
    let number = i32::try_from(number).expect("call numbers are small");
    let calls: Vec<_> = arguments.iter().map(|args| (number, *args)).collect();
    let errors = sample(&program, &calls);
    let passes = errors.iter().map(|&error| {
        let known = error == i32::from(ALLOWED) || error == i32::from(VIOLATION);
        assert!(known, "{source}: {call} fails with {error}");
        error == i32::from(ALLOWED)
    });
    passes.collect()
}

/// One register of a call, the others zero.
fn at(index: usize, value: u64) -> [u64; 6] {
    let mut arguments = [0; 6];
    arguments[index] = value;
    arguments
}

#[track_caller]
fn assert_passes(source: &str, call: &str, index: usize, cases: &[(u64, bool)]) {
    let arguments: Vec<_> = cases.iter().map(|(value, _)| at(index, *value)).collect();
    for ((value, expected), found) in cases.iter().zip(passes(source, call, &arguments)) {
        assert_eq!(found, *expected, "{source}: {value:#x}");
    }
}

/// Values around everything that 64-bit code on 32-bit words stumbles over.
const EDGES: [u64; 13] = [
    0,
    1,
    2,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x1_0000_0001,
    0x2_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_0000_0000,
    u64::MAX,
];

type Compare<T> = fn(&T, &T) -> bool;

/// The operators and what they mean.
const fn operators<T: Ord>() -> [(&'static str, Compare<T>); 6] {
    [
        ("=", T::eq),
        ("!=", T::ne),
        ("<", T::lt),
        ("<=", T::le),
        (">", T::gt),
        (">=", T::ge),
    ]
}

/// Compares all operators and values; `read` is what the kernel reads of a register, and `write` how a
/// value is written.
fn compare_all<T>(call: &str, parameter: &str, index: usize, read: fn(u64) -> T)
where
    T: Copy + std::fmt::Display + Ord,
{
    let arguments = EDGES.map(|value| at(index, value));
    let mut strings = 0;
    for (operator, holds) in operators::<T>() {
        for value in EDGES.map(read) {
            let source = format!("{call}({parameter}{operator}{value})");
            // What always or never holds is a fault of the string.
            if EDGES.iter().all(|edge| holds(&read(*edge), &value))
                || !EDGES.iter().any(|edge| holds(&read(*edge), &value))
            {
                continue;
            }
            strings += 1;
            for (edge, found) in EDGES.iter().zip(passes(&source, call, &arguments)) {
                assert_eq!(found, holds(&read(*edge), &value), "{source}: {edge:#x}");
            }
        }
    }
    assert!(strings > 30, "{strings}");
}

/// R1 and R6: `size_t` has all 64 bits, and orderings take both halves together.
#[test]
fn r01_r06_unsigned_64_bits() {
    #[allow(clippy::cast_possible_truncation, reason = "as wide as a register")]
    compare_all("pread64", "count", 2, |register| register as usize);
}

/// R5: of an `unsigned int` the kernel reads the low half.
#[test]
fn r05_unsigned_32_bits() {
    #[allow(clippy::cast_possible_truncation, reason = "as in the kernel")]
    compare_all("pread64", "fd", 0, |register| register as u32);
}

/// R7: an `int` has a sign in the low half.
#[test]
fn r07_signed_32_bits() {
    #[allow(clippy::cast_possible_truncation, reason = "as in the kernel")]
    compare_all("setpriority", "niceval", 2, |register| register as i32);
}

/// R7: and an `off_t` in all 64 bits.
#[test]
fn r07_signed_64_bits() {
    // powerpc64 has the call of 32-bit architectures, too, and `lseek` is about both.
    if cfg!(any(target_pointer_width = "32", target_arch = "powerpc64")) {
        println!(
            "skipped: 32-bit architectures pass 64 bits in two registers, which no condition compares"
        );
        return;
    }
    #[allow(clippy::cast_possible_wrap, reason = "as in the kernel")]
    compare_all("lseek", "offset", 1, |register| register as i64);
}

/// R5: the terminal's input queue stays shut, whatever is in the half that the kernel ignores.
#[test]
fn r05_ignored_bits_open_nothing() {
    // On some architectures it is an `unsigned long`.
    #[allow(clippy::useless_conversion, reason = "`c_ulong` is narrower elsewhere")]
    let tiocsti = u64::from(libc::TIOCSTI);
    let cases = [
        (tiocsti, false),
        (tiocsti | 1 << 32, false),
        (tiocsti | 0xffff_ffff << 32, false),
        (tiocsti + 1, true),
        (0, true),
    ];
    assert_passes("ioctl ~ioctl(cmd=TIOCSTI)", "ioctl", 1, &cases);
}

/// R7: libcs differ in how they extend `AT_FDCWD`.
#[test]
fn r07_at_fdcwd() {
    let cases = [
        (0xffff_ff9c, true),
        (0xffff_ffff_ffff_ff9c, true),
        (0x1234_5678_ffff_ff9c, true),
        (0x9c, false),
        (0, false),
        (3, false),
    ];
    assert_passes("openat(dfd=AT_FDCWD)", "openat", 0, &cases);
}

/// R16: bits under a mask, with both answers.
#[test]
fn r16_masks() {
    let stream = "socket(type&0xf=SOCK_STREAM)";
    let cases = [
        (1, true),
        (0x80801, true),
        (2, false),
        (0x80802, false),
        (0, false),
    ];
    assert_passes(stream, "socket", 1, &cases);
    let other = "socket(type&0xf!=SOCK_STREAM)";
    let cases = cases.map(|(value, passes)| (value, !passes));
    assert_passes(other, "socket", 1, &cases);
    let cases = [
        (0, true),
        (1, true),
        (3, true),
        (4, false),
        (7, false),
        (4 << 32, true),
    ];
    let none = "pkey_mprotect(prot&PROT_EXEC=0)";
    assert_passes(none, "pkey_mprotect", 2, &cases);
}

/// R8: all conditions of an item have to hold, and one item of several.
#[test]
fn r08_and_is_not_or() {
    let source = "socket(domain=AF_UNIX, type=SOCK_STREAM) socket(domain=AF_INET, type=SOCK_DGRAM)";
    let arguments: Vec<_> = (0..4)
        .flat_map(|domain| (0..4).map(move |kind| [domain, kind, 0, 0, 0, 0]))
        .collect();
    for (args, found) in arguments.iter().zip(passes(source, "socket", &arguments)) {
        assert_eq!(found, matches!(args[..2], [1, 1] | [2, 2]), "{args:?}");
    }
}

/// R9 and R10: the last item that matches decides, with conditions, too.
#[test]
fn r09_r10_the_last_item_that_matches_decides() {
    for (source, expected) in [
        ("socket(domain=AF_UNIX)", [false, true, false]),
        ("socket ~socket(domain=AF_UNIX)", [true, false, true]),
        (
            "socket(domain=AF_UNIX) socket(domain=AF_INET)",
            [false, true, true],
        ),
        ("socket(domain=AF_UNIX) ~socket", [false, false, false]),
        (
            "socket(domain<=AF_INET) ~socket(domain=AF_UNIX)",
            [true, false, true],
        ),
        (
            "socket ~socket(domain<=AF_INET) socket(domain=AF_UNIX)",
            [false, true, false],
        ),
        (
            "@network-io ~@network-io socket(domain=AF_UNIX)",
            [false, true, false],
        ),
    ] {
        let arguments = [0, 1, 2].map(|domain| at(0, domain));
        assert_eq!(passes(source, "socket", &arguments), expected, "{source}");
    }
}

/// R4: a condition about one call leaves nothing behind for the next one.
#[test]
fn r04_conditions_do_not_leak() {
    let source = "personality(personality=16) socket(domain=AF_UNIX) umask(mask=59) kcmp(type=1)";
    let values = [0, 1, 16, 41, 59, 135];
    for (call, index, only) in [
        ("personality", 0, 16),
        ("socket", 0, 1),
        ("umask", 0, 59),
        ("kcmp", 2, 1),
    ] {
        let arguments = values.map(|value| at(index, value));
        for (value, found) in values.iter().zip(passes(source, call, &arguments)) {
            assert_eq!(found, *value == only, "{call} {value}");
        }
    }
    for call in ["listen", "getpriority", "mount", "ptrace"] {
        let arguments = values.map(|value| [value; 6]);
        assert_eq!(passes(source, call, &arguments), [false; 6], "{call}");
    }
}
