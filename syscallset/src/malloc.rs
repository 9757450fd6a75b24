//! Lets glibc's malloc read its files before a filter is loaded that would kill for it.
//!
//! In threads other than the main one, glibc's malloc looks at two files, each once in the life of a
//! process: the first `free` that could give the end of a thread's heap back reads
//! `/proc/sys/vm/overcommit_memory` (`check_may_shrink_heap`), and the ninth thread that allocates at
//! the same time as eight others makes it count processors, for a limit on the number of heaps
//! (`arena_get2`), from `/sys/devices/system/cpu/online`. Under a filter that allows threads but
//! kills for openat(2), a program dies there now and then.
//!
//! Before such a filter, and only then, a thread that lives for a moment makes malloc read the first
//! file; for the second one malloc is told the limit that it would have computed. Both outlast the
//! thread, neither changes how malloc works later. Other C libraries need none of this.
//!
//! Where another filter is in force already, it may kill for a thread, which nobody can ask it. There
//! malloc is told instead never to give the end of a heap back, and has no reason to read the file.
//! That is the dearer remedy: freed memory stays with the process, and blocks of 128 KiB and more
//! always come from the kernel and go back there.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::action::Action;
use crate::instruction::{Instruction, run, seccomp_data};
use crate::sys::malloc as sys;

/// What to do before a filter is loaded.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Preparation {
    /// Nothing: malloc can read its files under the filter, or fails to without harm.
    None,
    /// Threads can start no others. Malloc in the main thread reads no files; in other threads it does,
    /// if not under this filter then under a stricter one on top of it, when it is too late.
    Alone,
    /// Call this. A function pointer, so that programs whose filters need none of it do not link it.
    Settle(fn(Exit)),
}

/// What glibc passes to openat(2) for its files, register by register: directory, path, flags.
const OPENAT: [u64; 6] = [sys::AT_FDCWD, 0, sys::OPEN_FLAGS, 0, 0, 0];

/// What glibc's threads pass to clone(2). The flags come first on all architectures but s390x,
/// where they come second.
const CLONE: [u64; 6] = [sys::CLONE_FLAGS, sys::CLONE_FLAGS, 0, 0, 0, 0];

/// A file descriptor that no filter is likely to have a condition for.
const FILE: [u64; 6] = [1023, 0, 1, 0, 0, 0];

/// Whether malloc needs no files any more.
static SETTLED: Once = Once::new();

/// Whether the main thread has come under a filter that lets it start no threads.
static MAIN_IS_ALONE: AtomicBool = AtomicBool::new(false);

impl Preparation {
    /// What to do before this program is loaded.
    #[inline]
    pub(crate) const fn of(program: &[Instruction], audit_arch: u32) -> Self {
        let verdicts = Verdicts {
            program,
            audit_arch,
        };
        let dies = verdicts.kills(libc::SYS_openat, OPENAT)
            || verdicts.kills(libc::SYS_read, FILE)
            || verdicts.kills(libc::SYS_close, FILE);
        let clones =
            verdicts.allows(libc::SYS_clone3, [0; 6]) || verdicts.allows(libc::SYS_clone, CLONE);
        match (clones, dies) {
            (false, _) => Self::Alone,
            (true, false) => Self::None,
            (true, true) => Self::Settle(settle),
        }
    }

    /// At the start of `main`, when there is no other thread.
    #[inline(always)]
    pub(crate) fn before_main(self) {
        match self {
            Self::None => {}
            Self::Alone => MAIN_IS_ALONE.store(true, Ordering::Relaxed),
            Self::Settle(settle) => settle(Exit::Wait),
        }
    }

    /// Before the calling thread comes under the filter.
    #[inline]
    pub(crate) fn before_thread(self) {
        match self {
            Self::Alone if sys::is_main_thread() => {
                MAIN_IS_ALONE.store(true, Ordering::Relaxed);
            }
            _ => self.before_all_threads(),
        }
    }

