//! What filter strings mean: read from left to right, the last item that matches a call decides.

use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::{Program, compile};
use syscallset_compiler::error::ErrorKind;
use syscallset_compiler::interpret::{Data, interpret};
use syscallset_compiler::render::render_all;

const ALLOW: Action = Action::Allow;
const KILL: Action = Action::KillProcess;

fn program(source: &str, arch: Arch) -> Program {
    compile(source, arch, KILL).unwrap_or_else(|errors| panic!("{}", render_all(source, &errors)))
}

/// The program's verdict about a call.
fn verdict_of(program: &Program, call: &str, args: [u64; 6]) -> Action {
    let arch = program.policy.arch;
    let data = Data {
        nr: arch
            .number(call)
            .unwrap_or_else(|| panic!("no {call} here")),
        arch: arch.audit_arch(),
        instruction_pointer: 0,
        args,
    };
    let outcome = interpret(&program.instructions, &data, arch.big_endian());
    Action::from_ret(outcome.expect("the kernel would take it").ret)
}

fn verdict(source: &str, call: &str) -> Action {
    verdict_of(&program(source, Arch::X86_64), call, [0; 6])
}

fn errno(name: &str) -> Action {
    Action::Errno(Arch::X86_64.errno(name).expect("an error that exists"))
}

/// R20: no item allows everything, and what every process needs is allowed by all.
#[test]
fn the_empty_filter_allows_what_every_process_needs() {
    for source in [
        "",
        " ",
        "\n\t\r\x0b\x0c ",
        "# a comment",
        "#",
        " # one\n # two",
    ] {
        for call in ["exit_group", "rt_sigreturn", "futex", "mmap", "sigaltstack"] {
            assert_eq!(verdict(source, call), ALLOW, "{source:?} {call}");
        }
        for call in [
            "read", "write", "openat", "execve", "clone", "socket", "kill",
        ] {
            assert_eq!(verdict(source, call), KILL, "{source:?} {call}");
        }
    }
}

/// R29: vDSO calls fall back to system calls.
#[test]
fn clocks_are_allowed_by_all() {
    for call in ["clock_gettime", "gettimeofday", "time"] {
        assert_eq!(verdict("", call), ALLOW, "{call}");
    }
}

#[test]
fn the_last_item_that_matches_decides() {
    for (source, expected) in [
        ("write", ALLOW),
        ("@basic-io", ALLOW),
        ("@basic-io ~write", KILL),
        ("@basic-io ~write write", ALLOW),
        ("write ~@basic-io", KILL),
        ("write ~@basic-io write", ALLOW),
        ("@basic-io ~@basic-io", KILL),
        ("@basic-io ~@basic-io @basic-io", ALLOW),
        ("@default ~@basic-io write", ALLOW),
        ("@basic-io ~write:EPERM", errno("EPERM")),
        ("@basic-io ~write:EPERM ~write", KILL),
        ("@basic-io ~write ~write:EPERM", errno("EPERM")),
        ("@basic-io ~write:EPERM ~write:EACCES", errno("EACCES")),
        ("@basic-io ~@basic-io:EPERM write", ALLOW),
        ("@basic-io ~write:EPERM ~@basic-io:EACCES", errno("EACCES")),
        ("@basic-io ~write:kill", KILL),
        ("@basic-io ~write:kill-thread", Action::KillThread),
        ("@basic-io ~write:trap", Action::Trap),
        ("@basic-io ~write:log", Action::Log),
        ("@basic-io ~write:trace", Action::Trace(0)),
        ("@basic-io ~write:notify", Action::Notify),
        ("@file-system", KILL),
    ] {
        assert_eq!(verdict(source, "write"), expected, "{source}");
    }
}

/// Sets within sets, and calls that are in several sets.
#[test]
fn sets_are_what_they_hold() {
    for (source, call, expected) in [
        ("@system-service", "write", ALLOW),
        ("@system-service", "socket", ALLOW),
        ("@system-service", "mount", KILL),
        ("@system-service ~@network-io", "socket", KILL),
        ("@system-service ~@network-io", "write", ALLOW),
        // Of both sets.
        ("@chown ~@privileged", "chown", KILL),
        ("@privileged ~@chown", "chown", KILL),
        ("@privileged ~@chown", "setuid", ALLOW),
    ] {
        assert_eq!(verdict(source, call), expected, "{source} {call}");
    }
}

/// `execve` is in `@process`, not in `@default`, and so nowhere by way of `@default`.
#[test]
fn nothing_is_executed_unless_the_filter_says_so() {
    for source in [
        "",
        "@default",
        "@basic-io @file-system @network-io @signal @io-event",
    ] {
        for call in ["execve", "execveat", "fork", "vfork", "clone", "clone3"] {
            assert_eq!(verdict(source, call), KILL, "{source:?} {call}");
        }
    }
    for source in ["execve", "@process", "@system-service", "@known"] {
        assert_eq!(verdict(source, "execve"), ALLOW, "{source}");
    }
    for source in ["@system-service ~@process", "@known ~execve ~execveat"] {
        assert_eq!(verdict(source, "execve"), KILL, "{source}");
        assert_eq!(verdict(source, "execveat"), KILL, "{source}");
    }
}

