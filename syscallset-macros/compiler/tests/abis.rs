//! Calls that an architecture makes by way of others: variants of 32-bit architectures, and the
//! multiplexers `socketcall` and `ipc`.

use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::interpret::{Data, interpret};
use syscallset_compiler::variants::variants;

/// The verdict of the compiled program about a call by name.
fn verdict(filter: &str, arch: Arch, call: &str, args: [u64; 6]) -> Action {
    let program = compile(filter, arch, Action::KillProcess)
        .unwrap_or_else(|errors| panic!("{filter} on {}: {errors:?}", arch.name()));
    let nr = arch
        .number(call)
        .unwrap_or_else(|| panic!("{} has no {call}", arch.name()));
    let data = Data {
        nr,
        arch: arch.audit_arch(),
        instruction_pointer: 0,
        args,
    };
    let outcome = interpret(&program.instructions, &data, arch.big_endian())
        .unwrap_or_else(|fault| panic!("{filter} on {}: {fault:?}", arch.name()));
    Action::from_ret(outcome.ret)
}

/// The architectures with `socketcall`, and the number of `socket` there.
fn multiplexed() -> impl Iterator<Item = Arch> {
    Arch::ALL
        .iter()
        .copied()
        .filter(|arch| arch.number("socketcall").is_some())
}

const SOCKET: [u64; 6] = [1, 0, 0, 0, 0, 0];
const BIND: [u64; 6] = [2, 0, 0, 0, 0, 0];

#[test]
fn old_architectures_have_socketcall() {
    let names: Vec<_> = multiplexed().map(Arch::name).collect();
    for name in ["x86", "s390x", "powerpc64le", "mips"] {
        assert!(names.contains(&name), "{names:?}");
    }
}

#[test]
fn socketcall_is_no_way_around_a_refused_socket() {
    for arch in multiplexed() {
        let filter = "@network-io ~socket";
        assert_eq!(
            verdict(filter, arch, "socketcall", SOCKET),
            Action::KillProcess
        );
        assert_eq!(verdict(filter, arch, "socketcall", BIND), Action::Allow);
        let errno = "@network-io ~bind:EPERM";
        assert_eq!(verdict(errno, arch, "socketcall", BIND), Action::Errno(1));
        assert_eq!(verdict(errno, arch, "socketcall", SOCKET), Action::Allow);
    }
}

#[test]
fn an_allowed_socket_is_allowed_through_socketcall() {
    for arch in multiplexed() {
        assert_eq!(verdict("socket", arch, "socketcall", SOCKET), Action::Allow);
        assert_eq!(
            verdict("socket", arch, "socketcall", BIND),
            Action::KillProcess
        );
        // Garbage above the 32 bits that the kernel reads, and a call number that does not exist.
        let garbage = [(1 << 32) + 2, 0, 0, 0, 0, 0];
        assert_eq!(
            verdict("socket", arch, "socketcall", garbage),
            Action::KillProcess
        );
        let none = [21, 0, 0, 0, 0, 0];
        assert_eq!(
            verdict("socket", arch, "socketcall", none),
            Action::KillProcess
        );
    }
}

#[test]
fn what_socketcall_cannot_show_is_refused_there() {
    for arch in multiplexed() {
        let filter = "@network-io ~socket socket(domain=1)";
        assert_eq!(
            verdict(filter, arch, "socketcall", SOCKET),
            Action::KillProcess
        );
        if arch.number("socket").is_some() {
            assert_eq!(verdict(filter, arch, "socket", SOCKET), Action::Allow);
        }
    }
}

#[test]
fn a_multiplexer_named_by_the_filter_is_decided_as_written() {
    for arch in multiplexed() {
        assert_eq!(
            verdict("socketcall", arch, "socketcall", SOCKET),
            Action::Allow
        );
        let filter = "@network-io ~socketcall";
        assert_eq!(
            verdict(filter, arch, "socketcall", BIND),
            Action::KillProcess
        );
    }
}