    /// Before all threads come under the filter.
    #[inline]
    pub(crate) fn before_all_threads(self) {
        match self {
            Self::None => {}
            Self::Alone => settle(Exit::Leave),
            Self::Settle(settle) => settle(Exit::Leave),
        }
    }
}

/// Whether to wait until the thread that settles malloc is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// At the start of `main`: the body may work in a process with one thread only, such as by
    /// unshare(2).
    Wait,
    /// Later: a filter that is in force may refuse the call to look.
    Leave,
}

/// The verdicts of a program.
struct Verdicts<'a> {
    program: &'a [Instruction],
    audit_arch: u32,
}

impl Verdicts<'_> {
    #[inline]
    const fn of(&self, nr: libc::c_long, args: [u64; 6]) -> Action {
        run(self.program, &seccomp_data(nr, self.audit_arch, args))
    }

    const fn kills(&self, nr: libc::c_long, args: [u64; 6]) -> bool {
        matches!(
            self.of(nr, args),
            Action::KillProcess | Action::KillThread | Action::Trap
        )
    }

    #[inline]
    const fn allows(&self, nr: libc::c_long, args: [u64; 6]) -> bool {
        matches!(
            self.of(nr, args),
            Action::Allow | Action::Log | Action::Notify | Action::Trace(_)
        )
    }
}

/// Makes malloc read its files, once in a process.
#[inline]
fn settle(exit: Exit) {
    if MAIN_IS_ALONE.load(Ordering::Relaxed) && sys::is_main_thread() {
        // No thread can be started, neither now nor later.
        return;
    }
    SETTLED.call_once(|| {
        // An outer filter hardly kills for files: the dynamic loader has opened some.
        if sys::may_be_filtered() || !shrink_a_heap(exit) {
            sys::keep_heaps();
        }
        // Where a thread has allocated, a limit that was set by the environment or mallopt(3) is in
        // force since then, and this one is ignored.
        sys::limit_arenas(sys::default_arena_limit());
    });
}

/// Lets a thread allocate and free so much that malloc looks whether it may shrink the thread's
/// heap. Returns whether there was one.
#[inline]
fn shrink_a_heap(exit: Exit) -> bool {
    let thread = std::thread::Builder::new().stack_size(16 * 1024).spawn(|| {
        sys::churn();
        sys::thread_id()
    });
    let Ok(thread) = thread else { return false };
    let Ok(id) = thread.join() else { return false };
    // Joining returns a moment before the thread is gone.
    while exit == Exit::Wait && sys::has_thread(id) {
        std::thread::yield_now();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::Preparation;
    use crate::filter;

    #[test]
    fn only_filters_with_threads_and_without_files_need_it() {
        for filter in [
            filter!("@basic-io @process", on_violation = "kill"),
            filter!("@basic-io clone3", on_violation = "kill-thread"),
            filter!("@basic-io clone", on_violation = "report"),
            // glibc reads the file that it has opened.
            filter!("clone3 openat", on_violation = "kill"),
            filter!(
                "@basic-io clone3 openat ~openat(flags=0x80000):kill",
                on_violation = "EPERM"
            ),
        ] {
            let preparation = filter.preparation;
            assert!(
                matches!(preparation, Preparation::Settle(_)),
                "{filter}: {preparation:?}"
            );
        }
        for filter in [
            filter!("@system-service", on_violation = "kill"),
            filter!("@basic-io @process", on_violation = "EPERM"),
            filter!("@basic-io @process ~openat:EACCES", on_violation = "kill"),
            filter!(
                "@basic-io @process openat(flags=0x80000)",
                on_violation = "kill"
            ),
        ] {
            let preparation = filter.preparation;
            assert!(
                matches!(preparation, Preparation::None),
                "{filter}: {preparation:?}"
            );
        }
    }

    #[test]
    fn without_threads_only_workers_that_restrict_themselves_need_it() {
        for filter in [
            filter!("@basic-io", on_violation = "kill"),
            filter!("@basic-io @file-system", on_violation = "kill"),
        ] {
            assert!(matches!(filter.preparation, Preparation::Alone), "{filter}");
        }
    }
}
