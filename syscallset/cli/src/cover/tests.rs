//! Whether strings mean what was asked for, over the tables themselves.

mod small;

use std::collections::BTreeSet;

use syscallset_compiler::action::Action;
use syscallset_compiler::parse::parse;
use syscallset_compiler::resolve::resolve;
use syscallset_tables::{Arch, SETS, set};

use super::{Cover, Implicit, Options, Scope, cover, generalise};

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

const fn options(implicit: Implicit) -> Options {
    Options {
        scope: Scope::Arch(Arch::X86_64),
        implicit,
        allow_extra: 0,
    }
}

/// What the compiler says that a string allows on an architecture.
fn allowed(string: &str, arch: Arch) -> BTreeSet<&'static str> {
    let filter = parse(string).unwrap_or_else(|errors| panic!("{string}: {errors:?}"));
    let policy = resolve(&filter, arch, Action::KillProcess)
        .unwrap_or_else(|errors| panic!("{string}: {errors:?}"));
    arch.calls()
        .iter()
        .map(|call| call.name)
        .filter(|call| policy.allows(call))
        .collect()
}

fn members(name: &str) -> BTreeSet<&'static str> {
    let mut members = BTreeSet::new();
    set(name)
        .unwrap()
        .for_each_call(&mut |call| members.extend([call]));
    members
}

/// Checks a cover with the compiler, and that it is the shortest.
fn check(calls: &BTreeSet<&'static str>, implicit: Implicit) -> Cover {
    let found = cover(calls.iter().copied(), &options(implicit));
    let mut expected: BTreeSet<_> = calls
        .iter()
        .copied()
        .filter(|call| Arch::X86_64.number(call).is_some())
        .collect();
    expected.extend(["exit", "exit_group", "rt_sigreturn"]);
    if implicit == Implicit::Stay {
        expected.extend(allowed("", Arch::X86_64));
    }
    assert_eq!(
        allowed(&found.to_string(), Arch::X86_64),
        expected,
        "{found}"
    );
    assert_eq!(found.items.len(), found.least, "`{found}` is proven");
    assert!(found.nodes <= super::NODES, "{found}");
    found
}

#[test]
fn every_set_is_itself() {
    for set in SETS {
        let found = check(&members(set.name), Implicit::Stay);
        assert!(found.items.len() <= 1, "{}: {found}", set.name);
        check(&members(set.name), Implicit::Go);
    }
}

#[test]
fn unions_and_differences_of_sets_are_shortest() {
    let mut dice = Dice(2);
    let names: Vec<_> = Arch::X86_64.calls().iter().map(|call| call.name).collect();
    for _ in 0..60 {
        let mut calls = BTreeSet::new();
        let mut words = 0;
        for index in 0..=dice.below(8) {
            let set = &SETS[dice.below(SETS.len())];
            let keep = index == 0 || dice.below(3) > 0;
            set.for_each_call(&mut |call| {
                if keep {
                    calls.extend([call]);
                } else {
                    calls.remove(call);
                }
            });
            words += 1;
        }
        for _ in 0..dice.below(6) {
            let call = names[dice.below(names.len())];
            if !calls.remove(call) {
                calls.insert(call);
            }
            words += 1;
        }
        let found = check(&calls, Implicit::Stay);
        assert!(
            found.items.len() <= words,
            "{found} is no longer than the way the list was made"
        );
        check(&calls, Implicit::Go);
    }
}

#[test]
fn scattered_calls_are_proven_too() {
    let mut dice = Dice(3);
    let names: Vec<_> = Arch::X86_64.calls().iter().map(|call| call.name).collect();
    for _ in 0..60 {
        let calls = (0..5 + dice.below(80))
            .map(|_| names[dice.below(names.len())])
            .collect();
        check(&calls, Implicit::Stay);
        check(&calls, Implicit::Go);
    }
}

#[test]
fn any_list_at_all_gets_an_exact_string() {
    let mut dice = Dice(4);
    for arch in [Arch::X86_64, Arch::Aarch64, Arch::Arm] {
        for _ in 0..8 {
            let calls: BTreeSet<_> = arch
                .calls()
                .iter()
                .map(|call| call.name)
                .filter(|_| dice.below(2) == 0)
                .collect();
            let found = cover(
                calls.iter().copied(),
                &Options {
                    scope: Scope::Arch(arch),
                    ..options(Implicit::Go)
                },
            );
            let mut expected: BTreeSet<_> = calls.clone();
            expected.extend(["exit", "exit_group", "rt_sigreturn"]);
            // Two names of one number.
            if expected.contains("arm_sync_file_range") || expected.contains("sync_file_range2") {
                expected.retain(|call| *call != "arm_sync_file_range");
                expected.extend((arch == Arch::Arm).then_some("sync_file_range2"));
            }
            let mut allowed = allowed(&found.to_string(), arch);
            allowed.remove("arm_sync_file_range");
            assert_eq!(allowed, expected, "{found}");
        }
    }
}

#[test]
fn everywhere_means_every_architecture() {
    let calls = [
        "openat",
        "read",
        "close",
        "fstat64",
        "mmap2",
        "arm_fadvise64_64",
    ];
    let found = cover(
        calls,
        &Options {
            scope: Scope::Everywhere,
            ..options(Implicit::Stay)
        },
    );
    assert!(found.unknown.is_empty());
    for &arch in Arch::ALL {
        let mut expected = allowed("", arch);
        expected.extend(calls.into_iter().filter(|call| arch.number(call).is_some()));
        assert_eq!(
            allowed(&found.to_string(), arch),
            expected,
            "{}",
            arch.name()
        );
    }
}