/// R26: white space is what ASCII and C call so; comments go to the end of the line.
#[test]
fn white_space_and_comments() {
    let expected = program("@basic-io ~write:EPERM @io-event", Arch::X86_64);
    for source in [
        "  @basic-io   ~write:EPERM @io-event  ",
        "@basic-io\t~write:EPERM\t@io-event",
        "@basic-io\n~write:EPERM\n@io-event\n",
        "@basic-io\r\n~write:EPERM\r\n@io-event\r\n",
        "@basic-io\x0b~write:EPERM\x0c@io-event",
        "# ~~, @nonsense\n@basic-io # read and (write\n~write:EPERM#but not\n@io-event#",
        "#\n#\n\n@basic-io ~write:EPERM @io-event # größe \u{a0}",
    ] {
        let found = program(source, Arch::X86_64);
        assert_eq!(found.instructions, expected.instructions, "{source:?}");
    }
}

/// White space may stand wherever nothing could be read in two ways.
#[test]
fn white_space_in_conditions() {
    let expected = program(
        "socket(domain=AF_UNIX,type&0xf=SOCK_STREAM|1)",
        Arch::X86_64,
    );
    for source in [
        "socket( domain = AF_UNIX , type & 0xf = SOCK_STREAM | 1 )",
        "socket(\n\tdomain = AF_UNIX, # local\n\ttype & 0xf = SOCK_STREAM|1\n)",
    ] {
        let found = program(source, Arch::X86_64);
        assert_eq!(found.instructions, expected.instructions, "{source:?}");
    }
}

/// Names that this architecture lacks are no fault, and decide nothing here.
#[test]
fn calls_of_other_architectures() {
    for (arch, elsewhere) in [
        (Arch::X86_64, "riscv_flush_icache"),
        (Arch::X86_64, "socketcall"),
        (Arch::Aarch64, "open"),
        (Arch::Riscv64, "arch_prctl"),
        (Arch::Aarch64, "s390_runtime_instr"),
    ] {
        assert_eq!(arch.number(elsewhere), None);
        let plain = program("@basic-io", arch);
        for source in [
            format!("@basic-io {elsewhere}"),
            format!("@basic-io ~{elsewhere}"),
            format!("@basic-io ~{elsewhere}:EPERM"),
        ] {
            let found = program(&source, arch);
            assert_eq!(found.instructions, plain.instructions, "{source}");
        }
    }
}

/// A call that exists nowhere is a fault everywhere, even if a set of systemd names it.
#[test]
fn calls_of_no_architecture() {
    for arch in Arch::ALL {
        for source in ["fstatat", "newfstat", "definitely_not_a_call"] {
            for source in [source.to_owned(), format!("@basic-io ~{source}:EPERM")] {
                let errors = compile(&source, *arch, KILL).expect_err("no such call");
                assert!(
                    matches!(errors[..], [ref error] if matches!(error.kind, ErrorKind::UnknownCall { .. })),
                    "{source} on {}: {errors:?}",
                    arch.name()
                );
            }
        }
    }
}

/// Every set compiles everywhere, whichever of its calls the architecture has.
#[test]
fn every_set_on_every_architecture() {
    for arch in Arch::ALL {
        for set in syscallset_tables::SETS {
            let program = program(set.name, *arch);
            set.for_each_call(&mut |call| {
                if arch.number(call).is_some() {
                    let found = verdict_of(&program, call, [0; 6]);
                    assert_eq!(found, ALLOW, "{} {call} on {}", set.name, arch.name());
                }
            });
        }
    }
}

/// The same errors are the same numbers only where the architecture says so.
#[test]
fn errors_have_the_numbers_of_the_architecture() {
    for (arch, number) in [(Arch::X86_64, 35), (Arch::Mips64, 45)] {
        let program = program("@basic-io ~write:EDEADLK", arch);
        assert_eq!(verdict_of(&program, "write", [0; 6]), Action::Errno(number));
    }
}

/// All faults of a string are reported, each at its place, in the order of their places.
#[test]
fn all_faults_in_one_go() {
    let source = "@basic-io, ~~read ~@porcess write:EPERM ~scoket:EPREM socket(domian=1) @ x@y";
    let errors = compile(source, Arch::X86_64, KILL).expect_err("faults");
    let places: Vec<&str> = errors.iter().map(|error| error.span.of(source)).collect();
    assert_eq!(
        places,
        [
            ",", "~~", "@porcess", ":EPERM", "scoket", "EPREM", "domian", "@", "x@y"
        ]
    );
}
