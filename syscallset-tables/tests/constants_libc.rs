//! Every constant against the `libc` crate, on the architecture that the test runs on.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

// Written out instead of made by a macro: a name that `libc` does not have is to resolve to something else, and that
// works only where neither comes from a macro.
#[allow(
    clippy::too_many_lines,
    clippy::wildcard_imports,
    dead_code,
    deprecated,
    non_upper_case_globals
)]
#[path = "constants_libc/lookups.rs"]
mod lookups;

use std::collections::BTreeMap;
use syscallset_tables::{Arch, constant, constant_archs};

/// What a name stands for that `libc` does not have.
struct Absent;

/// The value that a name stands for.
trait Value {
    fn value(self) -> Option<i128>;
}

impl Value for Absent {
    fn value(self) -> Option<i128> {
        None
    }
}

macro_rules! values {
    ($($integer:ty)*) => {$(
        impl Value for $integer {
            fn value(self) -> Option<i128> {
                i128::try_from(self).ok()
            }
        }
    )*};
}

values!(i8 u8 i16 u16 i32 u32 i64 u64 isize usize);

/// Where `libc` says something else than the kernel, and why.
const DIFFERENCES: &[(&str, &str)] = &[
    (
        "CLONE_CLEAR_SIGHAND",
        "`libc` cuts it to 32 bits; only clone3 takes it",
    ),
    (
        "CLONE_INTO_CGROUP",
        "`libc` cuts it to 32 bits; only clone3 takes it",
    ),
    (
        "MS_NOUSER",
        "the kernel writes it as a negative int, `libc` as an unsigned long",
    ),
    (
        "O_LARGEFILE",
        "0 in C where every file is large; the kernel has the flag all the same",
    ),
    (
        "PIDFD_GET_INFO",
        "the size in it grows with the kernel, which takes every size",
    ),
];

/// Fewer would mean that the names are not looked up any more. What `libc` has no constant for is mostly newer than
/// it, `ioctl` requests, and the arguments of calls without a C function (`bpf`, `keyctl`, `prctl`).
const FEWEST_COMPARED: usize = 1700;

#[test]
fn values_agree() {
    let native = Arch::from_name(std::env::consts::ARCH).unwrap();
    let mut compared = 0;
    let mut absent = 0;
    let mut differences = BTreeMap::new();
    lookups::for_each(|name, theirs| {
        let Some(ours) = constant(native, name) else {
            // `libc` may only have more names than the kernel where the constant is another architecture's.
            assert!(constant_archs(name).next().is_some(), "{name} is nowhere");
            return;
        };
        let Some(theirs) = theirs else {
            absent += 1;
            return;
        };
        compared += 1;
        // `libc` gives many constants the signed type that its functions take.
        let unsigned = i32::try_from(theirs).map(|theirs| i128::from(theirs.cast_unsigned()));
        if ours != theirs && Ok(ours) != unsigned {
            differences.insert(name.to_owned(), (ours, theirs));
        }
    });
    println!("{compared} constants compared, {absent} are not in `libc`");
    for (name, reason) in DIFFERENCES {
        println!("{name}: {:?} ({reason})", differences.get(*name));
    }
    let unexplained: Vec<_> = differences
        .iter()
        .filter(|(name, _)| !DIFFERENCES.iter().any(|(known, _)| known == name))
        .collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
    assert!(
        compared >= FEWEST_COMPARED,
        "only {compared} constants compared"
    );
}