/// Items of which nothing is in force are none: the compiler takes them for mistakes.
#[test]
fn a_search_that_is_cut_short_leaves_no_idle_items() {
    // Lists for which searches have done so.
    for seed in [200, 600, 1473, 2848, 3182] {
        let mut dice = Dice(seed);
        let of = 2 + dice.below(7);
        let calls = Arch::X86_64.calls().iter().map(|call| call.name);
        let calls: BTreeSet<_> = calls.filter(|_| dice.below(of) != 0).collect();
        let found = cover(calls.iter().copied(), &options(Implicit::Go));
        let mut expected = calls;
        expected.extend(["exit", "exit_group", "rt_sigreturn"]);
        assert_eq!(
            allowed(&found.to_string(), Arch::X86_64),
            expected,
            "{found}"
        );
    }
}

#[test]
fn a_tilde_takes_little_away() {
    let mut calls = members("@system-service");
    calls.remove("mbind");
    assert_eq!(
        check(&calls, Implicit::Stay).to_string(),
        "@system-service ~mbind"
    );
    for gone in members("@network-io") {
        calls.remove(gone);
    }
    calls.insert("socketpair");
    let found = check(&calls, Implicit::Stay).to_string();
    assert_eq!(found, "@system-service ~@network-io socketpair ~mbind");
}

#[test]
fn no_string_begins_with_a_tilde() {
    let mut calls = allowed("", Arch::X86_64);
    calls.remove("mprotect");
    let found = check(&calls, Implicit::Go);
    assert_eq!(found.to_string(), "@default ~mprotect");
    assert_eq!(check(&BTreeSet::new(), Implicit::Stay).to_string(), "");
}

#[test]
fn extra_calls_are_harmless_listed_and_within_the_limit() {
    let calls = [
        "accept4", "bind", "listen", "recvfrom", "sendto", "socket", "read", "write", "close",
        "clone3",
    ];
    let exact = cover(calls, &options(Implicit::Stay));
    let mut length = exact.items.len();
    for allow_extra in [4, 10, 20, 40, 80] {
        let found = cover(
            calls,
            &Options {
                allow_extra,
                ..options(Implicit::Stay)
            },
        );
        assert!(found.extra.len() <= allow_extra);
        assert!(
            found.items.len() <= length,
            "more room never makes a string longer"
        );
        length = found.items.len();
        let mut expected = allowed("", Arch::X86_64);
        expected.extend(calls);
        expected.extend(&found.extra);
        assert_eq!(
            allowed(&found.to_string(), Arch::X86_64),
            expected,
            "{found}"
        );
        for call in &found.extra {
            assert!(!super::is_dangerous(call), "{call} in {found}");
        }
    }
    assert_eq!(
        length, 3,
        "two sets and a call, for `@process` has `execve`"
    );
}

#[test]
fn words_that_are_no_calls_come_back() {
    let found = cover(["read", "raed", "mmap2"], &options(Implicit::Stay));
    assert_eq!(found.items, ["read"]);
    assert_eq!(found.unknown, ["mmap2", "raed"]);
}

#[test]
fn general_strings_take_in_what_another_libc_calls() {
    let seen = [
        "openat",
        "read",
        "close",
        "newfstatat",
        "clone3",
        "madvise",
        "mount",
    ];
    let general = generalise(&seen.into());
    for call in ["open", "fstat", "stat", "statx", "clone", "writev"] {
        assert!(general.contains(call), "{call}");
    }
    for call in ["execve", "unshare", "umount2", "socket", "ioctl"] {
        assert!(!general.contains(call), "{call}");
    }
    assert!(seen.iter().all(|call| general.contains(call)));
}

#[test]
fn dangerous_names_exist() {
    for call in super::danger::CALLS {
        assert!(syscallset_tables::call(call).is_some(), "{call}");
    }
    for name in super::danger::SETS {
        assert!(set(name).is_some(), "{name}");
    }
}

#[test]
fn the_list_of_a_server_is_proven() {
    let tokio = "openat statx lseek read close sched_getaffinity epoll_create1 eventfd2 epoll_ctl fcntl \
                 socketpair rt_sigaction rt_sigprocmask mmap mprotect clone3 rseq set_robust_list prctl \
                 munmap socket setsockopt bind gettid sigaltstack epoll_wait listen getsockname write connect \
                 futex accept4 recvfrom getsockopt sendto madvise exit exit_group";
    let calls = tokio.split(' ').filter(|word| !word.is_empty());
    let found = cover(calls, &options(Implicit::Stay));
    assert_eq!(found.items.len(), found.least);
    assert_eq!(found.items.len(), 16, "{found}");
    assert!(found.nodes < 500, "{}", found.nodes);
}

#[test]
fn the_work_has_a_limit() {
    let mut dice = Dice(9);
    let names: Vec<_> = Arch::X86_64.calls().iter().map(|call| call.name).collect();
    let mut given_up = 0;
    for size in [60, 250] {
        for allow_extra in [0, 10] {
            let calls: BTreeSet<_> = (0..size).map(|_| names[dice.below(names.len())]).collect();
            let wish = Options {
                allow_extra,
                ..options(Implicit::Go)
            };
            let found = cover(calls.iter().copied(), &wish);
            assert!(found.nodes <= super::NODES);
            given_up += usize::from(found.least < found.items.len());
            assert_eq!(cover(calls.iter().copied(), &wish), found, "the same again");
        }
    }
    assert!(given_up > 0, "some lists are left unproven");
    // Lists that programs make take next to nothing.
    for set in SETS {
        let found = cover(members(set.name), &options(Implicit::Stay));
        assert!(found.nodes <= 10, "{}: {}", set.name, found.nodes);
    }
}
