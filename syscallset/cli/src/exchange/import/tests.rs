//! Files that may be anything end in an error or in a filter string that compiles.

use proptest::prelude::*;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_tables::{Arch, CALLS, SETS};

use super::{Circumstances, Origin, import};
use crate::exchange::write::{Options, write};

const ORIGINS: [Origin; 6] = [
    Origin::Oci,
    Origin::Systemd,
    Origin::Strace,
    Origin::Audit,
    Origin::SeccompilerJson,
    Origin::Names,
];

/// What the formats are made of, so that random files get further than their first line.
const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\n",
    " ",
    "=",
    "~",
    "(",
    ")",
    "\\\n",
    "0",
    "1",
    "18446744073709551615",
    "SystemCallFilter=",
    "SystemCallErrorNumber=",
    "SystemCallArchitectures=",
    "[Service]\n",
    "EPERM",
    ":EPERM",
    ":kill",
    "native",
    "x86-64",
    "@system-service",
    "@basic-io",
    "@known",
    "read",
    "openat",
    "socket",
    "mmap",
    "% time     seconds  usecs/call     calls    errors syscall\n",
    "  0.00    0.000000           0         1           read\n",
    "100.00    0.000476          13        35         3 total\n",
    "[pid  12] ",
    "execve(",
    ") = 0\n",
    "<... read resumed>",
    "type=SECCOMP ",
    "type=1326 ",
    "arch=c000003e ",
    "syscall=",
    "257",
    "sig=31 ",
    "\"defaultAction\":",
    "\"SCMP_ACT_ERRNO\"",
    "\"SCMP_ACT_ALLOW\"",
    "\"defaultErrnoRet\":",
    "\"syscalls\":",
    "\"names\":",
    "\"action\":",
    "\"args\":",
    "\"index\":",
    "\"value\":",
    "\"valueTwo\":",
    "\"op\":",
    "\"SCMP_CMP_MASKED_EQ\"",
    "\"SCMP_CMP_LT\"",
    "\"main\":",
    "\"mismatch_action\":",
    "\"match_action\":",
    "\"filter\":",
    "\"syscall\":",
    "\"allow\"",
    "\"kill_process\"",
    "\"dword\"",
    "\"qword\"",
    "\"type\":",
    "\"val\":",
    "{\"masked_eq\":",
    "null",
    "\u{0}",
    "\u{fffd}",
    "#",
];

/// Imports and writes; what comes out must compile.
fn run(bytes: &[u8], origin: Origin, options: Options) -> Result<String, String> {
    let circumstances = Circumstances {
        arch: Arch::X86_64,
        capabilities: Vec::new(),
        thread: None,
    };
    let profile = import(bytes, origin, &circumstances)?;
    let written = write(profile, options)?;
    let compiled = compile(&written.filter, Arch::X86_64, written.on_violation);
    assert!(compiled.is_ok(), "{:?}: {compiled:?}", written.filter);
    Ok(written.filter)
}

fn options() -> impl Strategy<Value = Options> {
    (0_usize..8, any::<bool>(), any::<bool>()).prop_map(|(allow_extra, allow_known, exact)| {
        Options {
            allow_extra,
            allow_known,
            exact,
        }
    })
}

/// Calls, and which of their arguments are no addresses.
const SCALARS: &[(&str, &[u32])] = &[
    ("clone", &[0]),
    ("fcntl", &[0, 1]),
    ("kill", &[0, 1]),
    ("lseek", &[0, 1, 2]),
    ("mmap", &[1, 2, 3, 4, 5]),
    ("mprotect", &[1, 2]),
    ("openat", &[0, 2, 3]),
    ("personality", &[0]),
    ("setsockopt", &[0, 1, 2]),
    ("socket", &[0, 1, 2]),
];

/// An action, and the error that goes with it.
fn action() -> impl Strategy<Value = (String, Option<u32>)> {
    let names = vec![
        "ALLOW",
        "ALLOW",
        "ERRNO",
        "ERRNO",
        "KILL_PROCESS",
        "KILL",
        "LOG",
        "TRAP",
    ];
    (prop::sample::select(names), 1_u32..5).prop_map(|(name, errno)| {
        (
            format!("SCMP_ACT_{name}"),
            (name == "ERRNO").then_some(errno),
        )
    })
}

