//! What a report or an error tells the reader to write can be written.

mod faults;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use faults::{assert_right, faults};
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::parse_for;
use syscallset_compiler::error::{Error, ErrorKind};
use syscallset_compiler::lowered::Decision;
use syscallset_compiler::policy::Policy;
use syscallset_compiler::report::{Advice, Remedy, deciding, refused_calls};
use syscallset_compiler::resolve::resolve;
use syscallset_tables::Arch;

fn policy(filter: &str, arch: Arch) -> Result<Policy, Vec<Error>> {
    resolve(&parse_for(filter, arch)?, arch, Action::Trap)
}

/// Of these items the ones that mean something on the architecture: pointers cannot be tested, to begin with.
fn that_compile(items: Vec<String>, arch: Arch) -> Vec<String> {
    let filter = items.join(" ");
    let Err(errors) = policy(&filter, arch) else {
        return items;
    };
    let faulty: BTreeSet<usize> = errors
        .iter()
        .map(|error| filter[..error.span.start].matches(' ').count())
        .collect();
    let kept = items.into_iter().enumerate();
    let kept: Vec<_> = kept
        .filter(|(place, _)| !faulty.contains(place))
        .map(|(_, item)| item)
        .collect();
    policy(&kept.join(" "), arch).expect("the faults were in these items");
    kept
}

/// The item that a line of the table leads to: `pread64(4=0,5=0)`.
fn advised(line: &str) -> Option<String> {
    let fields: Vec<_> = line.split(' ').collect();
    let [_, call, _, parameters] = fields[..] else {
        panic!("`{line}` has four fields");
    };
    let mut item = format!("{call}(");
    for parameter in parameters.split(',').filter(|parameter| *parameter != "-") {
        let name = parameter.split(':').nth(2)?;
        write!(
            item,
            "{}{name}=0",
            if item.ends_with('(') { "" } else { "," }
        )
        .unwrap();
    }
    (!item.ends_with('(')).then(|| item + ")")
}

#[test]
fn arguments_are_named_as_conditions_may_name_them() {
    for arch in Arch::ALL {
        for word in 0..6 {
            let calls = arch.calls().iter();
            let items = calls
                .map(|call| format!("{}({word}=0)", call.name))
                .collect();
            let items = that_compile(items, *arch);
            assert!(items.len() > 5, "{} {word}", arch.name());
            let filter = items.join(" ");
            let parsed = parse_for(&filter, *arch).unwrap();
            let table = refused_calls(&parsed, &policy(&filter, *arch).unwrap());
            let advice: Vec<_> = table.lines().filter_map(advised).collect();
            assert!(advice.len() > 5, "{} {word}", arch.name());
            if let Err(errors) = policy(&advice.join(" "), *arch) {
                let filter = advice.join(" ");
                let said: Vec<_> = errors
                    .iter()
                    .map(|error| error.headline(&filter).to_string())
                    .collect();
                panic!("{}: {}", arch.name(), said.join("; "));
            }
        }
    }
}

/// Strings that refuse calls in all ways: by naming nothing, a set, a call, some of a call, all but some of one.
const REFUSING: [&str; 13] = [
    "",
    "@basic-io @file-system",
    "@system-service ~@network-io ~@resources",
    "@system-service ~accept4 ~ioctl ~clone3:ENOSYS",
    "@system-service ~socket(domain=AF_INET) ~kill(pid=-1) ~ioctl(cmd=TIOCSTI) ~ioctl(cmd=TIOCLINUX)",
    "@basic-io socket(domain=AF_UNIX) socket(domain=AF_INET,type&0xf=SOCK_STREAM) ioctl(cmd=TCGETS)",
    "@basic-io ~write write(fd=1) write(fd=2)",
    "@system-service ~@process @rust-threads ~clone clone(clone_flags&CLONE_THREAD!=0) ~clone3:ENOSYS",
    "@system-service ~mprotect(prot&PROT_EXEC!=0) ~mmap(prot&PROT_EXEC!=0) ~pkey_mprotect",
    "@system-service ~@process kill(sig=SIGTERM)",
    "@system-service ~@network-io socket(domain=AF_UNIX) ~socket(type&0xf=SOCK_RAW)",
    "@system-service ~kill(pid=-1) ~kill(sig=9):EPERM ~kill(sig=SIGSEGV) ~personality ~personality(0=7):EPERM",
    "@system-service ~kill kill(sig=0) ~kill(pid=1) ~socket ~socket(type&0xf=SOCK_RAW):EPERM",
];

/// The string with what the report says about a call with these arguments, in each of the ways that it offers.
fn with_advice(
    filter: &str,
    call: &str,
    remedy: Remedy,
    args: &[u64; 6],
    decision: &Decision,
) -> Vec<String> {
    let joined = |items: Vec<&str>| items.join(" ").trim().to_owned();
    let items: Vec<_> = filter.split(' ').collect();
    let tests = deciding(call, decision).into_iter();
    let tests: Vec<_> = tests
        .map(|word| format!("{word}={}", args[usize::from(word)]))
        .collect();
    let these = format!("{filter} {call}({})", tests.join(","));
    match remedy {
        Remedy::Set(set) => vec![format!("{filter} {}", set.name), format!("{filter} {call}")],
        Remedy::Call => vec![format!("{filter} {call}")],
        Remedy::OtherConditions => vec![these],
        Remedy::Conditions => {
            let conditional = format!("{call}(");
            let others = items
                .iter()
                .copied()
                .filter(|item| !item.starts_with(&conditional));
            vec![these, joined(others.chain([call]).collect())]
        }
        Remedy::Item(index) if items[index].starts_with("~@") => vec![format!("{filter} {call}")],
        Remedy::Item(index) => {
            let mut mended = items.clone();
            if items[index].ends_with(')') {
                mended.remove(index);
            } else {
                mended[index] = call;
            }
            vec![joined(mended)]
        }
        Remedy::Several => Vec::new(),
    }
}

