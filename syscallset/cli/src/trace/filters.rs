//! Filters that traced programs load: how to know one, and what it decides.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use syscallset_compiler::action::Action;
use syscallset_compiler::insn::{Insn, OFFSET_NR};
use syscallset_compiler::lowered::argument_offsets;
use syscallset_tables::Arch;

use super::tally::Seen;
use crate::program::calls::Calls;
use crate::program::check::check;
use crate::program::decisions::{Decided, decide};
use crate::program::machine::Machine;

/// `SECCOMP_SET_MODE_FILTER` of seccomp(2).
const SET_MODE_FILTER: u64 = 1;
/// `SECCOMP_FILTER_FLAG_NEW_LISTENER` of seccomp(2).
const NEW_LISTENER: u64 = 8;
/// `PR_SET_SECCOMP` of prctl(2).
const PR_SET_SECCOMP: u64 = 22;
/// `SECCOMP_MODE_FILTER` of prctl(2).
const MODE_FILTER: u64 = 2;

/// A request to load a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Load {
    /// Address of its `struct sock_fprog`.
    program: u64,
    /// Whether the program wants to be told about calls.
    pub(super) wants_listener: bool,
}

/// The calls that load filters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loaders {
    audit_arch: u32,
    seccomp: Option<u32>,
    prctl: Option<u32>,
}

impl Loaders {
    pub(super) fn new(arch: Arch) -> Self {
        Self {
            audit_arch: arch.audit_arch(),
            seccomp: arch.number("seccomp"),
            prctl: arch.number("prctl"),
        }
    }

    /// The request that a call makes, if it makes one.
    pub(super) fn request(&self, seen: &Seen) -> Option<Load> {
        let [first, second, program, ..] = seen.args;
        if seen.audit_arch != self.audit_arch {
            return None;
        }
        let number = Some(seen.number);
        if number == self.seccomp && first == SET_MODE_FILTER {
            let wants_listener = second & NEW_LISTENER != 0;
            return Some(Load {
                program,
                wants_listener,
            });
        }
        let by_prctl = number == self.prctl && first == PR_SET_SECCOMP && second == MODE_FILTER;
        by_prctl.then_some(Load {
            program,
            wants_listener: false,
        })
    }
}

impl Load {
    /// Reads the program out of the thread that is about to load it.
    ///
    /// # Errors
    ///
    /// Memory that cannot be read, and what the kernel would not take.
    pub(super) fn read(&self, thread: i32, arch: Arch) -> io::Result<Filter> {
        let memory = File::open(format!("/proc/{thread}/mem"))?;
        // `struct sock_fprog`: 16 bits of length, then a pointer.
        let mut length = [0; 2];
        memory.read_exact_at(&mut length, self.program)?;
        let mut pointer = [0; size_of::<usize>()];
        memory.read_exact_at(&mut pointer, self.program + size_of::<usize>() as u64)?;
        let mut bytes = vec![0; usize::from(u16::from_ne_bytes(length)) * 8];
        memory.read_exact_at(&mut bytes, usize::from_ne_bytes(pointer) as u64)?;
        let decode = |bytes: &[u8]| Insn {
            code: u16::from_ne_bytes([bytes[0], bytes[1]]),
            jt: bytes[2],
            jf: bytes[3],
            k: u32::from_ne_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
        };
        let program: Vec<_> = bytes.chunks_exact(8).map(decode).collect();
        check(&program).map_err(|refusal| io::Error::other(refusal.to_string()))?;
        Ok(Filter::new(program, arch))
    }
}

/// A filter that a program has loaded.
#[derive(Debug)]
pub(super) struct Filter {
    program: Vec<Insn>,
    arch: Arch,
    decided: HashMap<u32, Decided>,
}

impl Filter {
    fn new(program: Vec<Insn>, arch: Arch) -> Self {
        let numbered = decide(&program, arch).into_iter();
        let decided =
            numbered.filter_map(|decision| Some((arch.number(decision.call)?, decision.decided)));
        Self {
            decided: decided.collect(),
            program,
            arch,
        }
    }

    /// Whether some call may get an answer that nobody but the caller learns of. Death and signals show
    /// themselves; numbers that no call has do not matter.
    pub(super) fn answers_quietly(&self) -> bool {
        // Pretended success is no refusal; filters that report have it.
        let quiet = |action: Action| {
            matches!(
                action,
                Action::Errno(1..) | Action::Notify | Action::Trace(_)
            )
        };
        self.decided.values().any(|decided| match decided {
            Decided::Always(action) => quiet(*action),
            Decided::Depends(cases, rest) => {
                quiet(*rest) || cases.iter().any(|case| quiet(case.action))
            }
            Decided::Unclear => true,
        })
    }