/// Rules with conditions for one call.
fn conditional() -> impl Strategy<Value = Vec<serde_json::Value>> {
    let ops = vec!["EQ", "NE", "LT", "LE", "GT", "GE", "MASKED_EQ"];
    let values = vec![
        0_u64,
        1,
        5,
        6,
        0xff,
        0xffff_ffff,
        1 << 31,
        1 << 32,
        1 << 63,
        u64::MAX,
    ];
    let value = move || prop::sample::select(values.clone());
    let test = (
        any::<prop::sample::Index>(),
        prop::sample::select(ops),
        value(),
        value(),
    );
    let rule = (prop::collection::vec(test, 1..3), action());
    (prop::sample::select(SCALARS), prop::collection::vec(rule, 1..4)).prop_map(|((call, indices), rules)| {
        let rules = rules.into_iter().map(|(tests, (action, errno))| {
            let args: Vec<_> = tests
                .into_iter()
                .map(|(index, op, value, two)| {
                    let index = indices[index.index(indices.len())];
                    let op = format!("SCMP_CMP_{op}");
                    serde_json::json!({ "index": index, "op": op, "value": value, "valueTwo": two })
                })
                .collect();
            serde_json::json!({ "names": [call], "action": action, "errnoRet": errno, "args": args })
        });
        rules.collect()
    })
}

fn oci() -> impl Strategy<Value = String> {
    let names = prop::collection::vec(prop::sample::select(CALLS), 1..40);
    let constant = (names, action()).prop_map(|(names, (action, errno))| {
        serde_json::json!({ "names": names, "action": action, "errnoRet": errno })
    });
    let constants = prop::collection::vec(constant, 0..8);
    let conditionals = prop::collection::vec(conditional(), 0..3);
    (action(), conditionals, constants).prop_map(|((default, errno), conditionals, constants)| {
        let essential = serde_json::json!({
            "names": ["exit", "exit_group", "rt_sigaction", "rt_sigreturn"],
            "action": "SCMP_ACT_ALLOW",
        });
        let rules: Vec<_> = std::iter::once(essential)
            .chain(conditionals.into_iter().flatten())
            .chain(constants)
            .collect();
        serde_json::json!({
            "defaultAction": default,
            "defaultErrnoRet": errno,
            "syscalls": rules,
        })
        .to_string()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400), options in options()) {
        for origin in ORIGINS {
            let _ = run(&bytes, origin, options);
        }
    }

    #[test]
    fn random_words_are_survived(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..120),
        options in options(),
    ) {
        for origin in ORIGINS {
            let _ = run(words.concat().as_bytes(), origin, options);
        }
    }

    #[test]
    fn truncated_profiles_are_refused(profile in oci(), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(profile.len() - 1);
        prop_assert!(run(&profile.as_bytes()[..cut], Origin::Oci, Options::default()).is_err());
    }
}

proptest! {
    // Each takes a search.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn random_profiles_mean_the_same_or_are_refused(profile in oci(), options in options()) {
        // What differs from the profile is an error of `write` itself, which holds the string against it.
        let options = Options { allow_known: true, ..options };
        if let Err(fault) = run(profile.as_bytes(), Origin::Oci, options) {
            let known = ["has too many", "has an ordering of masked bits", "would repeat for ever"];
            prop_assert!(known.iter().any(|known| fault.contains(known)), "{fault}\n{profile}");
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    for bracket in ["[", "{\"a\":"] {
        let deep = bracket.repeat(200_000);
        for origin in [Origin::Oci, Origin::SeccompilerJson] {
            assert!(run(deep.as_bytes(), origin, Options::default()).is_err());
        }
    }
}

#[test]
fn names_of_every_set_come_back_as_few_items() {
    for set in SETS {
        let mut names = Vec::new();
        set.for_each_call(&mut |call| names.push(call));
        let names = names.join("\n");
        let filter = run(names.as_bytes(), Origin::Names, Options::default()).unwrap();
        assert!(filter.split(' ').count() <= 2, "{}: {filter}", set.name);
    }
}

#[test]
fn r34_what_a_filter_allows_comes_back_as_the_same() {
    for filter in [
        "@basic-io",
        "@system-service ~@privileged ~@resources",
        "@system-service ~@network-io socket",
        "@known ~@mount ~@reboot ~@swap",
        "@default ~mseal ~seccomp read",
    ] {
        let kill = Action::KillProcess;
        let policy = compile(filter, Arch::X86_64, kill).unwrap().policy;
        let allowed = |policy: &syscallset_compiler::policy::Policy| {
            let calls = Arch::X86_64.calls().iter().map(|call| call.name);
            calls.filter(|call| policy.allows(call)).collect::<Vec<_>>()
        };
        let names = allowed(&policy).join(" ");
        let options = Options {
            exact: true,
            ..Options::default()
        };
        let found = run(names.as_bytes(), Origin::Names, options).unwrap();
        assert!(
            found.split(' ').count() <= filter.split(' ').count(),
            "{filter}: {found}"
        );
        let again = compile(&found, Arch::X86_64, kill).unwrap().policy;
        assert_eq!(allowed(&again), allowed(&policy), "{filter}: {found}");
    }
}
