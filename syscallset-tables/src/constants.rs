//! The constants that conditions name.

mod values;

use crate::Arch;
use crate::abi::{self, Abis};
use values::CONSTANTS;

/// Values by ABIs.
type Values = &'static [(Abis, i128)];

/// The value of a constant of the system call interface, such as `AF_UNIX`, `CLONE_NEWUSER` or `TIOCSTI`.
///
/// `None` if no header of the kernel has the name for this architecture; [`constant_archs`] tells whether others have
/// it. Values range from `i64::MIN` to `u64::MAX`: a negative one is that of a signed C type (`AT_FDCWD` is -100), so
/// that it means the same in a parameter of any width.
///
/// The names are those of the kernel's exported headers, and of its own where these leave the C library to repeat them
/// (`AF_*`, `SOCK_*`, `MSG_*`, `SOL_*`). Left out are names whose value in C depends on more than the architecture
/// (`SO_RCVTIMEO` on 32-bit architectures, where there are `SO_RCVTIMEO_OLD` and `SO_RCVTIMEO_NEW`), and `SIGRTMIN`,
/// which the C libraries count differently.
///
/// ```
/// use syscallset_tables::{Arch, constant};
///
/// assert_eq!(constant(Arch::X86_64, "SOCK_STREAM"), Some(1));
/// assert_eq!(constant(Arch::Mips64, "SOCK_STREAM"), Some(2));
/// assert_eq!(constant(Arch::Aarch64, "MAP_32BIT"), None);
/// ```
pub fn constant(arch: Arch, name: &str) -> Option<i128> {
    values(name)?
        .iter()
        .find(|(abis, _)| abis & abi::of(arch) != 0)
        .map(|(_, value)| *value)
}

/// The names of all constants of all architectures, sorted.
pub fn constant_names() -> impl ExactSizeIterator<Item = &'static str> + Clone {
    CONSTANTS.iter().map(|(name, _)| *name)
}

/// The architectures that have a constant; none if the name is unknown.
pub fn constant_archs(name: &str) -> impl Iterator<Item = Arch> {
    let abis = values(name)
        .unwrap_or_default()
        .iter()
        .fold(0, |all, (abis, _)| all | abis);
    Arch::ALL
        .iter()
        .copied()
        .filter(move |arch| abis & abi::of(*arch) != 0)
}

fn values(name: &str) -> Option<Values> {
    let index = CONSTANTS
        .binary_search_by(|(other, _)| (*other).cmp(name))
        .ok()?;
    CONSTANTS.get(index).map(|(_, values)| *values)
}
