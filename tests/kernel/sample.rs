//! The kernel's own verdicts about every call number, for every set: compared with set arithmetic
//! over the tables. No call is made, see [`sample`].

#[path = "../oracle/arithmetic.rs"]
mod arithmetic;
#[path = "../oracle/numbers.rs"]
mod numbers;
#[path = "../oracle/strings.rs"]
mod strings;

use arithmetic::{Verdict, verdicts};
use proptest::prelude::*;
use syscallset::Instruction;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_tables::Arch;
use syscallset_tests::sys::sample::{ALLOWED, NOT_SAMPLED, sample};

/// What a refused call fails with here: no error has this number.
const VIOLATION: u16 = 4001;

/// The numbers that can be asked for.
fn sampled(arch: Arch) -> Vec<u32> {
    let mut numbers = numbers::numbers(arch);
    numbers.retain(|&number| {
        // uretprobe and uprobe: newer kernels make these two on behalf of a program that is being
        // probed, and exempt them from seccomp filters.
        let exempt = matches!(arch.name_of(number), Some("uretprobe" | "uprobe"));
        // s390x takes the low half of a number for the whole.
        let whole = arch != Arch::S390x || number <= 0xffff;
        let made = NOT_SAMPLED
            .iter()
            .any(|&made| u32::try_from(made) == Ok(number));
        // By which of their calls these two are asked for, decides (`multiplexers`).
        let multiplexer = matches!(arch.name_of(number), Some("socketcall" | "ipc"));
        !exempt && whole && !made && !multiplexer
    });
    numbers
}

/// Compares the kernel's verdicts with those of set arithmetic. `false` if the string cannot be
/// loaded in a thread here, which then could not end.
fn compare(source: &str) -> bool {
    let arch = Arch::from_name(syscallset_tests::arch()).expect("a filter's architecture is known");
    let Ok(program) = compile(source, arch, Action::Errno(VIOLATION)) else {
        // What is refused, and that nothing else is, is the oracle's matter.
        return false;
    };
    let program: Vec<Instruction> = program
        .instructions
        .iter()
        .map(|insn| Instruction::new(insn.code, insn.jt, insn.jf, insn.k))
        .collect();
    let expected = verdicts(source, arch);
    let numbers = sampled(arch);
    let calls: Vec<(i32, [u64; 6])> = numbers
        .iter()
        .map(|number| (i32::from_ne_bytes(number.to_ne_bytes()), [0; 6]))
        .collect();
    // What a thread needs to end must be allowed by both filters.
    let needed = NOT_SAMPLED
        .iter()
        .filter_map(|number| u32::try_from(*number).ok());
    for number in needed.filter(|number| arch.name_of(*number) != Some("prctl")) {
        if expected.get(&number) != Some(&Verdict::Allowed) {
            return false;
        }
    }
    for (number, error) in numbers.iter().zip(sample(&program, &calls)) {
        let verdict = expected.get(number).copied().unwrap_or(Verdict::Unknown);
        let expected = match verdict {
            Verdict::Allowed => i32::from(ALLOWED),
            Verdict::Violation => i32::from(VIOLATION),
            Verdict::Errno(errno) => i32::from(errno),
            Verdict::Unknown => libc::ENOSYS,
        };
        assert_eq!(error, expected, "\"{source}\", call {number:#x}");
    }
    true
}

#[test]
fn every_set_and_what_people_write() {
    let strings = strings::strings();
    let compared = strings.iter().filter(|string| compare(string)).count();
    // The rest takes away what every thread needs.
    assert!(compared > 90, "{compared} of {}", strings.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_combination(string in strings::any_string()) {
        compare(&string);
    }
}