    /// What the filter does about a call.
    pub(super) fn evaluate(&self, seen: &Seen) -> Action {
        if let (true, Some(Decided::Always(action))) = (
            seen.audit_arch == self.arch.audit_arch(),
            self.decided.get(&seen.number),
        ) {
            return *action;
        }
        self.run(seen).unwrap_or(Action::KillProcess)
    }

    /// Runs the program: of a single call there is a single way through.
    fn run(&self, seen: &Seen) -> Option<Action> {
        let mut calls = Calls::of_arch(seen.audit_arch).fixed(OFFSET_NR, seen.number)?;
        for (argument, value) in (0..).zip(seen.args) {
            let (low, high) = argument_offsets(argument, self.arch.big_endian());
            let half = |shift: u32| u32::try_from(value >> shift & u64::from(u32::MAX)).ok();
            calls = calls.fixed(low, half(0)?)?.fixed(high, half(32)?)?;
        }
        let ends = Machine::new(&self.program).follow(calls).ok()?;
        match &ends[..] {
            [end] => end.ret.map(Action::from_ret),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Filter, Loaders};
    use crate::trace::tally::Seen;
    use syscallset_compiler::action::Action;
    use syscallset_compiler::compile::compile;
    use syscallset_tables::Arch;

    const ARCH: Arch = Arch::X86_64;

    fn filter(string: &str, violation: Action) -> Filter {
        Filter::new(compile(string, ARCH, violation).unwrap().instructions, ARCH)
    }

    fn call(name: &str, first: u64) -> Seen {
        let number = ARCH.number(name).unwrap();
        Seen {
            number,
            audit_arch: ARCH.audit_arch(),
            args: [first, 2, 3, 4, 5, 6],
        }
    }

    #[test]
    fn filters_decide_about_single_calls() {
        let filter = filter(
            "@basic-io socket(family=AF_UNIX) ~read:EPERM",
            Action::KillProcess,
        );
        assert_eq!(filter.evaluate(&call("write", 1)), Action::Allow);
        assert_eq!(filter.evaluate(&call("read", 1)), Action::Errno(1));
        assert_eq!(filter.evaluate(&call("socket", 1)), Action::Allow);
        assert_eq!(filter.evaluate(&call("socket", 2)), Action::KillProcess);
        assert_eq!(filter.evaluate(&call("mount", 0)), Action::KillProcess);
        let foreign = Seen {
            audit_arch: Arch::X86.audit_arch(),
            ..call("write", 1)
        };
        assert_eq!(filter.evaluate(&foreign), Action::KillProcess);
        let unknown = Seen {
            number: 4000,
            ..call("write", 1)
        };
        assert!(matches!(filter.evaluate(&unknown), Action::Errno(_)));
    }

    #[test]
    fn errors_are_quiet_and_death_is_not() {
        assert!(!filter("@basic-io", Action::KillProcess).answers_quietly());
        assert!(!filter("@basic-io", Action::Trap).answers_quietly());
        assert!(filter("@basic-io", Action::Errno(1)).answers_quietly());
        assert!(filter("@basic-io ~clone3:ENOSYS", Action::KillProcess).answers_quietly());
        assert!(
            filter(
                "@basic-io ~socket(family=AF_INET):EPERM",
                Action::KillProcess
            )
            .answers_quietly()
        );
    }

    #[test]
    fn loads_are_known_by_either_call() {
        let seen = |name, args| Seen {
            args,
            ..call(name, 0)
        };
        let loaders = Loaders::new(ARCH);
        assert!(
            loaders
                .request(&seen("seccomp", [1, 0, 99, 0, 0, 0]))
                .is_some()
        );
        let listener = loaders.request(&seen("seccomp", [1, 8, 99, 0, 0, 0]));
        assert!(listener.unwrap().wants_listener);
        assert!(
            loaders
                .request(&seen("seccomp", [2, 0, 99, 0, 0, 0]))
                .is_none()
        );
        assert!(
            loaders
                .request(&seen("prctl", [22, 2, 99, 0, 0, 0]))
                .is_some()
        );
        assert!(
            loaders
                .request(&seen("prctl", [38, 1, 0, 0, 0, 0]))
                .is_none()
        );
        assert!(
            loaders
                .request(&seen("write", [1, 0, 99, 0, 0, 0]))
                .is_none()
        );
    }
}
