//! What `/proc` says about threads (proc(5)).

use std::fs;
use std::io;

use nix::unistd::Pid;

use super::sys::state;
use super::tally::Seen;

/// What `/proc/PID/status` says about a thread.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Status {
    /// The process that it belongs to.
    pub(super) process: i32,
    /// That process's parent.
    pub(super) parent: i32,
    /// How many filters it is under (Linux 5.10).
    pub(super) filters: Option<u32>,
}

impl Status {
    /// Reads it; of a thread that is gone, nothing is known but its id.
    pub(super) fn read(thread: i32) -> Self {
        let text = fs::read_to_string(format!("/proc/{thread}/status")).unwrap_or_default();
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.strip_prefix(':')?.trim().parse::<i32>().ok()
        };
        Self {
            process: field("Tgid").unwrap_or(thread),
            parent: field("PPid").unwrap_or(0),
            filters: field("Seccomp_filters").and_then(|count| count.try_into().ok()),
        }
    }
}

/// The threads of a process.
///
/// # Errors
///
/// No such process.
pub(super) fn threads(process: i32) -> io::Result<Vec<i32>> {
    let entries = fs::read_dir(format!("/proc/{process}/task"))?;
    Ok(entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect())
}

/// The call that a stopped thread is in (`/proc/PID/syscall`).
pub(super) fn current_call(thread: Pid) -> Option<Seen> {
    let audit_arch = state(thread).ok()?.audit_arch;
    let text = fs::read_to_string(format!("/proc/{thread}/syscall")).ok()?;
    let mut words = text.split_ascii_whitespace();
    let number = words.next()?.parse().ok()?;
    let mut args = [0; 6];
    for arg in &mut args {
        *arg = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    }
    Some(Seen {
        number,
        audit_arch,
        args,
    })
}

/// The path of the program that a thread runs.
pub(super) fn program(thread: i32) -> String {
    let path = fs::read_link(format!("/proc/{thread}/exe"));
    path.map_or_else(
        |_| "?".to_owned(),
        |path| path.to_string_lossy().into_owned(),
    )
}

/// How far a program was moved from the addresses in its file (`AT_ENTRY`, getauxval(3)).
pub(super) fn displacement(thread: Pid, entry: u64) -> io::Result<u64> {
    /// `AT_ENTRY`
    const AT_ENTRY: usize = 9;
    let bytes = fs::read(format!("/proc/{thread}/auxv"))?;
    let mut words = bytes.chunks_exact(size_of::<usize>()).map(|chunk| {
        let mut word = [0; size_of::<usize>()];
        word.copy_from_slice(chunk);
        usize::from_ne_bytes(word)
    });
    while let (Some(kind), Some(value)) = (words.next(), words.next()) {
        if kind == AT_ENTRY {
            return Ok((value as u64).wrapping_sub(entry));
        }
    }
    Err(io::Error::other(
        "the kernel does not say where the program begins",
    ))
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn this_process_has_a_status() {
        let id = i32::try_from(std::process::id()).unwrap();
        let status = Status::read(id);
        assert_eq!(status.process, id);
        assert!(status.parent > 0);
        assert_eq!(Status::read(-1).process, -1);
    }
}