/// Arguments at and beside the values of the conditions that a decision refuses a call for.
fn refused_arguments(decision: &Decision) -> Vec<[u64; 6]> {
    let mut found = vec![[0; 6]];
    for rule in &decision.rules {
        for beside in [0, 1, 3] {
            let mut args = [0; 6];
            for condition in &rule.conditions {
                let word: &mut u64 = &mut args[usize::from(condition.arg)];
                *word = *word & !condition.mask
                    | condition.value.wrapping_add(beside) & condition.mask & 0xffff_ffff;
            }
            found.push(args);
        }
    }
    found.retain(|args| decision.evaluate(args) == Action::Trap);
    found
}

#[test]
fn what_a_report_says_about_a_call_makes_room_for_it() {
    let mut seen = [0; 6];
    for arch in [Arch::X86_64, Arch::X86, Arch::S390x, Arch::Aarch64] {
        for filter in REFUSING {
            let before = match policy(filter, arch) {
                Ok(before) => before,
                // Some architectures pass the parameters of `mmap` in memory.
                Err(_) if arch != Arch::X86_64 && filter.contains("~mmap(") => continue,
                Err(errors) => panic!("{filter}: {errors:?}"),
            };
            let parsed = parse_for(filter, arch).unwrap();
            let advice = Advice::new(&parsed, &before);
            for call in arch.calls().iter().map(|call| call.name) {
                let decision = before.decision(call);
                for args in refused_arguments(&decision) {
                    let remedy = advice.remedy(call);
                    seen[match remedy {
                        Remedy::Set(_) => 0,
                        Remedy::Call => 1,
                        Remedy::Conditions => 2,
                        Remedy::OtherConditions => 3,
                        Remedy::Item(_) => 4,
                        Remedy::Several => 5,
                    }] += 1;
                    for mended in with_advice(filter, call, remedy, &args, &decision) {
                        let after = policy(&mended, arch)
                            .unwrap_or_else(|errors| panic!("{call}: {mended}: {errors:?}"));
                        assert!(
                            after.decision(call).evaluate(&args).passes(),
                            "{call} {args:?}: {mended}"
                        );
                    }
                }
            }
        }
    }
    assert!(seen.iter().all(|count| *count > 3), "{seen:?}");
}

#[test]
fn what_was_probably_meant_takes_the_place_of_what_was_written() {
    for (written, meant) in [
        ("!ptrace", "@system-service ~ptrace"),
        ("^ptrce read", "@system-service ~ptrace read"),
        ("-@clock read", "@system-service ~@clock read"),
        ("@basic-io !mmap", "@basic-io ~mmap"),
        ("@basic-io ~!mmap", "@basic-io ~mmap"),
        ("@basic-io ~-@file-system", "@basic-io ~@file-system"),
        ("@basic-io ~mmpa openta", "@basic-io ~mmap openat"),
        ("@basic-oi", "@basic-io"),
    ] {
        let mut text = written.to_owned();
        for error in faults(written).iter().rev() {
            let (ErrorKind::UnknownCall { suggestion } | ErrorKind::UnknownSet { suggestion }) =
                &error.kind
            else {
                panic!("{written}: {error:?}");
            };
            let suggestion = suggestion.as_deref().expect("a name is near");
            text.replace_range(error.span.start..error.span.end, suggestion);
        }
        assert_eq!(text, meant, "{written}");
        assert_right(&text);
    }
}

#[test]
fn a_value_alone_gets_the_parameter_that_takes_it() {
    for (written, meant) in [
        ("socket(AF_UNIX)", "socket(domain=AF_UNIX)"),
        ("socket(type=1, AF_UNIX)", "socket(type=1, domain=AF_UNIX)"),
        ("socket( 0x1 )", "socket( domain=0x1 )"),
        ("read(3)", "read(fd=3)"),
        (
            "openat(O_WRONLY | O_CREAT)",
            "openat(flags=O_WRONLY | O_CREAT)",
        ),
        (
            "@system-service ~kill(SIGKILL):EPERM",
            "@system-service ~kill(sig=SIGKILL):EPERM",
        ),
        (
            "@system-service ~ioctl(TIOCSTI):EPERM",
            "@system-service ~ioctl(cmd=TIOCSTI):EPERM",
        ),
    ] {
        let found = faults(written);
        let [error] = &found[..] else {
            panic!("{written}: {found:?}");
        };
        let ErrorKind::UnnamedParameter { instead, .. } = &error.kind else {
            panic!("{written}: {error:?}");
        };
        let mut text = written.to_owned();
        text.replace_range(error.span.start..error.span.end, instead);
        assert_eq!(text, meant);
        assert_right(&text);
    }
}
