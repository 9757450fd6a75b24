//! A string is the same program at compile time and at run time.
#![cfg(target_os = "linux")]

use syscallset::{Action, Filter, FilterBuilder, Instruction, filter};

/// Compiles each string with the macro and with the function.
macro_rules! both {
    ($($string:literal)*) => {
        &[$(($string, filter!($string, on_violation = "kill", note = false))),*]
    };
}

/// Every string of the workspace that compiles; the build script gathers them.
static STRINGS: &[(&str, Filter)] = include!(concat!(env!("OUT_DIR"), "/strings.rs"));

#[track_caller]
fn assert_same(by_macro: &Filter, by_function: &Filter) {
    assert_eq!(by_macro.source(), by_function.source());
    assert_eq!(by_macro.arch(), by_function.arch());
    assert_eq!(
        by_macro.instructions(),
        by_function.instructions(),
        "{by_macro}"
    );
    assert!(!by_macro.instructions().is_empty());
}

#[test]
fn every_string_compiles_alike() {
    for (string, by_macro) in STRINGS {
        let builder = FilterBuilder::new().filter(string);
        let by_function = builder.on_violation(Action::KillProcess).build();
        let by_function = by_function.unwrap_or_else(|error| panic!("{error}"));
        assert_same(by_macro, &by_function);
    }
    println!("{} strings", STRINGS.len());
    // Some that were written in a fixture, an example, a text and a file: they have been found.
    for string in [
        "@system-service ~umask:EXFULL",
        "@basic-io @file-system @rust-threads",
        "@basic-io ~@io-event",
        include_str!("../../syscallset/examples/policy.filter"),
    ] {
        assert!(
            STRINGS.iter().any(|(found, _)| *found == string),
            "{string}"
        );
    }
}

/// Without options, programs that report carry a number by which the report finds its filter. It is made
/// of the place of the filter, so that it is another one on another line.
#[test]
fn defaults_compile_alike() {
    macro_rules! both {
        ($($string:literal),* $(,)?) => { [$((filter!($string), Filter::compile($string))),*] };
    }
    let filters = both![
        "",
        "@basic-io",
        "@default",
        "@basic-io ~@io-event",
        "@basic-io @file-system @io-event",
        "@basic-io @network-io",
        "@system-service",
        "@system-service ~@process ~@setuid",
        "@system-service ~@process:EPERM ~@network-io:EACCES",
        "@system-service ~@privileged chown ~chown:EACCES",
        "@known ~@clock ~@module ~@mount ~@reboot ~@swap ~@raw-io ~@debug",
        "@basic-io ~umask:EXFULL # with a comment",
        "@basic-io\n\t~openat:EPERM\r\n socket",
        "@basic-io ~mount:kill ~mount:kill-thread ~swapon:log ~swapoff:trace ~acct:notify",
        "@basic-io ~uname:trap",
        "@network-io ~socket socket(domain=AF_UNIX) socket(domain=AF_INET, type&0xf=SOCK_STREAM)",
        "@process ~clone(flags&CLONE_NEWUSER=CLONE_NEWUSER):EPERM ~clone3:ENOSYS",
        "@basic-io ioctl(request=TIOCGWINSZ) ~prctl prctl(option<=PR_GET_NAME)",
        "@file-system ~openat openat(flags&O_ACCMODE=O_RDONLY, dfd=AT_FDCWD) ~open ~creat ~openat2",
        "@default ~mmap mmap(prot&PROT_EXEC=0)",
        "futex fstat socket lchown32 osf_mount",
    ];
    for (by_macro, by_function) in filters {
        let by_function = by_function.expect("the macro has compiled it");
        assert_eq!(by_macro.source(), by_function.source());
        assert_eq!(without_data(&by_macro), without_data(&by_function));
        let traps = by_macro.source().contains(":trap");
        if traps || !cfg!(debug_assertions) {
            assert_same(&by_macro, &by_function);
        }
    }
}

/// The program, its traps without the number that they carry.
fn without_data(filter: &Filter) -> Vec<Instruction> {
    let program = filter.instructions().iter();
    let program = program.map(|insn| match (insn.code, insn.k & 0xffff_0000) {
        (0x06, trap @ 0x0003_0000) => Instruction { k: trap, ..*insn },
        _ => *insn,
    });
    program.collect()
}

/// With every word that `on_violation` takes, and with logging.
#[test]
fn options_compile_alike() {
    macro_rules! with {
        ($($word:literal = $action:expr),* $(,)?) => {
            [$((
                filter!("@basic-io ~umask:EXFULL ioctl(request=1)", on_violation = $word, log = true),
                $action,
            )),*]
        };
    }
    let filters = with! {
        "kill" = Action::KillProcess,
        "kill-thread" = Action::KillThread,
        "trap" = Action::Trap,
        "log" = Action::Log,
        "trace" = Action::Trace(0),
        "notify" = Action::Notify,
        "EPERM" = Action::Errno(1),
    };
    for (by_macro, action) in filters {
        let by_function = FilterBuilder::new()
            .filter(by_macro.source())
            .on_violation(action)
            .log(true)
            .build()
            .expect("the macro has compiled it");
        assert_same(&by_macro, &by_function);
        assert_eq!(by_macro.evaluate(libc::SYS_reboot, [0; 6]), action);
    }
}
