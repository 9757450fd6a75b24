//! Why a filter could not be compiled or loaded.

use std::fmt;

/// Why a filter could not be compiled or loaded. Whatever it is, no part of the filter is in force.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use std::process::Command;
/// use syscallset::{CommandExt as _, Error, Filter, filter};
///
/// static NO_EXEC: Filter = filter!("@basic-io");
/// let error = Command::new("true").restrict(&NO_EXEC).unwrap_err();
/// assert_eq!(error, Error::Child("execve"));
/// assert!(error.to_string().contains("help: add `execve` to the filter string"));
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// This operating system has no seccomp filters, this kernel was built without them, or an outer
    /// filter says so (`ENOSYS`).
    Unsupported,
    /// `prctl(PR_SET_NO_NEW_PRIVS)` failed with this error number: an outer filter refuses it, or
    /// the kernel is older than 3.5.
    NoNewPrivs(i32),
    /// sigaction(2) for `SIGSYS` failed with this error number: the handler that reports refused
    /// calls could not be installed. `ENOSPC`: 512 filters that report are loaded, and no more can be.
    Handler(i32),
    /// seccomp(2) failed with this error number: `EACCES` without `PR_SET_NO_NEW_PRIVS` and
    /// `CAP_SYS_ADMIN`, `ENOMEM` where the filters of the thread are too long together, `EINVAL` for a
    /// program that the kernel does not take, or whatever an outer filter answers.
    Load(i32),
    /// seccomp(2) succeeded at what is bound to fail: an outer filter pretends that filters are
    /// loaded, and loads none.
    Pretended,
    /// The filter string is at fault.
    #[cfg(feature = "runtime")]
    Filter(crate::fault::FilterError),
    /// The file with the filter string could not be read.
    #[cfg(feature = "runtime")]
    File {
        /// The file.
        file: String,
        /// Why not.
        reason: String,
    },
    /// A child process could not be started under this filter: it refuses this call, which is made
    /// between fork(2) and the first instruction of the new program.
    Child(&'static str),
    /// This thread cannot follow: it runs under another filter than the calling thread, by its
    /// thread id (`SECCOMP_FILTER_FLAG_TSYNC`). The filter was loaded into no thread.
    Thread(i32),
}

impl fmt::Display for Error {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => f.write_str("this system has no seccomp filters"),
            Self::NoNewPrivs(errno) => {
                write!(f, "prctl(PR_SET_NO_NEW_PRIVS) failed: {}", describe(*errno))
            }
            Self::Handler(errno) => {
                write!(f, "sigaction(SIGSYS) failed: {}", describe(*errno))
            }
            Self::Load(errno) => {
                write!(
                    f,
                    "seccomp(SECCOMP_SET_MODE_FILTER) failed: {}",
                    describe(*errno)
                )
            }
            Self::Pretended => f.write_str(
                "no filter was loaded: an outer filter answers seccomp(2) with a pretended success",
            ),
            #[cfg(feature = "runtime")]
            Self::Filter(error) => error.fmt(f),
            #[cfg(feature = "runtime")]
            Self::File { file, reason } => {
                write!(f, "cannot read the filter file `{file}`: {reason}")
            }
            Self::Child(call) => write!(
                f,
                "no child can be started under a filter that refuses `{call}`\n\
                 help: add `{call}` to the filter string"
            ),
            Self::Thread(tid) => write!(
                f,
                "thread {tid} runs under a filter of its own and cannot be brought under this one"
            ),
        }
    }
}

/// The same text as `Display`: it is what `main` and `unwrap` print, and people have to know what to do.
impl fmt::Debug for Error {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

#[cfg(feature = "runtime")]
impl From<crate::fault::FilterError> for Error {
    fn from(error: crate::fault::FilterError) -> Self {
        Self::Filter(error)
    }
}

#[inline]
fn describe(errno: i32) -> std::io::Error {
    std::io::Error::from_raw_os_error(errno)
}
