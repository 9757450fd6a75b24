//! Which filters the threads of this process run under, as the kernel tells.

use std::fs;

/// What `/proc/self/task/*/status` says about one thread (proc(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The thread's id.
    pub id: i32,
    /// How many filters it runs under (`Seccomp_filters`, Linux 5.9).
    pub filters: u32,
    /// Whether it has given up gaining privileges by execve(2) (`NoNewPrivs`).
    pub no_new_privs: bool,
}

/// The threads of this process.
///
/// # Panics
///
/// If `/proc` cannot be read.
pub fn threads() -> Vec<Thread> {
    let tasks = fs::read_dir("/proc/self/task").expect("/proc/self/task can be read");
    tasks
        .filter_map(|task| {
            let name = task.expect("/proc/self/task can be read").file_name();
            let id = name.to_str()?.parse().ok()?;
            // A thread may end while it is being looked at.
            let status = fs::read_to_string(format!("/proc/self/task/{id}/status")).ok()?;
            Some(Thread {
                id,
                filters: field(&status, "Seccomp_filters:")?,
                no_new_privs: field(&status, "NoNewPrivs:")? == 1,
            })
        })
        .collect()
}

fn field(status: &str, name: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().parse().ok()
}

/// What a program under test says that looks at its threads: how many there are, and how many of
/// them are restricted by one filter.
///
/// # Panics
///
/// If `/proc` cannot be read.
pub fn all_restricted() -> String {
    let threads = threads();
    let restricted = threads.iter().filter(|thread| thread.filters == 1).count();
    if restricted == threads.len() {
        "all threads are restricted".to_owned()
    } else {
        format!("{restricted} of {} threads are restricted", threads.len())
    }
}
