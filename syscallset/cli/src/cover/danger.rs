//! Calls that nobody should be allowed for the sake of a shorter string.

use syscallset_tables::set;

/// Sets of calls that change the machine, its users or other processes, or that nothing new needs.
pub(super) const SETS: [&str; 13] = [
    "@clock",
    "@cpu-emulation",
    "@debug",
    "@keyring",
    "@module",
    "@mount",
    "@obsolete",
    "@pkey",
    "@privileged",
    "@raw-io",
    "@reboot",
    "@setuid",
    "@swap",
];

/// Calls of sets that are harmless otherwise: programs, namespaces and other processes' memory, and
/// calls whose effects a filter does not see (`io_uring(7)`).
pub(super) const CALLS: [&str; 17] = [
    "execve",
    "execveat",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "kexec_file_load",
    "memfd_create",
    "memfd_secret",
    "personality",
    "pidfd_getfd",
    "process_madvise",
    "process_mrelease",
    "process_vm_readv",
    "process_vm_writev",
    "setns",
    "unshare",
    "userfaultfd",
];

/// Whether the call is never worth allowing unasked.
pub(crate) fn is_dangerous(call: &str) -> bool {
    CALLS.contains(&call)
        || SETS
            .iter()
            .filter_map(|name| set(name))
            .any(|set| set.contains(call))
}
