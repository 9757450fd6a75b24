//! The constants that conditions name.
//!
//! They are looked up in the snapshot's own text: as Rust data they would double the time that this crate takes to
//! compile, and everybody who uses the attribute compiles it.

use crate::Arch;
use crate::abi;

/// Lines `NAME value` where all ABIs agree, `NAME value [x86 arm] value [* -x86 -arm]` where they do not, sorted by
/// name, below comments that end with an empty line.
const SNAPSHOT: &str = include_str!("../data/constants.txt");

/// The value of a constant of the system call interface, such as `AF_UNIX`, `CLONE_NEWUSER` or `TIOCSTI`.
///
/// `None` if no header of the kernel has the name for this architecture; [`constant_archs`] tells whether others have
/// it. Values range from `i64::MIN` to `u64::MAX`: a negative one is that of a signed C type (`AT_FDCWD` is -100), so
/// that it means the same in a parameter of any width.
///
/// The names are those of the kernel's exported headers, and of its own where these leave the C library to repeat them
/// (`AF_*`, `SOCK_*`, `MSG_*`, `SOL_*`). Left out are names whose value in C depends on more than the architecture
/// (`SO_RCVTIMEO` on 32-bit architectures, where there are `SO_RCVTIMEO_OLD` and `SO_RCVTIMEO_NEW`), `SIGRTMIN`,
/// which the C libraries count differently, and `ETH_P_*`, which sockets take in network byte order.
///
/// The size of a structure is part of most `ioctl` requests. Some structures grow with the kernel, so that a program
/// built against other headers may make another request of the same name.
///
/// ```
/// use syscallset_tables::{Arch, constant};
///
/// assert_eq!(constant(Arch::X86_64, "SOCK_STREAM"), Some(1));
/// assert_eq!(constant(Arch::Mips64, "SOCK_STREAM"), Some(2));
/// assert_eq!(constant(Arch::Aarch64, "MAP_32BIT"), None);
/// ```
pub fn constant(arch: Arch, name: &str) -> Option<i128> {
    let values = find(name)?;
    if !values.contains('[') {
        return values.parse().ok();
    }
    values.split_terminator(']').find_map(|group| {
        let (value, abis) = group.split_once('[')?;
        has(abis, arch).then(|| value.trim().parse().ok())?
    })
}

/// The names of all constants of all architectures, sorted.
pub fn constant_names() -> impl Iterator<Item = &'static str> + Clone {
    table()
        .lines()
        .filter_map(|line| Some(line.split_once(' ')?.0))
}

/// The architectures that have a constant; none if the name is unknown.
pub fn constant_archs(name: &str) -> impl Iterator<Item = Arch> {
    Arch::ALL
        .iter()
        .copied()
        .filter(move |&arch| constant(arch, name).is_some())
}

/// The lines below the head.
fn table() -> &'static str {
    let mut table = SNAPSHOT;
    // The head is a few comments.
    while table.starts_with('#') {
        table = table.split_once('\n').map_or("", |(_, rest)| rest);
    }
    table.strip_prefix('\n').unwrap_or(table)
}

/// The part of a constant's line behind its name, by binary search.
fn find(name: &str) -> Option<&'static str> {
    let mut table = table();
    while !table.is_empty() {
        let middle = table[..table.len() / 2]
            .rfind('\n')
            .map_or(0, |end| end + 1);
        let (before, rest) = table.split_at(middle);
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let (other, values) = line.split_once(' ')?;
        table = match name.cmp(other) {
            core::cmp::Ordering::Less => before,
            core::cmp::Ordering::Equal => return Some(values),
            core::cmp::Ordering::Greater => after,
        };
    }
    None
}

/// Whether an architecture's ABI is in a list: `x86 arm` names members, `* -x86 -arm` those that are not.
fn has(abis: &str, arch: Arch) -> bool {
    let own = abi::name(arch);
    if abis.starts_with('*') {
        !abis
            .split(' ')
            .any(|abi| abi.strip_prefix('-') == Some(own))
    } else {
        abis.split(' ').any(|abi| abi == own)
    }
}