#[test]
fn ipc_is_decided_by_the_lower_half_of_its_argument() {
    for arch in Arch::ALL
        .iter()
        .copied()
        .filter(|arch| arch.number("ipc").is_some())
    {
        let shmat = |version: u64| [(version << 16) + 21, 0, 0, 0, 0, 0];
        assert_eq!(
            verdict("@ipc ~shmat", arch, "ipc", shmat(0)),
            Action::KillProcess
        );
        assert_eq!(
            verdict("@ipc ~shmat", arch, "ipc", shmat(1)),
            Action::KillProcess
        );
        assert_eq!(
            verdict("@ipc ~shmat", arch, "ipc", [22, 0, 0, 0, 0, 0]),
            Action::Allow
        );
        assert_eq!(verdict("@ipc", arch, "ipc", shmat(1)), Action::Allow);
    }
}

#[test]
fn an_item_is_about_the_variants_of_its_call() {
    let arm = |filter, call, args| verdict(filter, Arch::Arm, call, args);
    let none = [0; 6];
    assert_eq!(
        arm("@default ~futex:EPERM", "futex_time64", none),
        Action::Errno(1)
    );
    assert_eq!(arm("fstat", "fstat64", none), Action::Allow);
    assert_eq!(
        arm("@file-system ~fstat", "fstat64", none),
        Action::KillProcess
    );
    // The newer name alone is about itself alone.
    assert_eq!(
        arm("@file-system ~fstat64", "fstat64", none),
        Action::KillProcess
    );
    let filter = "@default ~mmap mmap(prot&4=0)";
    assert_eq!(arm(filter, "mmap2", [0, 0, 3, 0, 0, 0]), Action::Allow);
    assert_eq!(
        arm(filter, "mmap2", [0, 0, 7, 0, 0, 0]),
        Action::KillProcess
    );
}

/// The first `mmap` of x86 takes its parameters in memory, where a filter cannot see them.
#[test]
fn what_a_call_takes_in_memory_is_refused_as_a_whole() {
    for arch in [Arch::X86, Arch::M68k] {
        let filter = "@default ~mmap(prot&PROT_EXEC=PROT_EXEC):EPERM";
        let exec = [0, 0, 7, 0, 0, 0];
        let data = [0, 0, 3, 0, 0, 0];
        assert_eq!(verdict(filter, arch, "mmap", data), Action::Errno(1));
        assert_eq!(verdict(filter, arch, "mmap2", exec), Action::Errno(1));
        assert_eq!(verdict(filter, arch, "mmap2", data), Action::Allow);
        let filter = "@default ~mmap mmap(prot&PROT_EXEC=0)";
        assert_eq!(verdict(filter, arch, "mmap", data), Action::KillProcess);
        assert_eq!(verdict(filter, arch, "mmap2", data), Action::Allow);
        assert_eq!(verdict(filter, arch, "mmap2", exec), Action::KillProcess);
    }
}

#[test]
fn variants_exist_and_have_a_first_call() {
    let mut count = 0;
    for call in syscallset_tables::CALLS {
        for variant in variants(call) {
            count += 1;
            assert!(
                Arch::ALL.iter().any(|arch| arch.number(variant).is_some()),
                "{call}: no architecture has {variant}"
            );
        }
    }
    // Every call of the table is known, and the table is sorted: each was found above.
    assert_eq!(count, 57);
}

/// Systemd's sets hold a call and its variants together: an item that names a set needs no more.
#[test]
fn sets_hold_all_variants() {
    for set in syscallset_tables::SETS
        .iter()
        .filter(|set| set.name != "@known")
    {
        for call in syscallset_tables::CALLS
            .iter()
            .filter(|call| set.contains(call))
        {
            for variant in variants(call) {
                assert!(
                    set.contains(variant),
                    "{} has {call}, but not {variant}",
                    set.name
                );
            }
        }
    }
}
