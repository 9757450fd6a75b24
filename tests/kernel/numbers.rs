//! Call numbers that are none, and other architectures' calls.

use std::fmt::Write as _;

use syscallset_tests::both::both;

/// Numbers that no call has, so that a libc falls back: far beyond all calls, x32's own and x32's
/// variants of x86-64's (R11), and -1, by which a tracer skips a call (R13).
#[test]
fn r11_r13_numbers_of_no_call_fail_with_enosys() {
    let numbers = (512_i64..=547).chain([
        600,
        1023,
        100_000,
        0x4000_0000,
        0x4000_0001,
        0x4000_0000 + 59,
        0x4000_0000 + 520,
        0x7fff_ffff,
        0x8000_0000,
        -1,
        -2,
    ]);
    // A register may be too narrow for a number; and s390x takes the low half for the whole.
    let numbers = numbers.filter(|number| {
        libc::c_long::try_from(*number).is_ok()
            && (cfg!(not(target_arch = "s390x")) || (0..=0xffff).contains(number))
    });
    for filter in ["little", "everything"] {
        for mut program in both("numbers") {
            program = program.arg(filter);
            let mut expected = String::new();
            for number in numbers.clone() {
                program = program.arg(number.to_string());
                let _ = writeln!(expected, "{number}: error {}", libc::ENOSYS);
            }
            let ended = program.run().exits(0);
            // Everything else than printing is refused by the little filter.
            ended.prints(&expected).complains_of_nothing();
        }
    }
}

/// A call that the tables have is a violation, not `ENOSYS`.
#[test]
fn calls_of_the_tables_are_violations() {
    for program in both("numbers") {
        let ended = program.arg("little").arg(libc::SYS_mount.to_string());
        ended.run().dies_of_sigsys().prints("");
    }
}

/// R12: the numbers mean other calls there, so nothing is allowed, even if every call is here.
#[test]
fn r12_the_32_bit_interface_is_deadly() {
    if cfg!(not(all(
        target_arch = "x86_64",
        target_pointer_width = "64"
    ))) {
        println!("skipped: `int 0x80` is an instruction of x86-64");
        return;
    }
    // i386's getpid and open; 5 and 20 are fstat and writev on x86-64.
    for number in ["20", "24", "5"] {
        for (unrestricted, restricted) in both("foreign_abi").into_iter().zip(both("foreign_abi")) {
            let ended = unrestricted.arg(number).run();
            if !ended.status.success() {
                println!("skipped: this kernel has no 32-bit interface");
                continue;
            }
            let ended = restricted.arg(number).arg("filtered").run();
            ended.dies_of_sigsys().prints("hello\n");
        }
    }
}
