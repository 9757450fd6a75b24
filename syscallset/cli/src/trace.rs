//! Runs programs and sees which calls they make.
//!
//! A command is put under a filter that lets every call wait until this process has heard of it
//! (`SECCOMP_RET_USER_NOTIF`, `seccomp_unotify(2)`): one thread counts calls and lets them through. That takes half the
//! time of a stop under ptrace(2), knows of every thread and child, and leaves signals, terminals and
//! debuggers alone. ptrace(2) helps out where notifications cannot tell: when a filter of the program's
//! own is in force, whose verdicts come first, when `main` begins, and where there can be no listener.

pub(crate) mod answer;
mod aside;
mod awaited;
mod breakpoint;
pub(crate) mod cargo;
mod entry;
mod filters;
mod launch;
mod listener;
mod pretended;
mod procfs;
pub(crate) mod record;
pub(crate) mod session;
pub(crate) mod signals;
mod state;
mod sys;
mod tally;
mod tasks;
pub(crate) mod tracer;
pub(crate) mod union;
mod watch;
